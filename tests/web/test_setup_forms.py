"""Steps 1 and 2 of the wizard: what is refused, how it is said, and that nothing typed is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.web.staff_box import (
    ACCESS,
    GOOD_PASSWORD,
    ORGANISATION,
    StaffBox,
    found,
    proposed_words,
    staff_box,
    to_summary,
)

WARNING = (
    "Wir können Ihre Zugangsdaten NICHT wiederherstellen – wenn Sie Ihre Zugangsdaten verlieren "
    "oder vergessen, können Sie nicht mehr auf Ihre gespeicherten Daten zugreifen."
)
STEPS = ["/setup/organisation", "/setup/access", "/setup/summary"]


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    async with staff_box(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def empty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffBox]:
    """One box for all the tests that leave nothing behind but mistakes."""
    async with staff_box(tmp_path_factory.mktemp("empty")) as opened:
        await opened.browser.post("/setup/organisation", ORGANISATION)
        yield opened


# Step 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("name", "  ", "Bitte geben Sie den Namen der Organisation ein."),
        ("kind", "", "Bitte wählen Sie die Art der Organisation."),
        ("kind", "invented", "Bitte wählen Sie die Art der Organisation."),
        ("size", "", "Bitte wählen Sie die Größe der Organisation."),
        ("street", "", "Bitte geben Sie die Straße ein."),
        ("number", "", "Bitte geben Sie die Hausnummer ein."),
        ("postcode", "", "Bitte geben Sie die PLZ ein."),
        ("postcode", "1234", "Eine PLZ hat fünf Ziffern. Außerhalb Deutschlands: 99999."),
        ("postcode", "١٢٣٤٥", "Eine PLZ hat fünf Ziffern. Außerhalb Deutschlands: 99999."),
        ("town", "", "Bitte geben Sie den Ort ein."),
        ("salutation", "", "Bitte wählen Sie eine Anrede oder „keine Angabe“."),
        ("first_name", "", "Bitte geben Sie den Vornamen ein."),
        ("last_name", "", "Bitte geben Sie den Nachnamen ein."),
        ("email", "", "Bitte geben Sie die E-Mail-Adresse ein."),
        ("email", "m.winkler@mail", "Bitte geben Sie die vollständige E-Mail-Adresse ein"),
        ("email", "a@b.de, c@d.de", "Bitte geben Sie die vollständige E-Mail-Adresse ein"),
        ("phone", "", "Bitte geben Sie die Telefonnummer ein."),
        ("phone", "ruf an", "Bitte geben Sie die Telefonnummer nur mit Ziffern"),
        ("phone", "12 3", "Bitte geben Sie die Telefonnummer nur mit Ziffern"),
        ("bsnr", "12345678", "Diese Nummer hat neun Ziffern."),
        ("lanr", "12345678x", "Diese Nummer hat neun Ziffern."),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_mistake_in_step_1_is_named_focused_and_nothing_typed_is_lost(
    empty: StaffBox, name: str, value: str, sentence: str
) -> None:
    typed = {**ORGANISATION, name: value}
    page = await empty.browser.post("/setup/organisation", typed)
    assert page.status == 422
    assert sentence in page.words
    assert page.focused == name
    kept = {key: text for key, text in typed.items() if key != "kind" or value != "invented"}
    assert {key: page.typed.get(key, "") for key in kept} == kept


async def test_several_mistakes_are_listed_and_the_first_is_focused(box: StaffBox) -> None:
    page = await box.browser.post("/setup/organisation", {})
    assert (await box.browser.get("/setup/access")).location == "/setup/organisation?said=lost"
    assert "12 Felder brauchen noch Ihre Aufmerksamkeit." in page.words
    assert page.focused == "name"


async def test_practices_abroad_use_substitutes(box: StaffBox) -> None:
    changes = {"postcode": "99999", "bsnr": "999 999 999", "lanr": "999999999"}
    await found(box.browser, **changes, phone="+43 (0)512 / 58-12")
    practice = await box.store.practice()
    [user] = await box.store.users()
    assert practice is not None
    assert (practice.profile.postcode, practice.profile.bsnr) == ("99999", "999999999")
    assert user.person.lanr == "999999999"


async def test_step_1_can_be_corrected_later(box: StaffBox) -> None:
    await to_summary(box.browser)
    again = await box.browser.get("/setup/organisation")
    assert {name: again.typed[name] for name in ORGANISATION} == ORGANISATION
    await box.browser.post("/setup/organisation", {**ORGANISATION, "town": "Neustadt"})
    assert "12345 Neustadt" in (await box.browser.get("/setup/summary")).words


# Step 2


@pytest.mark.parametrize(
    ("changes", "bad", "sentence"),
    [
        ({"short_name": ""}, "short_name", "Ein Kurzname hat 2 bis 32 Buchstaben oder Ziffern"),
        ({"short_name": "Praxis W"}, "short_name", "Ein Kurzname hat 2 bis 32 Buchstaben"),
        ({"user_short_name": "M_W"}, "user_short_name", "Ein Kurzname hat 2 bis 32 Buchstaben"),
        ({"password": "kurz"}, "password", "Mindestens 8 oder mehr Zeichen eingeben"),
        ({"password": "x" * 129}, "password", "Bitte geben Sie höchstens 128 Zeichen ein."),
        ({"password": "12345678"}, "password", "Das ist zu leicht zu erraten."),
        ({"password": "pwinkler"}, "password", "Das ist zu leicht zu erraten."),
        ({"password_again": "anders"}, "password_again", "Die beiden Eingaben sind verschieden."),
        ({"master": ""}, "master", "Bitte wählen Sie ein Masterpasswort."),
        ({"master": "own"}, "master_password", "Mindestens 12 oder mehr Zeichen eingeben"),
        (
            {"master": "own", "master_password": GOOD_PASSWORD},
            "master_password",
            "Das ist zu leicht zu erraten.",
        ),
        (
            {"master": "own", "master_password": "lang genug, ja", "master_password_again": "x"},
            "master_password_again",
            "Die beiden Eingaben sind verschieden.",
        ),
        ({"device": " "}, "device", "Bitte geben Sie diesem Gerät einen Namen."),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_mistake_in_step_2_is_named_and_nothing_typed_is_lost(
    empty: StaffBox, changes: dict[str, str], bad: str, sentence: str
) -> None:
    typed = {**ACCESS, **changes}
    page = await empty.browser.post("/setup/access", typed)
    assert page.status == 422
    assert sentence in page.words
    assert page.focused == bad or bad == "master"
    kept = {name: text for name, text in typed.items() if name != "master" or text}
    assert {name: page.typed[name] for name in kept} == kept


async def test_the_warning_stands_on_the_page_word_for_word(box: StaffBox) -> None:
    await box.browser.post("/setup/organisation", ORGANISATION)
    page = await box.browser.get("/setup/access")
    assert f"Wichtig: {WARNING}" in page.words
    assert "Mindestens 8 oder mehr Zeichen eingeben" in page.words


async def test_other_words_can_be_proposed_without_losing_what_was_typed(box: StaffBox) -> None:
    await box.browser.post("/setup/organisation", ORGANISATION)
    before = await proposed_words(box.browser)
    page = await box.browser.post("/setup/access", {**ACCESS, "go": "propose"})
    assert page.location == "/setup/access#words"
    after = await proposed_words(box.browser)
    assert len(before) == len(after) == 6
    assert before != after
    page = await box.browser.get("/setup/access")
    assert (page.typed["short_name"], page.typed["device"]) == ("PWinkler", "Laptop Martin")
    blank = {"password": "", "password_again": ""}
    assert (await box.browser.post("/setup/access", {**ACCESS, **blank})).status == 303


async def test_going_back_keeps_even_unfinished_entries(box: StaffBox) -> None:
    await box.browser.post("/setup/organisation", ORGANISATION)
    page = await box.browser.post("/setup/access", {"short_name": "PW", "go": "back"})
    assert page.location == "/setup/organisation"
    assert (await box.browser.get("/setup/access")).typed["short_name"] == "PW"
    await to_summary(box.browser)
    assert (await box.browser.post("/setup/summary", {"go": "back"})).location == "/setup/access"


async def test_passwords_are_not_sent_back_by_a_mere_visit(box: StaffBox) -> None:
    await to_summary(box.browser, master="own", master_password="lang genug, ja",
                     master_password_again="lang genug, ja")  # fmt: skip
    for step in STEPS:
        source = (await box.browser.get(step)).source
        assert GOOD_PASSWORD not in source
        assert "lang genug, ja" not in source


async def test_the_short_name_shows_the_host_name_it_becomes(box: StaffBox) -> None:
    async def hint(name: str) -> str:
        return (await box.browser.get(f"/setup/host?name={name}")).source

    assert await hint("PWinkler") == "pwinkler.local"
    assert await hint("Praxis-S%C3%BCd") == "praxis-sued.local"

"""Users, devices, billing data, password, help and status, as a signed-in browser sees them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from practicebox.web.staff.status import Facts, Light, lights, read
from tests.post.samples import pages
from tests.web.staff_box import GOOD_PASSWORD, MONDAY, ORGANISATION, StaffBox, found, staff_box

PAGES = ["/users", "/devices", "/organisation", "/password", "/help", "/status"]
NEW = "Noch ein guter Satz 8"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffBox]:
    """The same for tests that change nothing in it."""
    async with staff_box(tmp_path_factory.mktemp("shared")) as opened:
        await found(opened.browser)
        yield opened


async def test_master_data_are_for_signed_in_staff_only(box: StaffBox) -> None:
    other = await box.other_browser()
    for path in PAGES:
        assert (await box.browser.get(path)).status == 200
        assert (await other.get(path)).location == "/login"


async def test_the_menu_leads_to_every_area(box: StaffBox) -> None:
    page = await box.browser.get("/help")
    for label, path in [
        ("Benutzer", "/users"),
        ("Arbeitsplätze/Endgeräte", "/devices"),
        ("Rechnungsdaten", "/organisation"),
        ("Hilfe", "/help"),
        ("Status", "/status"),
    ]:
        assert f'<a href="{path}"' in page.source
        assert label in page.words


# Users and devices


async def test_the_main_user_is_marked_and_has_no_delete_button(box: StaffBox) -> None:
    page = await box.browser.get("/users")
    assert "Martin Winkler Das sind Sie" in page.words
    assert "Rolle Hauptnutzer(in)" in page.words
    assert "können nicht gelöscht werden" in page.words
    assert "Löschen" not in page.words


async def test_this_device_is_marked(box: StaffBox) -> None:
    page = await box.browser.get("/devices")
    assert "Laptop Martin Dieses Gerät Freigeschaltet seit 18.01.2027" in page.words


# Billing data


async def test_billing_data_can_be_changed_without_any_bank(box: StaffBox) -> None:
    page = await box.browser.get("/organisation")
    assert {name: page.typed[name] for name in ORGANISATION} == ORGANISATION
    assert "IBAN" not in page.words
    changed = {
        **ORGANISATION,
        "name": "Praxis Winkler & Söhne",
        "town": "Neustadt",
        "title": "Dr. med.",
        "bsnr": "123456789",
        "lanr": "987654321",
    }
    assert (await box.browser.post("/organisation", changed)).location == "/organisation?said=saved"
    page = await box.browser.get("/organisation?said=saved")
    assert "Gespeichert." in page.words
    assert {name: page.typed[name] for name in changed} == changed
    practice, [user] = await box.store.practice(), await box.store.users()
    assert practice is not None
    assert (practice.profile.name, practice.profile.bsnr) == (changed["name"], "123456789")
    assert (user.person.title, user.person.lanr) == ("Dr. med.", "987654321")


async def test_the_short_name_is_shown_and_never_changed(box: StaffBox) -> None:
    page = await box.browser.get("/organisation")
    assert "PWinkler lässt sich nicht ändern" in page.words
    assert "short_name" not in page.typed
    await box.browser.post("/organisation", {**ORGANISATION, "short_name": "Anders"})
    practice = await box.store.practice()
    assert practice is not None
    assert practice.short_name == "PWinkler"


async def test_a_mistake_in_the_billing_data_loses_nothing(box: StaffBox) -> None:
    typed = {**ORGANISATION, "postcode": "1234", "town": "Neustadt"}
    page = await box.browser.post("/organisation", typed)
    assert (page.status, page.focused) == (422, "postcode")
    assert {name: page.typed[name] for name in typed} == typed
    practice = await box.store.practice()
    assert practice is not None
    assert practice.profile.town == "Musterhausen"


# One's own password


async def test_the_own_password_can_be_changed(box: StaffBox) -> None:
    fields = {"old": GOOD_PASSWORD, "new": NEW, "new_again": NEW}
    page = await box.browser.post("/password", fields)
    assert page.location == "/users?said=password"
    assert "Ihr neues Passwort gilt ab sofort." in (await box.browser.get(page.location)).words
    login = {"organisation": "PWinkler", "user": "MartinW"}
    assert (await box.browser.post("/login", {**login, "password": GOOD_PASSWORD})).status == 422
    assert (await box.browser.post("/login", {**login, "password": NEW})).location == "/"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("changes", "bad", "sentence"),
    [
        ({"old": ""}, "old", "Bitte geben Sie Ihr bisheriges Passwort ein."),
        ({"old": "falsch geraten"}, "old", "Das ist nicht Ihr bisheriges Passwort."),
        ({"new": "kurz"}, "new", "Mindestens 8 oder mehr Zeichen eingeben"),
        ({"new": GOOD_PASSWORD}, "new", "Das ist zu leicht zu erraten."),
        ({"new": "x" * 129}, "new", "Bitte geben Sie höchstens 128 Zeichen ein."),
        ({"new_again": "anders"}, "new_again", "Die beiden Eingaben sind verschieden."),
    ],
)
async def test_a_bad_new_password_is_refused_and_the_old_one_stays(
    shared: StaffBox, changes: dict[str, str], bad: str, sentence: str
) -> None:
    fields = {"old": GOOD_PASSWORD, "new": NEW, "new_again": NEW, **changes}
    page = await shared.browser.post("/password", fields)
    assert (page.status, page.focused) == (422, bad)
    assert sentence in page.words
    login = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
    assert (await shared.browser.post("/login", login)).location == "/"


# Help and status


async def test_the_status_says_in_words_what_the_lights_mean(box: StaffBox) -> None:
    box.facts.update(
        stun_answers=False,
        mdns_state="renamed",
        mdns_host="pwinkler-2.local",
        disk_free=1_500_000_000,
        clock_right=True,
        started=MONDAY - timedelta(days=3, hours=2),
        version="0.1.0",
    )
    page = await box.browser.get("/status")
    for words in (
        "Etwas arbeitet nicht, siehe unten.",
        "Tresor in Ordnung",
        "Wegweiser (STUN) Störung",
        "Name im Praxisnetz Achtung",
        "pwinkler-2.local",
        "Speicherplatz Achtung 1,5 GB sind frei.",
        "Uhr in Ordnung Die Uhr geht richtig: 09:00 Uhr.",
        "15.01.2027, 07:00 Uhr (seit 3 Tagen)",
    ):
        assert words in page.words


async def test_what_nobody_has_checked_is_not_called_good(box: StaffBox) -> None:
    page = await box.browser.get("/status")
    assert page.source.count("light-grey") == 5
    assert "Läuft seit" not in page.words


@pytest.mark.parametrize(
    ("facts", "subject", "light"),
    [
        (Facts(stun_answers=True), "stun", Light.GREEN),
        (Facts(stun_answers=False), "stun", Light.RED),
        (Facts(mdns_state="running"), "mdns", Light.GREEN),
        (Facts(mdns_state="unavailable"), "mdns", Light.RED),
        (Facts(mdns_state="probing"), "mdns", Light.GREY),
        (Facts(disk_free=499_999_999), "disk", Light.RED),
        (Facts(disk_free=500_000_000), "disk", Light.YELLOW),
        (Facts(disk_free=4_000_000_000), "disk", Light.GREEN),
        (Facts(clock_right=False), "clock", Light.YELLOW),
        (Facts(), "clock", Light.GREY),
        (Facts(), "vault", Light.GREEN),
    ],
)
def test_lights_follow_the_facts(facts: Facts, subject: str, light: Light) -> None:
    assert lights(facts, is_unlocked=True)[subject] is light


def test_a_locked_vault_is_a_yellow_light() -> None:
    assert lights(Facts(), is_unlocked=False)["vault"] is Light.YELLOW


def test_facts_of_another_shape_count_as_unknown() -> None:
    found = {"stun_answers": "yes", "disk_free": "much", "started": 5, "version": "", "more": 1}
    assert read(found) == Facts()


async def test_the_notice_and_the_sheet_for_the_kv_have_the_data_of_the_practice(
    box: StaffBox,
) -> None:
    page = await box.browser.get("/organisation")
    assert "Aushang für das Wartezimmer" in page.words
    for path in ("/organisation/notice.pdf", "/organisation/kv.pdf"):
        assert path in page.source
        (text,) = pages(await box.browser.body(path))
        assert "Praxis Winkler" in text and "01234 5678 910" in text

"""The wizard, driven like a browser without JavaScript, down to the store and the PDF."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.post.samples import pages
from tests.web.staff_box import (
    GOOD_PASSWORD,
    ORGANISATION,
    TICKS,
    StaffBox,
    answers,
    found,
    proposed_words,
    staff_box,
    to_summary,
)

NOTED = (
    "Ich habe meine Zugangsdaten notiert oder ausgedruckt und verwahre sie an einem sicheren Ort. "
    "Ich habe verstanden, dass ich ohne die Zugangsdaten bzw. das Masterpasswort nicht mehr auf "
    "mein Benutzerkonto und die dazugehörigen Daten zugreifen kann."
)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    async with staff_box(tmp_path) as opened:
        yield opened


async def test_three_steps_make_a_practice_and_log_in(box: StaffBox) -> None:
    done = await found(box.browser)
    assert (done.status, done.location) == (303, "/?said=welcome")
    practice = await box.store.practice()
    assert practice is not None
    assert (practice.short_name, practice.time_zone) == ("PWinkler", "Europe/Berlin")
    assert (practice.profile.name, practice.profile.bsnr) == ("Praxis Winkler", "")
    [user], [device] = await box.store.users(), await box.store.devices()
    assert (user.short_name, user.role, user.person.last_name) == ("MartinW", "admin", "Winkler")
    assert (device.name, device.state) == ("Laptop Martin", "approved")
    assert "Laptop Martin Dieses Gerät" in (await box.browser.get("/devices")).words
    assert box.founded_as == ["PWinkler"]


async def test_an_empty_box_sends_everybody_to_the_wizard(box: StaffBox) -> None:
    for path in ("/", "/login", "/users", "/status"):
        assert (await box.browser.get(path)).location == "/setup"
    assert (await box.browser.get("/setup")).location == "/setup/organisation"


async def test_steps_and_buttons_have_the_names_of_the_handbook(box: StaffBox) -> None:
    first = await box.browser.get("/setup/organisation")
    assert "1 Organisation 2 Zugangsdaten 3 Zusammenfassung" in first.words
    assert "WEITER" in first.words
    third = await to_summary(box.browser)
    second = await box.browser.get("/setup/access")
    assert "ZURÜCK WEITER" in second.words
    assert "✓ Organisation (erledigt) ✓ Zugangsdaten (erledigt) 3 Zusammenfassung" in third.words
    assert "ZURÜCK ABSCHLIESSEN" in third.words


async def test_the_cookies_are_for_this_box_and_no_script(box: StaffBox) -> None:
    begun = await box.browser.post("/setup/organisation", ORGANISATION)
    done = await found(box.browser)
    cookies = [begun.cookies["pb-setup"], done.cookies["pb-session"], done.cookies["pb-device"]]
    for cookie in cookies:
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert [bool(cookie["max-age"]) for cookie in cookies] == [False, False, True]


async def test_behind_https_the_draft_is_bound_to_it(tmp_path: Path) -> None:
    async with staff_box(tmp_path, secure=True) as box:
        box.browser.headers["Origin"] = f"https://{box.server.host}:{box.server.port}"
        page = await box.browser.post("/setup/organisation", ORGANISATION)
        assert page.cookies["__Host-setup"]["secure"]


# Step 3


async def test_the_summary_shows_everything_but_passwords(box: StaffBox) -> None:
    page = await to_summary(box.browser, title="Dr. med.")
    for line in (
        "Name der Organisation Praxis Winkler",
        "BSNR nicht angegeben",
        "Straße / Nr Musterstraße 123",
        "PLZ / Ort 12345 Musterhausen",
        "Name Herr Dr. med. Martin Winkler",
        "E-Mail m.winkler@mail.de",
        "Telefon 01234 5678 910",
        "LANR nicht angegeben",
        "Fachrichtung nicht angegeben",
        "Art der Organisation Arztpraxis",
        "Kurzname des Benutzers MartinW",
        "Kurzname der Organisation PWinkler",
        "Kurzname des Endgerätes Laptop Martin",
        "Übersicht drucken",
    ):
        assert line in page.words
    assert GOOD_PASSWORD not in page.source
    words = await proposed_words(box.browser)
    assert " ".join(words) not in page.words


async def test_both_ticks_are_mandatory_and_stay_ticked(box: StaffBox) -> None:
    summary = await to_summary(box.browser)
    assert NOTED in summary.words
    assert "selbst verantwortlich ist (Art. 24 DSGVO)" in summary.words
    words = await answers(box.browser, summary)
    for missing, kept in (("responsible", "noted"), ("noted", "responsible")):
        page = await box.browser.post("/setup/summary", {**words, kept: "yes"})
        assert (page.status, page.focused, page.ticked) == (422, missing, {kept})
        assert {name: page.typed[name] for name in words} == words
    assert await box.store.practice() is None


async def test_two_words_must_be_typed_back(box: StaffBox) -> None:
    summary = await to_summary(box.browser)
    words = await answers(box.browser, summary)
    assert len(words) == 2
    first, second = words
    for wrong in ({first: ""}, {first: words[second] + "x"}, {second: "falsch"}):
        page = await box.browser.post("/setup/summary", {**TICKS, **words, **wrong})
        [name] = wrong
        assert (page.status, page.focused) == (422, name)
        assert f"Wort Nr. {int(name[5:]) + 1} lautet auf Ihrer Übersicht anders." in page.words
    shouted = {name: f" {word.upper()} " for name, word in words.items()}
    done = await box.browser.post("/setup/summary", {**TICKS, **shouted})
    assert done.location == "/?said=welcome"


async def test_a_master_password_of_ones_own_needs_no_typing_back(box: StaffBox) -> None:
    own = "Am Deich steht 1 Mühle"
    changes = {"master": "own", "master_password": own, "master_password_again": own}
    assert "Wort Nr." not in (await to_summary(box.browser, **changes)).words
    assert (await box.browser.post("/setup/summary", TICKS)).status == 303
    box.store.lock()
    await box.store.recover(own)
    assert box.store.vault.is_unlocked


async def test_the_proposed_words_are_the_master_password(box: StaffBox) -> None:
    summary = await to_summary(box.browser)
    words = await proposed_words(box.browser)
    await box.browser.post("/setup/summary", {**TICKS, **await answers(box.browser, summary)})
    box.store.lock()
    await box.store.recover(" ".join(words))
    assert box.store.vault.is_unlocked


async def test_the_overview_has_words_and_short_names_but_not_the_password(box: StaffBox) -> None:
    await to_summary(box.browser)
    words = await proposed_words(box.browser)
    [text] = pages(await box.browser.body("/setup/overview.pdf"))
    for expected in (*words, "PWinkler", "MartinW", "Laptop Martin", "pwinkler.local:8443"):
        assert expected in text
    assert GOOD_PASSWORD not in text


async def test_the_overview_leaves_room_for_a_master_password_of_ones_own(box: StaffBox) -> None:
    own = "Am Deich steht 1 Mühle"
    await to_summary(box.browser, master="own", master_password=own, master_password_again=own)
    [text] = pages(await box.browser.body("/setup/overview.pdf"))
    assert own not in text
    assert "PWinkler" in text


async def test_the_page_on_responsibility_names_who_needs_an_agreement(box: StaffBox) -> None:
    page = await box.browser.get("/setup/responsibility")
    assert "Auftragsverarbeitungsvertrag (AVV, Art. 28 DSGVO)" in page.words
    for partner in ("Techniker", "SMS", "E-Mail", "DynDNS"):
        assert partner in page.words

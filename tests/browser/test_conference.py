"""Four people in one conference, each pair browser to browser, and a fifth at a closed door."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import looking
from tests.browser.box import running_box
from tests.browser.conference_world import PATIENCE, Conference, until_all_see_all
from tests.browser.conftest import BOX_AWAY, Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, PHONE, onlooker
from tests.browser.watching import NOTE_CONNECTIONS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LEAST = 15.0  # frames a second, of each pair in each direction
# Twelve pictures are encoded and decoded at once on the two cores of the test machine.
CAMERAS = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=20")


async def test_four_people_meet_and_a_fifth_without_release_stays_out(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    check = onlooker(request)
    # While twelve pictures move, one size is enough; both where screenshots are wanted.
    glance = check if request.config.getoption("--screenshots") else looking.check
    pages.expect(f"{BOX_AWAY}|409")
    async with running_box(tmp_path, founded.disk) as box:
        browser = await browsers.chromium(*CAMERAS)
        clinician = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        await clinician.add_init_script(NOTE_CONNECTIONS)
        await founded.log_in(clinician, box)
        meeting = Conference(box, pages, browser, clinician)
        await meeting.plan()
        await meeting.invite("Ivan Krejčí", "guardian", "guardian")
        await meeting.invite("Dilek Öztürk", "interpreter", "contract")
        links = {
            "Alice Krejčová": await meeting.link_of(""),
            "Ivan Krejčí": await meeting.link_of("Ivan Krejčí"),
            "Dilek Öztürk": await meeting.link_of("Dilek Öztürk"),
        }
        await meeting.invite("Carla Neumann", "educator", release="")
        await check(clinician, "participants")
        closed = await meeting.link_of("Carla Neumann")

        fifth = await meeting.window(closed)
        await fifth.fill("#name", "Carla Neumann")
        await fifth.click("#entrance button[type=submit]")
        await expect(fifth.locator("#trouble")).to_contain_text(
            "noch nicht freigegeben", timeout=PATIENCE
        )
        await fifth.close()

        for who, link in links.items():
            await meeting.enter(who, link)
        await clinician.goto(f"{meeting.appointment}/consultation")
        await expect(clinician.locator("#ante .waiting-said")).to_contain_text(
            "Dilek Öztürk", timeout=PATIENCE
        )
        await check(clinician, "conference-ante")
        await clinician.set_viewport_size(DESK)
        await meeting.begin()
        for who in links:
            await meeting.ask_in(who)
        for page in meeting.everybody:
            await expect(page.locator(".tile[data-member]")).to_have_count(3, timeout=PATIENCE)
        await until_all_see_all(meeting.everybody, 3, LEAST)
        await glance(clinician, "conference")
        await clinician.set_viewport_size(DESK)

        alice, ivan, dilek = meeting.guests.values()
        await alice.set_viewport_size(PHONE)
        await glance(alice, "conference-guest")
        await alice.set_viewport_size(DESK)
        await expect(alice.locator(".tile", has_text="Dilek Öztürk")).to_contain_text(
            "Dolmetscher", timeout=PATIENCE
        )
        await alice.click("#toggle-side")
        await alice.fill("#chat-text", "Guten Tag zusammen")
        await alice.press("#chat-text", "Enter")
        for page in (clinician, ivan, dilek):
            await expect(page.locator("#messages")).to_contain_text(
                "Alice Krejčová", timeout=PATIENCE
            )
            await expect(page.locator("#messages")).to_contain_text(
                "Guten Tag zusammen", timeout=PATIENCE
            )

        await clinician.keyboard.press("1")
        await expect(clinician.locator("#tiles")).to_have_attribute(
            "data-layout", "speaker", timeout=PATIENCE
        )
        await expect(clinician.locator(".tile.is-main")).to_have_count(1, timeout=PATIENCE)
        await clinician.click(".seat:has-text('Dilek') .seat-mute")
        await dilek.click("#mute-now")
        await expect(alice.locator(".tile", has_text="Dilek")).to_contain_text(
            "Mikrofon aus", timeout=PATIENCE
        )
        await ivan.click("#more summary")
        await ivan.click("#share")
        for page in (clinician, alice, dilek):
            shared = page.locator(".tile.is-screen.is-main", has_text="Ivan Krejčí")
            await expect(shared).to_contain_text("teilt den Bildschirm", timeout=PATIENCE)
        await expect(ivan.locator("#sharing")).to_be_visible(timeout=PATIENCE)

        await clinician.click(".seat:has-text('Ivan') .seat-back")
        await expect(ivan.locator("#step-waiting")).to_be_visible(timeout=PATIENCE)
        for page in (clinician, alice, dilek):
            await expect(page.locator(".tile[data-member]")).to_have_count(2, timeout=PATIENCE)
        await clinician.reload()  # the others go on meanwhile, and the way back is open
        await expect(clinician.locator("#stage")).to_be_visible(timeout=PATIENCE)
        await meeting.ask_in("Ivan Krejčí")
        await dilek.click("#toggle-microphone")
        await until_all_see_all(meeting.everybody, 3, 1.0)

        await clinician.click("#hang-up")
        for page in (alice, ivan, dilek):
            await expect(page.locator("#ended-title")).to_be_visible(timeout=PATIENCE)

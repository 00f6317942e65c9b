"""The calendar in a real browser: moved by keys and by hand, undone; its pages looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from practicebox.store.records import Appointment
from tests.browser.bad_world import World
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import onlooker
from tests.web.both_doors import PLANNED, both_doors
from tests.web.calendar_world import FIRST, clinician, full_day, main_user

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
ALICE = {"date": "2027-01-19", "time": "10:00", "minutes": "30", "born": ""}
HOURS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "8-12, 14-18")


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, browsers: Browsers, pages: Pages) -> AsyncIterator[World]:
    pages.expect(r"/(presence|sessions/watch)' failed|422")
    async with both_doors(tmp_path) as doors:
        world = World(doors, None, browsers, pages)  # type: ignore[arg-type]  # opened below
        world.page = await world.window(doors.staff)
        yield world
        await pages.close()


async def start_of(world: World, appointment: Appointment) -> str:
    now = await world.doors.box.store.appointments.get(appointment.id)
    return f"{now.starts.astimezone(FIRST.tzinfo):%d.%m. %H:%M}"


async def said(page: Page, words: str) -> None:
    await expect(page.locator("#cal-said")).to_contain_text(words)


async def test_an_appointment_is_moved_by_keys_and_by_hand_and_put_back(world: World) -> None:
    page, doors = world.page, world.doors
    alice = await doors.plan(**ALICE)
    await page.goto(f"{world.staff}/calendar?view=week&date=2027-01-19")
    block = page.locator(f"#a-{alice.id}")
    await block.focus()
    for key in ("m", "ArrowDown", "ArrowRight"):
        await page.keyboard.press(key)
    await said(page, "10:15 Uhr, Mi. 20.1.")
    await page.keyboard.press("Escape")
    await said(page, "Zurückgelegt: 10:00 Uhr, Di. 19.1.")
    await expect(block).to_be_focused()
    assert await start_of(world, alice) == "19.01. 10:00"

    for key in ("m", "ArrowUp", "Shift+ArrowUp", "ArrowRight", "Enter"):
        await page.keyboard.press(key)
    moved = page.locator("#moved")
    await expect(moved).to_contain_text("jetzt am 20.01.2027 um 09:40 Uhr")
    await expect(moved).to_contain_text("Neu drucken?")
    await expect(block).to_be_focused()
    assert await start_of(world, alice) == "20.01. 09:40"
    await page.keyboard.press("Control+z")
    await expect(moved).to_contain_text("Rückgängig gemacht")
    assert await start_of(world, alice) == "19.01. 10:00"

    before = await block.bounding_box()
    column = await page.locator("ul[data-day='2027-01-21']").bounding_box()
    assert before and column
    await page.mouse.move(before["x"] + 20, before["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(column["x"] + 20, before["y"] + 10 + before["height"], steps=8)
    await said(page, "10:30 Uhr, Do. 21.1.")
    await page.mouse.up()
    await expect(moved).to_contain_text("jetzt am 21.01.2027 um 10:30 Uhr")
    assert await start_of(world, alice) == "21.01. 10:30"

    ben = await doors.plan(**{**ALICE, "patient": "Ben Berg", "date": "2027-01-22"})
    await page.reload()
    await page.locator(f"#a-{ben.id}").focus()
    for key in ("m", "ArrowLeft", "ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("alert")).to_contain_text("schon einen Termin: 10:30 Alice")
    await page.get_by_role("button", name="TROTZDEM VERSCHIEBEN").click()
    await expect(moved).to_contain_text("jetzt am 21.01.2027 um 10:30 Uhr")


async def test_the_pages_are_accessible_and_small(
    world: World, request: pytest.FixtureRequest
) -> None:
    page, doors, look = world.page, world.doors, onlooker(request)
    people = [await main_user(doors), await clinician(doors, "Berger")]
    people.append(await clinician(doors, "von der Heide-Conrad"))
    await doors.staff.post("/opening", {**HOURS, "friday": "8-13", "state": "BY"})
    blocked = {"blocked_from": "2027-01-19", "blocked_until": "2027-01-19"}
    times = {"blocked_from_time": "16:00", "blocked_until_time": "18:00"}
    for whose, reason in (("", "Fortbildung"), (people[1], "Urlaub")):
        fields = {**blocked, **times, "blocked_whose": whose, "blocked_reason": reason}
        await doors.staff.post("/opening/blocked", fields)
    for number in range(5):
        day = (FIRST + timedelta(days=number)).date()
        await doors.box.store.appointments.add_all(full_day(day, people, 22))
    alice = await doors.plan(**{**ALICE, "organiser": people[0], "minutes": "10"})
    await doors.staff.post(f"/appointments/{alice.id}/cancel", {})
    for query, name in {
        "view=day&date=2027-01-19": "calendar-day",
        "view=week&date=2027-01-19": "calendar-week",
        "view=week&date=2027-01-19&whose=all": "calendar-week-of-all",
        "view=month&date=2027-01-06": "calendar-month",
    }.items():
        await page.goto(f"{world.staff}/calendar?{query}")
        await look(page, name)
    await page.goto(f"{world.staff}/calendar/print?date=2027-01-19")
    await look(page, "calendar-print")
    await page.goto(f"{world.staff}/opening")
    await look(page, "opening")
    series = {**PLANNED, "date": "2027-02-02", "repeat": "2", "times": "5"}
    planned = await doors.staff.post("/appointments/new", series)
    assert planned.location.startswith("/series"), planned.words
    await page.goto(f"{world.staff}{planned.location}")
    await look(page, "series")
    await page.goto(f"{world.staff}/calendar?date=2027-01-19")
    await page.locator("a[data-seen]").first.focus()
    for key in ("m", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("alert")).to_be_visible()
    await look(page, "calendar-ask")

"""Pages that nobody sees on a good day: faults, refusals, mistakes in forms, questions before harm.

The box runs in this process, so that a test can break what it likes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from practicebox.store.conditions import DiskFailed, DiskTrouble
from tests.browser.bad_world import GOOD, TROUBLED, World, address
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import Look, check, onlooker
from tests.web.both_doors import both_doors
from tests.web.people_world import BERTS, bert_at_his_own
from tests.web.staff_box import GOOD_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, browsers: Browsers, pages: Pages) -> AsyncIterator[World]:
    pages.expect(r"/(presence|sessions/watch)' failed|4(03|04|05|13|21|22)|50[07]")
    async with both_doors(tmp_path) as doors:
        new = World(doors, None, browsers, pages)  # type: ignore[arg-type]  # set in the next line
        new.page = await new.window(doors.staff)
        yield new
        await pages.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    return onlooker(request)


async def test_the_status_page_with_everything_in_order_and_with_faults(
    world: World, look: Look
) -> None:
    page, facts = world.page, world.doors.box.facts
    await world.doors.plan()
    facts.update(GOOD)
    await page.goto(f"{world.staff}/status")
    await expect(page.locator("[data-job]")).to_have_count(3)
    await expect(page.locator("[data-retention]")).to_contain_text("gelöscht")
    await look(page, "status-jobs")
    facts.update(TROUBLED)
    await page.goto(f"{world.staff}/status")
    await expect(page.locator("form[action='/status/clock'] button")).to_be_visible()
    await look(page, "status-trouble")


@pytest.mark.parametrize("trouble", DiskTrouble)
async def test_what_could_not_be_saved_is_kept_in_the_page(
    world: World, look: Look, trouble: DiskTrouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise DiskFailed(trouble)

    page, store = world.page, world.doors.box.store
    await page.goto(f"{world.staff}/appointments/new")
    with monkeypatch.context() as patch:
        patch.setattr(store.appointments, "add_all", fails)
        await page.fill("#patient", "Alice Krejčová")
        await page.click("main button.primary")
        await expect(page.locator("h1")).to_have_text("Im Moment kann nichts gespeichert werden")
        await (look if trouble is DiskTrouble.FULL else check)(page, "not-saved")
    await page.click("main button.primary")
    await expect(page.locator("#details-title")).to_contain_text("Alice Krejčová")


async def test_patients_and_passwords_when_nothing_can_be_saved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise DiskFailed(DiskTrouble.FULL)

    page, box = world.page, world.doors.box
    await page.goto(f"{world.staff}/password")
    monkeypatch.setattr(box.store, "change_password", fails)
    for field, typed in zip(
        ("old", "new", "new_again"), (GOOD_PASSWORD, BERTS, BERTS), strict=True
    ):
        await page.fill(f"#{field}", typed)
    await page.click("main button.primary")
    await expect(page.locator("main")).to_contain_text("Nur Passwörter und Codes")
    assert "guter Satz" not in await page.content()
    await check(page, "not saved, a password")
    await world.doors.join_by_link(await world.doors.plan())
    patient = await world.window(world.doors.patient)
    monkeypatch.setattr(box.store.visits, "find", fails)
    await patient.goto(f"{address(world.doors.patient)}/visit")
    await expect(patient.locator("main")).to_contain_text("rufen Sie in der Praxis an")
    await check(patient, "not saved, a patient")


@pytest.mark.parametrize("status", [403, 405, 413, 421, 500])
async def test_a_page_for_each_refusal(
    world: World, look: Look, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(world.doors.box.store.appointments, "day", broken)
    client, own = world.doors.staff.client, {"Origin": world.staff, "Accept": "text/html"}
    method, path, headers, body = {
        403: ("POST", "/logout", {**own, "Origin": "https://evil.example"}, ""),
        405: ("GET", "/logout", own, ""),
        413: ("POST", "/appointments/search", own, "q=" + "x" * 100_000),
        421: ("GET", "/", {**own, "Host": "evil.example"}, ""),
        500: ("GET", "/", own, ""),
    }[status]
    async with client.request(method, path, headers=headers, data=body or None) as answer:
        assert answer.status == status
        html = await answer.text()

    async def show(route: Route) -> None:
        await route.fulfill(status=status, body=html, content_type="text/html; charset=utf-8")

    await world.page.route(f"{world.staff}/refused", show)
    await world.page.goto(f"{world.staff}/refused")
    await (look if status == 500 else check)(world.page, "error")


async def test_a_colleague_without_the_right_is_told_whom_to_ask(world: World, look: Look) -> None:
    bert = await world.window(await bert_at_his_own(world.doors.box))
    await bert.goto(f"{world.staff}/audit")
    await expect(bert.locator("#main h1")).to_have_text("Nicht für Ihre Rolle")
    await look(bert, "no-right")


async def test_questions_before_a_device_is_shut_out_or_taken_along(
    world: World, look: Look
) -> None:
    page = world.page
    bert = await world.window(await bert_at_his_own(world.doors.box))
    await page.goto(f"{world.staff}/devices")
    row = page.locator("li.row", has_text="Laptop Bert")
    for what in ("revoke", "stolen", "lock"):
        await row.locator(f"a[href$='/{what}']").click()
        await check(page, what)
        await page.go_back()
    await row.locator("a[href$='/lock']").click()
    await page.click("main button.primary")
    await bert.goto(f"{world.staff}/login")
    for field, value in {"organisation": "PWinkler", "user": "BertB", "password": BERTS}.items():
        await bert.fill(f"#{field}", value)
    await bert.click("button:has-text('EINLOGGEN')")
    await expect(bert.locator("#problem-title")).to_contain_text("vorübergehend gesperrt")
    await check(bert, "login at a locked device")
    await page.click("form[action='/devices/move'] button")
    await check(page, "move")
    link = await page.get_attribute("main a.primary", "href")
    assert link
    await page.goto(world.staff + link[link.index("/login/arrive") :])
    await check(page, "arrive")
    await page.goto(f"{world.staff}/software")
    await page.fill("#name", "Praxisverwaltung")
    await page.click("main button.primary")
    await expect(page.locator("#may_appointments_read-error")).to_be_visible()
    await check(page, "software, nothing chosen")
    await page.check("#may_appointments_read")
    await page.click("main button.primary")
    await expect(page.locator("#token")).to_contain_text("pbx_")
    await look(page, "software-token")
    await page.click("main a.button")
    await page.click(".revoke summary")
    await look(page, "software")


async def test_a_log_with_a_hole_raises_the_alarm(world: World, look: Look) -> None:
    page = world.page
    await page.goto(f"{world.staff}/audit")
    era, number, link = (await page.inner_text(".audit-mark")).split(".")
    await page.fill("#mark", f"{era}.{int(number) + 500}.{link}")
    await page.click("form[action='/audit/compare'] button")
    await expect(page.locator("#alarm")).to_be_visible()
    await expect(page.locator(".notice-warn[role=status]")).to_contain_text("passt nicht")
    await look(page, "audit-alarm")
    await page.goto(f"{world.staff}/audit?day=gestern")
    await check(page, "audit, no day")


async def test_forms_with_mistakes_and_lists_without_lines(world: World, look: Look) -> None:
    page = world.page
    await page.goto(f"{world.staff}/patients")
    await check(page, "nobody in the directory")
    appointment = await world.doors.plan()
    record = appointment.patient_id
    for path, field in {
        "/appointments/new": "#patient",
        f"/patients/{record}/edit": "#patient",
        "/users/new": "#last_name",
        "/organisation": "#street",
    }.items():
        await page.goto(world.staff + path)
        await page.fill(field, "")
        await page.click("main button.primary")
        await expect(page.locator(".field-error").first).to_be_visible()
        await check(page, f"{path} with a mistake")
    await page.goto(f"{world.staff}/appointments/{appointment.id}/edit")
    await page.fill("#patient", "Alicia Krejčová")
    await page.click("main button.primary")
    await expect(page.locator("input[name=person]").first).to_be_visible()
    await look(page, "who-is-it")
    await page.goto(f"{world.staff}/appointments/{appointment.id}/patient")
    await page.click("main button.primary")
    await check(page, "whose appointment, nobody chosen")
    await page.goto(f"{world.staff}/patients")
    await page.fill("#q", "Niemand")
    await expect(page.locator("#none")).to_be_visible()
    await check(page, "nobody has this name")

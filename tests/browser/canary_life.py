"""What a practice does in its first days, with planted strings in every field.

Each step asserts that the string arrived: what was never planted is easily not found.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import zipfile
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox
from tests.browser.canaries import (
    CHANGED,
    CHAT,
    COLLEAGUE,
    FILE_MARK,
    FILE_NAME,
    MISTYPED,
    NEW_NAME,
    NEW_PASSWORD,
    PATIENTS,
    PRACTICE,
    TYPED_NAME,
)
from tests.browser.steps import Patient
from tests.browser.watching import download, until_moving

RESTORE = 60.0  # seconds


async def welcome(doctor: Page, new: Page, box: RunningBox) -> str:
    """A colleague joins at a workstation of her own, which is approved; the one-time code."""
    code = await steps.invite(doctor, box, COLLEAGUE)
    await steps.join(new, box, code, COLLEAGUE)
    await steps.open_request(doctor, box)
    await steps.approve(doctor)
    await new.goto("about:blank")
    return code


async def plan_all(doctor: Page, box: RunningBox) -> tuple[list[str], list[str]]:
    """Plan an appointment for each patient: their addresses, and all access codes."""
    codes: list[str] = []
    appointments = []
    for patient in PATIENTS:
        appointments.append(await steps.plan(doctor, box, patient))
        codes += [await doctor.inner_text("#doctor-code"), await doctor.inner_text("#patient-code")]
    return appointments, codes


async def consult(doctor: Page, phone: Page, appointment: str, link: str, folder: Path) -> None:
    """A consultation with chat and a file; the patient types another name than was planned."""
    await phone.goto(link)
    await steps.to_waiting_room(phone, Patient(name=TYPED_NAME))
    await doctor.goto(f"{appointment}/consultation#start")
    await expect(phone.locator("#stage")).to_be_visible()
    await until_moving(doctor, phone)
    await expect(doctor.locator("#other-name")).to_have_text(TYPED_NAME)
    for page, other, text in ((doctor, phone, CHAT[0]), (phone, doctor, CHAT[1])):
        if not await page.locator("#side").is_visible():
            await page.click("#toggle-side")
        await page.fill("#chat-text", text)
        await page.press("#chat-text", "Enter")
        await expect(other.locator("#messages")).to_contain_text(text)
    source = folder / FILE_NAME
    source.write_bytes(os.urandom(100_000) + FILE_MARK + os.urandom(100_000))
    await phone.set_input_files("#file-choice", source)
    await doctor.locator("#files .accept").click()
    await expect(doctor.locator("#files li")).to_have_attribute("data-state", "done")
    source.unlink()
    await doctor.click("#hang-up")
    await expect(phone.locator("#step-ended")).to_be_visible()


async def keep_patients(doctor: Page, box: RunningBox, appointments: list[str]) -> None:
    """The directory: searched, corrected, handed out, deleted; appointments changed and ended."""
    await doctor.goto(f"{box.staff}/patients")
    await doctor.fill("#q", MISTYPED[0])
    await doctor.press("#q", "Enter")
    await expect(doctor.locator("#none")).to_be_visible()
    await doctor.fill("#q", PATIENTS[0].name.split()[1])
    await doctor.click(f"#patients a:has-text('{PATIENTS[0].name}')")
    await doctor.click("a[href$='/edit']")
    await _fill_in(doctor, CHANGED)
    await expect(doctor.locator("#patient-title")).to_have_text(CHANGED.name)
    await _hand_out(doctor)
    await doctor.goto(f"{appointments[0]}/edit")
    await doctor.fill("#reason", CHANGED.reason)
    await doctor.click("main button.primary")
    await expect(doctor.locator("main")).to_contain_text(CHANGED.reason)
    await doctor.goto(f"{appointments[1]}/patient")
    await doctor.fill("#q", PATIENTS[2].name)
    await doctor.click("button[name=search]")
    await expect(doctor.locator("main")).to_contain_text(PATIENTS[2].name)
    for address in (f"{appointments[1]}/cancel", f"{appointments[2]}/delete"):
        await doctor.goto(address)
        await doctor.click("main button.danger")
        await doctor.wait_for_selector("main .notice-good")  # or the next page would overtake it
    await doctor.goto(f"{box.staff}/patients")
    await doctor.click(f"#patients a:has-text('{PATIENTS[1].name}')")
    await doctor.click("a[href$='/delete']")
    await doctor.click("main button.danger")
    await expect(doctor.locator("#patients")).not_to_contain_text(PATIENTS[1].name)


async def write_letters(doctor: Page, appointment: str) -> None:
    """A letter to look at and to print, and all of a day."""
    await doctor.goto(f"{appointment}/letter")
    await doctor.wait_for_load_state("networkidle")
    assert (await download(doctor, f"{appointment}/letter.png")).startswith(b"\x89PNG")
    assert (await download(doctor, f"{appointment}/letter.pdf")).startswith(b"%PDF")
    await doctor.goto(f"{appointment.partition('/appointments')[0]}/appointments")
    day = await doctor.get_attribute("a[href$='/letters.pdf']", "href")
    assert day and (await download(doctor, day)).startswith(b"%PDF")


async def read_log(doctor: Page, box: RunningBox) -> None:
    """The audit log: seen, filtered, asked for a mark that is none, exported in both ways."""
    await doctor.goto(f"{box.staff}/audit")
    await expect(doctor.locator(".audit-lines")).to_contain_text(COLLEAGUE.user)
    await expect(doctor.locator(".audit-lines")).to_contain_text(COLLEAGUE.device)
    await doctor.fill("#mark", MISTYPED[2])
    await doctor.click("form[action='/audit/compare'] button")
    await expect(doctor.locator("#mark")).to_have_value(MISTYPED[2])
    for kind in ("csv", "json"):
        button = doctor.locator(f"form[action='/audit/export'] button[value={kind}]")
        assert COLLEAGUE.device in (await _saved(doctor, button)).decode()


async def end_access(doctor: Page, colleague: Page, box: RunningBox) -> None:
    """A colleague's device is locked for a while; she works, gets another name, and leaves."""
    row = doctor.locator("li.row", has_text=COLLEAGUE.device)
    await doctor.goto(f"{box.staff}/devices")
    await row.locator("a[href$='/lock']").click()
    await doctor.click("main form button.primary")
    await row.locator("form[action$='/unlock'] button").click()
    await log_in(colleague, box, COLLEAGUE.user, COLLEAGUE.password)
    await expect(colleague.locator("#menu")).to_be_visible()
    await doctor.goto(f"{box.staff}/sessions")
    await expect(doctor.locator("main")).to_contain_text(COLLEAGUE.device)
    await doctor.goto(f"{box.staff}/users")
    await doctor.locator("li.row", has_text=COLLEAGUE.last_name).locator("a[href$=edit]").click()
    await doctor.fill("#last_name", NEW_NAME)
    await doctor.click("main form button.primary")
    await doctor.locator("li.row", has_text=NEW_NAME).locator("a[href$=leave]").click()
    await doctor.click("main form button.primary")
    await expect(doctor.locator("main")).to_contain_text("Nicht mehr bei Ihnen")
    await expect(colleague).to_have_url(f"{box.staff}/login?said=departed")


async def give_notice(doctor: Page, box: RunningBox) -> None:
    """The contract is ended, the confirmation looked at, and the notice taken back."""
    contract = f"{box.staff}/organisation/contract"
    await doctor.goto(f"{contract}/end")
    await doctor.click("main form button.danger")
    await doctor.goto(f"{contract}/confirmation")
    await expect(doctor.locator("main")).to_contain_text(PRACTICE.last_name)
    await doctor.goto(f"{contract}/revoke")
    await doctor.click("main form button.primary")
    await expect(doctor.get_by_role("status")).to_contain_text("widerrufen")


async def make_mistakes(page: Page, box: RunningBox) -> None:
    """Names and passwords where they don't belong: a wrong login, no code, no such address."""
    await log_in(page, box, PATIENTS[0].name, NEW_PASSWORD)
    await expect(page.locator("main")).to_contain_text("Fehler beim Login.")
    await page.goto(box.patients)
    await page.fill("#code", MISTYPED[1])
    await page.fill("#name", TYPED_NAME)
    await page.click("#entrance button[type=submit]")
    await expect(page.locator("#code-error")).to_be_visible()


async def change_password(page: Page, box: RunningBox) -> None:
    """A new password, and the screen locked and unlocked with it."""
    await page.goto(f"{box.staff}/password")
    for number, password in enumerate((PRACTICE.password, NEW_PASSWORD, NEW_PASSWORD)):
        await page.locator("main form input[autocomplete$=-password]").nth(number).fill(password)
    await page.click("main form button.primary")
    await expect(page.get_by_role("status").first).to_be_visible()
    await page.goto(f"{box.staff}/appointments")
    await page.click("text=Bildschirm sperren")
    await page.fill("#cover-password", NEW_PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_visible()


async def log_in(page: Page, box: RunningBox, user: str, password: str) -> None:
    """The three fields, whatever comes of it."""
    await page.goto(f"{box.staff}/login")
    await page.fill("#organisation", PRACTICE.short_name)
    await page.fill("#user", user)
    await page.fill("#password", password)
    await page.click("button:has-text('EINLOGGEN')")


async def restore(backup: Path, folder: Path, words: str) -> str:
    """A backup put back into an empty data folder below `folder`; what the command says."""
    (folder / "data").mkdir(parents=True)
    config = folder / "practicebox.toml"
    config.write_text(f'data_folder = "{folder / "data"}"\n', "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "practicebox", "restore", str(backup), "--config", str(config)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(f"{words}\n".encode()), RESTORE)
    assert process.returncode == 0, said
    return said.decode()


async def _fill_in(page: Page, patient: Patient) -> None:
    assert patient.born
    for field, value in {
        "patient": patient.name,
        "born": patient.born.isoformat(),
        "phone": patient.phone,
        "email": patient.email,
        "address": patient.address,
    }.items():
        await page.fill(f"#{field}", value)
    await page.click("main button.primary")


async def _hand_out(page: Page) -> None:
    """The copy of a patient's data has all of it."""
    packed = await _saved(page, page.locator("form[action$='/export'] button"))
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        content = files.read("auskunft.json").decode()
    assert json.dumps(CHANGED.name) in content and PATIENTS[0].reason in content


async def _saved(page: Page, button: Locator) -> bytes:
    """What a click on the button downloads."""
    async with page.expect_download() as waiting:
        await button.click()
    return _content(await (await waiting.value).path())


def _content(path: Path) -> bytes:
    return path.read_bytes()

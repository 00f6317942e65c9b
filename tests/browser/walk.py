"""The walk past every page that a day shows: a box, both sides, and somebody who looks at each."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox
from tests.browser.looking import Look
from tests.browser.watching import until_moving


@dataclass
class World:
    """A box with a practice and an appointment, and a browser for either side."""

    box: RunningBox
    doctor: Page
    phone: Page
    appointment: str
    link: str


async def walk_through(world: World, look: Look) -> None:
    """Every page of both doors in the order people meet them."""
    await staff_pages(world, look)
    await patient_pages(world, look)
    await consultation(world, look)


async def staff_pages(world: World, look: Look) -> None:
    doctor, staff = world.doctor, world.box.staff
    await steps.back_up(doctor, world.box)
    for path, name in {
        "/": "start",
        "/appointments": "appointments",
        "/appointments/new": "new-appointment",
        "/patients": "patients",
        "/users": "users",
        "/devices": "devices",
        "/sessions": "sessions",
        "/users/new": "new-user",
        "/organisation": "organisation",
        "/password": "password",
        "/passkeys": "passkeys-by-number",
        "/help": "help",
        "/figures": "figures",
        "/status": "status",
        "/backup": "backup",
        "/audit": "audit",
        "/organisation/contract": "contract",
        "/organisation/contract/end": "contract-end",
        "/nothing": "not-found",
    }.items():
        await doctor.goto(staff + path)
        await look(doctor, name)
    for suffix, name in {
        "": "appointment",
        "/edit": "change-appointment",
        "/cancel": "cancel-appointment",
        "/delete": "delete-appointment",
        "/letter": "letter",
        "/patient": "whose-appointment",
    }.items():
        await doctor.goto(world.appointment + suffix)
        await doctor.wait_for_load_state("networkidle")
        await look(doctor, name)
    await doctor.goto(staff + "/patients")
    patient = await doctor.get_attribute("#patients a", "href")
    for suffix, name in {
        "": "patient",
        "/edit": "change-patient",
        "/delete": "delete-patient",
    }.items():
        await doctor.goto(f"{staff}{patient}{suffix}")
        await look(doctor, name)
    await notice(world, look)


async def notice(world: World, look: Look) -> None:
    """Notice is given and taken back."""
    doctor, contract = world.doctor, f"{world.box.staff}/organisation/contract"
    await doctor.goto(f"{contract}/end")
    await doctor.get_by_role("button", name="KÜNDIGUNG BESTÄTIGEN").click()
    await look(doctor, "contract-with-notice")
    await doctor.goto(f"{contract}/confirmation")
    await look(doctor, "contract-confirmation")
    await doctor.goto(f"{contract}/revoke")
    await look(doctor, "contract-revoke")
    await doctor.get_by_role("button", name="KÜNDIGUNG WIDERRUFEN").click()
    await expect(doctor.get_by_role("status")).to_contain_text("widerrufen")


async def patient_pages(world: World, look: Look) -> None:
    phone, patients = world.phone, world.box.patients
    await phone.goto(patients)
    await look(phone, "entrance")
    await phone.fill("#code", "000-000-000")
    await phone.fill("#name", "Alice")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#code-error")).to_contain_text("Zugangscode unbekannt")
    await look(phone, "unknown-code")
    await phone.goto(f"{patients}/about")
    await look(phone, "about")
    await phone.goto(world.link)
    await look(phone, "entrance-by-letter")
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#allow")).to_be_visible()
    await look(phone, "explain")
    await phone.click("#allow")
    await expect(phone.locator("#enter")).to_be_enabled()
    await look(phone, "preview")
    await phone.click("#enter")
    await expect(phone.locator("#step-waiting")).to_be_visible()
    await look(phone, "waiting")


async def consultation(world: World, look: Look) -> None:
    doctor, phone = world.doctor, world.phone
    await doctor.goto(f"{world.appointment}/consultation")
    await expect(doctor.locator("#ante-status")).to_contain_text("wartet")
    await look(doctor, "waiting-room")
    await steps.ask_in(doctor)
    await until_moving(doctor, phone)
    await look(doctor, "consultation")
    await look(phone, "consultation-patient")
    for page, name in ((doctor, "chat"), (phone, "chat-patient")):
        await page.click("#toggle-side")
        await page.fill("#chat-text", "Guten Tag")
        await page.press("#chat-text", "Enter")
        await look(page, name)
        await page.click("#close-side")
    await phone.click("#more summary")
    await look(phone, "more")
    await phone.keyboard.press("Escape")
    await doctor.click("#hang-up")
    await expect(phone.locator("#step-ended")).to_be_visible()
    await look(phone, "ended")
    await look(doctor, "ended-staff")

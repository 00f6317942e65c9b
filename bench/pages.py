"""Our pages, driven as by their users: login, the doctor's consultation, the patient's way in."""

from __future__ import annotations

from box import Plan, Practice
from playwright.async_api import BrowserContext, Page

from practicebox import demo
from practicebox.practice import link

NAME = "Alice Krejčová"


async def log_in(doctor: BrowserContext, plan: Plan, practice: Practice) -> None:
    """The doctor's browser is the approved workstation; the session stays with it."""
    secret = link.encode(practice.device_secret)
    name = "__Host-device" if plan.is_secure else "pb-device"
    await doctor.add_cookies(
        [{"name": name, "value": secret, "url": plan.staff, "secure": plan.is_secure}]
    )
    page = await doctor.new_page()
    await page.goto(f"{plan.staff}/login")
    await page.fill("#organisation", demo.SHORT_NAME)
    await page.fill("#user", demo.USER)
    await page.fill("#password", demo.PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_selector("#menu")
    await page.close()


async def to_preview(patient: Page, plan: Plan, practice: Practice, number: int) -> None:
    """From the letter to the page on which the patient sees their own picture."""
    await patient.goto(f"{plan.patients}{practice.fragments[number]}")
    await patient.fill("#name", NAME)
    await patient.click("#entrance button[type=submit]")
    await patient.click("#allow")


def consultation(plan: Plan, practice: Practice, number: int) -> str:
    """The address of the doctor's page for an appointment."""
    return f"{plan.staff}/appointments/{practice.appointments[number]}/consultation"

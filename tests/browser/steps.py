"""What people do on the pages, in their own order. The assertions stand in the tests."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from practicebox.practice.local_time import next_slot
from tests.browser.box import RunningBox
from tests.browser.conftest import Pages


@dataclass(frozen=True)
class Practice:
    """What is typed into the wizard."""

    name: str = "Praxis Winkler"
    specialty: str = "Allgemeinmedizin"
    first_name: str = "Martin"
    last_name: str = "Winkler"
    phone: str = "01234 5678 910"
    lanr: str = "123456789"
    short_name: str = "PWinkler"
    user: str = "MartinW"
    password: str = "Ein guter Satz 7"
    device: str = "Laptop Martin"


@dataclass(frozen=True)
class Patient:
    """What reception plans and the patient types."""

    name: str = "Alice Krejčová"
    born: date | None = date(1944, 5, 12)
    phone: str = "0151 2345678"
    email: str = "alice@example.org"
    address: str = "Lindenallee 7\n12345 Musterhausen"
    reason: str = "Kontrolle nach der Operation"


@dataclass(frozen=True)
class Colleague:
    """Who joins later, at a workstation of their own."""

    first_name: str = "Anna"
    last_name: str = "Brandt"
    user: str = "AnnaB"
    password: str = "Noch ein guter Satz 8"
    device: str = "Laptop Anna"


async def _pass_by(page: Page, name: str) -> None:
    """Look at nothing."""


async def set_up(
    page: Page,
    box: RunningBox,
    practice: Practice = Practice(),
    look: Callable[[Page, str], Awaitable[None]] = _pass_by,
) -> None:
    """The whole wizard, with the proposed master password; `look` at each step."""
    await page.goto(box.staff)
    await _organisation(page, practice)
    await look(page, "setup-access")
    words = await _access(page, practice)
    await look(page, "setup-summary")
    await _summary(page, words)
    await ask_for_consent(page, False)  # test_consent.py is about it


async def ask_for_consent(page: Page, ask: bool) -> None:
    """What the page with the forms does, from a page that is logged in."""
    send = "fields => fetch('/forms/door', {method: 'POST', body: new URLSearchParams(fields)})"
    assert await page.evaluate(f"async fields => (await ({send})(fields)).ok", _ticked(ask))


def _ticked(ask: bool) -> dict[str, str]:
    return {"ask": "yes"} if ask else {}


async def _organisation(page: Page, practice: Practice) -> None:
    await page.fill("#name", practice.name)
    await page.select_option("#kind", index=1)
    await page.select_option("#size", index=1)
    for field, value in {
        "specialty": practice.specialty,
        "street": "Musterstraße",
        "number": "123",
        "postcode": "12345",
        "town": "Musterhausen",
        "first_name": practice.first_name,
        "last_name": practice.last_name,
        "email": "m.winkler@mail.example",
        "phone": practice.phone,
    }.items():
        await page.fill(f"#{field}", value)
    await page.check("input[name=salutation] >> nth=1")
    await page.click("button.primary:has-text('WEITER')")
    await page.wait_for_selector("#short_name")


async def _access(page: Page, practice: Practice) -> list[str]:
    for field, value in {
        "short_name": practice.short_name,
        "user_short_name": practice.user,
        "password": practice.password,
        "password_again": practice.password,
        "device": practice.device,
    }.items():
        await page.fill(f"#{field}", value)
    words = re.findall(r"[a-z]{3,}", await page.inner_text("#words ol, #words ul"))
    await page.click("button.primary:has-text('WEITER')")
    await page.wait_for_selector("#responsible")
    return words


async def _summary(page: Page, words: list[str]) -> None:
    for field in await page.query_selector_all("input[id^=word_]"):
        position = int((await field.get_attribute("id") or "").removeprefix("word_"))
        await field.fill(words[position])
    await page.check("#responsible")
    await page.check("#noted")
    await page.click("button.primary:has-text('ABSCHLIESSEN')")
    await page.wait_for_selector("#menu")


async def log_in(page: Page, box: RunningBox, practice: Practice = Practice()) -> None:
    """The three fields, the short names as people type them."""
    await page.goto(f"{box.staff}/login")
    await page.fill("#organisation", f" {practice.short_name.upper()} ")
    await page.fill("#user", practice.user.lower())
    await page.fill("#password", practice.password)
    await page.click("button:has-text('EINLOGGEN')")
    await page.wait_for_selector("#menu")


async def log_out(page: Page, pages: Pages) -> None:
    """Perhaps before the page's socket for news is open, which the browser then complains of."""
    pages.expect(r"/presence' failed: HTTP Authentication failed")
    await page.click("text=Abmelden")
    await page.wait_for_selector("#organisation")


async def plan(page: Page, box: RunningBox, patient: Patient = Patient(), kind: str = "") -> str:
    """A new appointment that begins with the next quarter of an hour; return its address."""
    await page.goto(f"{box.staff}/appointments/new")
    soon = next_slot(datetime.now(UTC), ZoneInfo("Europe/Berlin"))
    await page.fill("#date", soon.date().isoformat())
    await page.fill("#time", f"{soon:%H:%M}")
    if kind:
        await page.check(f"input[name=kind][value={kind}]")
    await page.fill("#patient", patient.name)
    await page.fill("#reason", patient.reason)
    await page.click("summary:has-text('Weitere Angaben')")
    if patient.born:
        await page.fill("#born", patient.born.isoformat())
    await page.fill("#phone", patient.phone)
    await page.fill("#email", patient.email)
    await page.fill("#address", patient.address)
    await page.click("button:has-text('SPEICHERN')")
    await page.wait_for_selector("#patient-code, #overlap")
    if await page.locator("#overlap").count():  # two at the same time are asked about
        await page.check("#overlap")
        await page.click("button:has-text('SPEICHERN')")
    await page.wait_for_selector("#patient-code")
    return page.url.partition("?")[0]


async def back_up(page: Page, box: RunningBox) -> None:
    """A backup by the button; the page comes back when it has been opened and compared."""
    await page.goto(f"{box.staff}/backup")
    await page.click("button:has-text('JETZT SICHERN')")
    await page.wait_for_selector(".rows .light-green")


async def to_waiting_room(page: Page, patient: Patient = Patient()) -> None:
    """From the entrance to the waiting room; the page is at the entrance already."""
    await page.fill("#name", patient.name)
    await page.click("#entrance button[type=submit]")
    await page.click("#allow")
    await page.click("#enter:enabled")
    await page.wait_for_selector("#step-waiting", state="visible")


async def look_into_waiting_room(page: Page, appointment: str) -> None:
    await page.goto(f"{appointment}/consultation")
    await page.wait_for_selector("#admit", state="visible")


async def ask_in(page: Page) -> None:
    await page.click("#admit")
    await page.wait_for_selector("#stage", state="visible")


async def invite(
    page: Page,
    box: RunningBox,
    colleague: Colleague = Colleague(),
    look: Callable[[Page, str], Awaitable[None]] = _pass_by,
) -> str:
    """The Hauptnutzer invites a clinician; the one-time code."""
    await page.goto(f"{box.staff}/users")
    await page.click("text=KOLLEGIN ODER KOLLEGEN EINLADEN")
    await look(page, "new user")
    await page.check("input[name=salutation] >> nth=1")
    await page.fill("#first_name", colleague.first_name)
    await page.fill("#last_name", colleague.last_name)
    await page.check("input[name=role][value=clinician]")
    await page.click("text=EINMALCODE ERZEUGEN")
    await page.wait_for_selector("[data-print]")
    await look(page, "one-time code")
    return await page.inner_text("#code")


async def join(
    page: Page,
    box: RunningBox,
    code: str,
    colleague: Colleague = Colleague(),
    look: Callable[[Page, str], Awaitable[None]] = _pass_by,
) -> None:
    """The colleague uses the code at a new workstation, which asks to be approved."""
    await page.goto(f"{box.staff}/login")
    await page.click("text=Ich habe einen Einmalcode")
    await look(page, "first login")
    await page.fill("#code", code.lower().replace("-", " "))
    await page.fill("#user", colleague.user)
    await page.fill("#new", colleague.password)
    await page.fill("#new_again", colleague.password)
    await page.click("text=ZUGANG EINRICHTEN")
    await page.wait_for_selector("#device")
    await look(page, "name of the device")
    await page.fill("#device", colleague.device)
    await page.click("text=FREISCHALTUNG BEANTRAGEN")
    await page.wait_for_selector("#shown")


async def open_request(page: Page, box: RunningBox) -> str:
    """The Hauptnutzer looks at the only request; the four digits."""
    await page.goto(f"{box.staff}/devices")
    await page.click("text=Antrag ansehen")
    return await page.inner_text("#digits")


async def approve(page: Page) -> None:
    """The digits were the same."""
    await page.click("text=GLEICHE ZIFFERN: FREISCHALTEN")
    await page.wait_for_selector("text=Der Arbeitsplatz ist freigeschaltet.")

"""Strings planted everywhere in a whole consultation, and searched for where none may be."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.steps import Colleague, Patient, Practice
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes, until_moving
from tests.browser.wire import Capture, capture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PRACTICE = Practice(
    first_name="Kanarinus",
    last_name="Zeisigmann",
    password="Stieglitz im Gebüsch 9",
    device="Laptop Rotkehlchen",
)
PATIENTS = [
    Patient(
        name=f"{first} {last}",
        born=born,
        phone=phone,
        email=f"{last.lower()}@vogel.example",
        address=f"{street}\n{town}",
        reason=reason,
    )
    for first, last, born, phone, street, town, reason in [
        ("Amselina", "Krejčovská", date(1931, 7, 23), "0151 7788991", "Finkenschlag 17",
         "23117 Meisenheim", "Schwindel beim Aufstehen"),
        ("Drosselbert", "Bañuelosz", date(1947, 2, 14), "0160 4455667", "Spatzenstieg 3",
         "23118 Sperlingsdorf", "Befund der Schilddrüse"),
        ("Elsternhild", "Mauersegl", date(1962, 9, 30), "0170 1122334", "Zaunkönigweg 8",
         "23119 Lerchenau", "Nachsorge Bandscheibe"),
        ("Falkwart", "Uhuwaldt", date(1988, 12, 1), "0176 9988776", "Kranichufer 21",
         "23120 Reiherstedt", "Panikattacken im Fahrstuhl"),
    ]
]  # fmt: skip
COLLEAGUE = Colleague(
    first_name="Rabenhilde",
    last_name="Dohlenwald",
    user="RabenD",
    password="Elster auf dem Dachfirst 4",
    device="Tablet Goldammer",
)
TYPED_NAME = "Pirolina am Fenster"  # what the patient types; the practice planned another name
CHAT = ["Der Wiedehopf ruft dreimal", "Die Nachtigall antwortet leise"]
FILE_NAME = "Kolibri-Befund.bin"
FILE_MARK = b"Eisvogel-im-Sturzflug-" * 40


def canaries() -> list[str]:
    """Every planted string; birth dates as they are written and as they are stored."""
    found = [TYPED_NAME, FILE_NAME, FILE_MARK[:22].decode(), *CHAT]
    found += [PRACTICE.first_name, PRACTICE.last_name, PRACTICE.password, PRACTICE.device]
    found += [COLLEAGUE.first_name, COLLEAGUE.last_name, COLLEAGUE.password, COLLEAGUE.device]
    for patient in PATIENTS:
        found += [*patient.name.split(), patient.phone, patient.email, patient.reason]
        found += patient.address.split("\n")
        if patient.born:
            found += [patient.born.isoformat(), patient.born.strftime("%d.%m.%Y")]
    return found


async def test_nothing_planted_is_readable_afterwards(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    if os.geteuid() != 0:
        pytest.skip("reading the loopback interface needs root")
    assert len(canaries()) >= 40
    browser = await browsers.chromium()
    async with running_box(tmp_path) as box:
        doctor = await pages.open(browser, "about:blank", locale="de-DE")
        await doctor.add_init_script(NOTE_CONNECTIONS)
        await steps.set_up(doctor, box, PRACTICE)
        joined_by = await _welcome(
            doctor, await pages.open(browser, "about:blank", locale="de-DE"), box
        )
        appointment, codes = await _plan_all(doctor, box)
        codes += [joined_by, joined_by.replace("-", "")]
        [link] = qr_codes(await download(doctor, f"{appointment}/letter.pdf"))
        phone = await pages.open(browser, "about:blank", locale="de-DE")
        await phone.add_init_script(NOTE_CONNECTIONS)
        with capture(box.staff_port, box.patients_port, box.stun_port) as wire:
            await _consult(doctor, phone, appointment, link, tmp_path)
        _search_wire(wire)
        await steps.back_up(doctor, box)
        assert list(box.data.glob("backups/*.backup"))
        _search_files(box, [*canaries(), *codes, link.partition("#")[2]])
        await box.stop()
        _search_files(box, [*canaries(), *codes, link.partition("#")[2]])


async def _welcome(doctor: Page, new: Page, box: RunningBox) -> str:
    """A colleague joins at a workstation of her own; the one-time code."""
    code = await steps.invite(doctor, box, COLLEAGUE)
    await steps.join(new, box, code, COLLEAGUE)
    await steps.open_request(doctor, box)
    await steps.approve(doctor)
    await new.goto("about:blank")
    return code


async def _plan_all(doctor: Page, box: RunningBox) -> tuple[str, list[str]]:
    """Plan them all; the address of the last, and all access codes."""
    codes: list[str] = []
    appointment = ""
    for patient in PATIENTS:
        appointment = await steps.plan(doctor, box, patient)
        codes += [await doctor.inner_text("#doctor-code"), await doctor.inner_text("#patient-code")]
    return appointment, codes


async def _consult(doctor: Page, phone: Page, appointment: str, link: str, folder: Path) -> None:
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


def _search_wire(wire: Capture) -> None:
    said = wire.contents()
    # Controls: the capture sees what does go through the box, in clear and below masks.
    assert PATIENTS[-1].name.encode() in said, "the practice's own pages show the planned name"
    assert b'"kind":"admit"' in said.replace(b" ", b"")
    assert any(datagram[4:8] == b"\x21\x12\xa4\x42" for datagram in wire.datagrams)
    for canary in [TYPED_NAME, FILE_NAME, *CHAT, "ice-ufrag", "fingerprint", "candidate:"]:
        assert canary.encode() not in said, canary
    assert FILE_MARK[:22] not in said


def _search_files(box: RunningBox, planted: list[str]) -> None:
    """The database with its WAL, box.key, the log, and temporary files."""
    files = [path for path in box.folder.rglob("*") if path.is_file()]
    assert any(path.suffix in {".db", ".sqlite"} or "db" in path.name for path in files)
    assert box.log in files and b"event=request" in box.log.read_bytes()
    for path in files:
        content = path.read_bytes()
        for canary in planted:
            for encoding in ("utf-8", "utf-16-le", "latin-1"):
                needle = canary.encode(encoding, "ignore")
                assert needle not in content, (canary, path.name)
    assert not list(box.temporary.rglob("*")), "no temporary files"

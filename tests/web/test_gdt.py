"""Practice software: folder and upload in, appointment and directory, report out."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from practicebox.appliance.gdt_folder import QUARANTINE
from practicebox.appliance.gdt_thread import StillRunning
from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble
from practicebox.practice.day import Event
from practicebox.practice.gdt import Charset
from practicebox.practice.gdt_fields import read
from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.records import Appointment
from practicebox.web.staff import gdt_report
from practicebox.web.staff.door import make_door
from practicebox.web.staff.gdt_bridge import Bridge, Ends
from tests.practice.gdt_samples import MASTER_DATA, counted, data
from tests.web.both_doors import Doors, both_doors, details
from tests.web.staff_box import Browser, Page

WHO = ("30004711", "3101Müller", "3102Änne", "310312051944")
ORDER = data(
    counted(
        "80006302",
        *WHO,
        "310612345 Musterhausen",
        "3107Lindenallee 7",
        "36260151 2345678",
        "620018012027",
        "6201093000",
        "8402VIDEO7",
        "6227Kontrolle",
    ),
    charset="cp437",
)
MASTER = data(counted("80006301", *WHO, "3107Neuer Weg 1", "310612345 Ort"), charset="cp437")
BROKEN = ORDER.replace(b"0173101", b"0183101").replace(b"0153101", b"0163101")


@dataclass
class Exchange:
    """A box with an exchange folder."""

    doors: Doors
    folder: Path
    bridge: Bridge

    @property
    def staff(self) -> Browser:
        return self.doors.staff

    def put(self, content: bytes, name: str = "PBOXEDV1.gdt") -> None:
        (self.folder / name).write_bytes(content)

    async def look(self) -> None:
        """Twice, so that files have stood still."""
        await self.bridge.look()
        await self.bridge.look()

    async def upload(self, *files: tuple[str, bytes]) -> Page:
        form = FormData()
        for name, content in files:
            form.add_field("file", io.BytesIO(content), filename=name)
        client = self.staff.client
        origin = f"http://{client.host}:{client.port}"
        async with client.post(
            "/gdt", data=form, headers={"Origin": origin}, allow_redirects=False
        ) as answer:
            return Page(answer, await answer.text())

    async def record_id(self) -> str:
        (waiting,) = await self.doors.box.store.gdt.waiting()
        return waiting.id

    async def planned(self, **changes: str) -> Appointment:
        """An appointment as the form makes it that begins with the record."""
        page = await self.staff.get(f"/appointments/new?gdt={await self.record_id()}")
        address = page.source.partition('id="address"')[2].partition(">")[2].partition("<")[0]
        fields = {**page.typed, "address": address, **changes}
        page = await self.staff.post("/appointments/new", fields)
        assert page.status == 303, page.words
        id_ = page.location.split("/")[2].split("?")[0]
        return await self.doors.box.store.appointments.get(id_)

    async def held(self, appointment: Appointment, minutes: int = 22) -> None:
        """The consultation took place, and a while has passed."""
        box = self.doors.box
        box.clock.time = appointment.starts
        await box.store.attendance.note(appointment.id, Event.BEGAN, box.clock())
        box.clock.forward(timedelta(minutes=minutes))
        await box.store.attendance.note(appointment.id, Event.ENDED, box.clock())
        box.clock.forward(timedelta(minutes=11))

    @property
    def out(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    folder = tmp_path / "gdt"
    folder.mkdir()
    async with both_doors(tmp_path / "data") as doors:
        box = doors.box
        ends = Ends(folder, folder, "PBOX", "EDV1", Charset.IBM)
        german = box.services.languages.by_code["de"].gettext
        bridge = Bridge(box.store, ends, german)
        box.services = replace(box.services, gdt=bridge)
        server = TestServer(make_door(box.services))
        client = await box.stack.enter_async_context(TestClient(server))
        client.session.cookie_jar.update_cookies(
            {f"pb-{name}": doors.staff.cookie(name) for name in ("session", "device")},
            client.make_url("/"),
        )
        doors.staff = Browser(client)
        yield Exchange(doors, folder, bridge)
        bridge.close()


async def test_an_order_in_the_folder_becomes_an_appointment(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    assert exchange.out == []
    page = await exchange.staff.get("/gdt")
    assert "Änne Müller wünscht einen Termin geboren am 12.05.1944" in page.words
    form = await exchange.staff.get(f"/appointments/new?gdt={await exchange.record_id()}")
    assert form.typed["patient"] == "Änne Müller"
    assert form.typed["born"] == "1944-05-12"
    assert (form.typed["date"], form.typed["time"]) == ("2027-01-18", "09:30")
    assert form.typed["reason"] == "Kontrolle"
    appointment = await exchange.planned()
    assert appointment.patient.address == ("Lindenallee 7", "12345 Musterhausen")
    assert appointment.patient.phone == "0151 2345678"
    assert "Nichts wartet." in (await exchange.staff.get("/gdt")).words


async def test_a_patient_who_is_known_stays_one(exchange: Exchange) -> None:
    known = await exchange.doors.plan(patient="Änne Müller", born="1944-05-12")
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    assert appointment.patient_id == known.patient_id
    assert appointment.patient.email == known.patient.email  # which the record doesn't have


async def test_mistakes_in_the_form_keep_the_record(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    record_id = await exchange.record_id()
    page = await exchange.staff.post("/appointments/new", {"gdt": record_id, "patient": ""})
    assert page.status == 422 and page.typed["gdt"] == record_id
    assert await exchange.record_id() == record_id


async def test_an_appointment_for_somebody_else_leaves_the_record_alone(
    exchange: Exchange,
) -> None:
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned(patient="Somebody Else")
    assert await exchange.record_id()
    assert await exchange.doors.box.store.gdt.link_of(appointment) is None


async def test_a_file_that_could_not_be_removed_is_not_entered_twice(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise FolderTrouble(Trouble.FORBIDDEN)

    monkeypatch.setattr("practicebox.appliance.gdt_folder.Inbox.remove", refuse)
    exchange.put(ORDER)
    exchange.put(BROKEN, "PBOXEDV1.999")
    await exchange.look()
    await exchange.look()
    assert await exchange.doors.box.store.gdt.count() == 1
    assert exchange.out == ["PBOXEDV1.gdt"]
    page = await exchange.staff.get("/gdt")
    assert "Die Box darf im Austauschordner nicht lesen oder schreiben." in page.words
    monkeypatch.undo()
    await exchange.look()
    assert exchange.out == [] and await exchange.doors.box.store.gdt.count() == 1
    assert "Die Box darf" not in (await exchange.staff.get("/gdt")).words


async def test_a_file_with_a_mistake_lies_beside_its_reason(exchange: Exchange) -> None:
    exchange.put(BROKEN)
    exchange.put(b"\x89PNG\r\n\x1a\n" * 9, "PBOXEDV1.001")
    await exchange.look()
    assert exchange.out == [] and await exchange.doors.box.store.gdt.count() == 0
    aside = exchange.folder / QUARANTINE
    assert (aside / "PBOXEDV1.gdt").read_bytes() == BROKEN
    reason = (aside / "PBOXEDV1.gdt.txt").read_text("utf-8-sig").strip()
    assert reason == "Zeile 4 (3101 Nachname) nennt als Länge 16 Zeichen, hat aber 15."
    page = await exchange.staff.get("/gdt")
    assert reason in page.words
    assert "Das ist keine GDT-Datei" in page.words


async def test_a_share_that_was_away_goes_on_by_itself(exchange: Exchange, tmp_path: Path) -> None:
    exchange.folder.rename(tmp_path / "away")
    await exchange.look()
    assert "nicht erreichbar" in (await exchange.staff.get("/gdt")).words
    assert "nicht erreichbar" in (await exchange.staff.get("/status")).words
    (tmp_path / "away").rename(exchange.folder)
    exchange.put(ORDER)
    await exchange.look()
    assert "nicht erreichbar" not in (await exchange.staff.get("/status")).words
    assert await exchange.record_id()


async def test_files_arrive_while_the_vault_is_locked(exchange: Exchange) -> None:
    store = exchange.doors.box.store
    store.lock()
    exchange.put(ORDER)
    await exchange.look()
    assert await store.gdt.count() == 1 and exchange.out == []


async def test_mutated_files_are_taken_or_put_aside_and_none_is_lost(exchange: Exchange) -> None:
    dice = Random(11)
    for number in range(1, 120):
        file = bytearray(ORDER)
        file[dice.randrange(len(file))] = dice.randrange(256)
        exchange.put(bytes(file) if number % 3 else ORDER, f"PBOXEDV1.{number:03}")
    for _ in range(4):
        await exchange.look()
    assert exchange.out == []
    aside = [p for p in (exchange.folder / QUARANTINE).iterdir() if p.suffix != ".txt"]
    assert len(aside) + await exchange.doors.box.store.gdt.count() == 119
    assert 10 < len(aside) < 80
    assert (await exchange.staff.get("/gdt")).status == 200


async def test_a_file_given_by_hand_opens_its_record(exchange: Exchange) -> None:
    page = await exchange.upload(("order.gdt", ORDER))
    assert page.location == f"/gdt/{await exchange.record_id()}"
    page = await exchange.staff.get(page.location)
    for words in ("Änne Müller", "wünscht einen Termin", "noch nicht in der", "4711", "Kontrolle"):
        assert words in page.words
    assert (await exchange.upload(("order.gdt", ORDER))).status == 303  # a double click
    assert await exchange.doors.box.store.gdt.count() == 1
    exchange.doors.box.clock.forward(timedelta(seconds=1))
    page = await exchange.upload(("a.gdt", ORDER), ("b.gdt", MASTER))
    assert page.location == "/gdt?said=gdt_taken"
    assert await exchange.doors.box.store.gdt.count() == 3


async def test_a_broken_file_given_by_hand_is_refused_in_words(exchange: Exchange) -> None:
    page = await exchange.upload(("broken.gdt", BROKEN), ("good.gdt", ORDER))
    assert page.status == 422
    assert "broken.gdt : Zeile 4 (3101 Nachname) nennt als Länge" in page.words
    assert "Die Datei wurde nicht übernommen." in page.words
    assert await exchange.record_id()  # the good one
    page = await exchange.upload()
    assert page.status == 422 and "Bitte wählen Sie eine Datei aus." in page.words


async def test_what_is_too_large_or_no_form_is_refused(exchange: Exchange) -> None:
    page = await exchange.upload(("big.gdt", bytes(100_000)))
    assert page.status == 422 and "Die Datei ist leer." in page.words
    page = await exchange.upload(("big.gdt", b"x" * 100_000))
    assert page.status == 422 and "größer als 64 KB" in page.words
    assert (await exchange.upload(("huge.gdt", b"x" * 2_000_000))).status == 413
    assert (await exchange.upload(*[("a.gdt", ORDER)] * 30)).status == 400
    assert (await exchange.staff.post("/gdt", {"file": "x"})).status == 422


async def test_master_data_change_the_directory_after_a_look_at_the_differences(
    exchange: Exchange,
) -> None:
    known = await exchange.doors.plan(patient="Änne Müller", born="1944-05-12")
    exchange.put(MASTER)
    await exchange.look()
    record = f"/gdt/{await exchange.record_id()}"
    page = await exchange.staff.get(record)
    assert "Neuer Weg 1, 12345 Ort neu bisher: Lindenallee 7, 12345 Musterhausen" in page.words
    page = await exchange.staff.post(f"{record}/adopt", {})
    assert page.location == f"/patients/{known.patient_id}?said=saved"
    now = (await exchange.doors.box.store.patients.get(known.patient_id)).patient
    assert now.address == ("Neuer Weg 1", "12345 Ort") and now.phone == known.patient.phone
    assert await exchange.doors.box.store.gdt.count() == 0
    assert (await exchange.staff.post(f"{record}/adopt", {})).status == 404


async def test_master_data_of_somebody_new_enter_them_in_the_directory(exchange: Exchange) -> None:
    await exchange.upload(("master.gdt", data(MASTER_DATA)))
    page = await exchange.staff.post(f"/gdt/{await exchange.record_id()}/adopt", {})
    page = await exchange.staff.get(page.location.partition("?")[0])
    assert "Franz Mustermann" in page.words and "01.10.1945" in page.words


async def test_a_record_can_be_discarded_once_and_that_is_noted(exchange: Exchange) -> None:
    await exchange.upload(("order.gdt", ORDER))
    record = f"/gdt/{await exchange.record_id()}"
    assert (await exchange.staff.post(f"{record}/discard", {})).status == 303
    assert (await exchange.staff.post(f"{record}/discard", {})).status == 404
    assert (await exchange.staff.get(record)).status == 404
    assert Action.GDT_DISCARDED in await noted(exchange)


async def test_a_record_that_names_only_a_number_is_shown(exchange: Exchange) -> None:
    await exchange.upload(("ask.gdt", data(counted("80006300", "30004711"))))
    page = await exchange.staff.get(f"/gdt/{await exchange.record_id()}")
    assert "Patient Nr. 4711" in page.words
    assert "nennt nur die Nummer" in page.words


async def test_an_ended_consultation_is_reported_once(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    assert "AN PRAXISSOFTWARE" not in (await details(exchange.doors, appointment)).words
    await exchange.held(appointment)
    assert "AN PRAXISSOFTWARE" in (await details(exchange.doors, appointment)).words
    for _ in range(3):
        await gdt_report.send_due(exchange.doors.box.services)
    assert exchange.out == ["EDV1PBOX.gdt"]
    message = read((exchange.folder / "EDV1PBOX.gdt").read_bytes())
    assert message.kind == "6310"
    assert (message.person.number, message.person.name) == ("4711", "Änne Müller")
    assert (message.day, message.test) == (date(2027, 1, 18), "VIDEO7")
    assert message.text.splitlines() == [
        "Videosprechstunde am 18.01.2027, geplant für 09:30 Uhr",
        "Gespräch von 09:30 bis 09:52 Uhr (22 Min.)",
    ]
    page = await details(exchange.doors, appointment)
    assert "an die Praxissoftware übergeben. Noch einmal übergeben" in page.words
    assert Action.GDT_SENT in await noted(exchange)


async def test_by_button_it_goes_again_only_where_that_was_asked_for(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    await exchange.held(appointment)
    path = f"/appointments/{appointment.id}/gdt"
    answers = [await exchange.staff.post(path, again) for again in ({}, {}, {"again": "yes"})]
    assert [answer.location.partition("=")[2] for answer in answers] == [
        "gdt_sent",
        "gdt_already",
        "gdt_sent",
    ]
    assert exchange.out == ["EDV1PBOX.001", "EDV1PBOX.gdt"]


async def test_what_could_not_be_delivered_is_tried_again(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    await exchange.held(appointment)
    exchange.folder.rename(tmp_path / "away")
    await gdt_report.send_due(exchange.doors.box.services)
    page = await exchange.staff.post(f"/appointments/{appointment.id}/gdt", {})
    assert page.location.endswith("said=gdt_trouble")
    (tmp_path / "away").rename(exchange.folder)
    await gdt_report.send_due(exchange.doors.box.services)
    assert exchange.out == ["EDV1PBOX.gdt"]


async def test_a_share_that_hangs_leaves_a_doubt(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        raise StillRunning

    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    await exchange.held(appointment)
    monkeypatch.setattr("practicebox.appliance.gdt_thread.FolderThread.run", hang)
    page = await exchange.staff.post(f"/appointments/{appointment.id}/gdt", {})
    assert page.location.endswith("said=gdt_doubt")
    await exchange.look()
    assert "nicht erreichbar" in (await exchange.staff.get("/gdt")).words
    monkeypatch.undo()
    await gdt_report.send_due(exchange.doors.box.services)
    assert exchange.out == []
    assert "ist nicht sicher" in (await details(exchange.doors, appointment)).words


async def test_a_kill_in_the_middle_leaves_a_doubt_that_is_shown(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    appointment = await exchange.planned()
    await exchange.held(appointment)
    await exchange.doors.box.store.gdt.begin_sending(appointment.id)
    await gdt_report.send_due(exchange.doors.box.services)
    assert exchange.out == []
    assert "ist nicht sicher" in (await details(exchange.doors, appointment)).words


async def test_a_locked_vault_reports_nothing(exchange: Exchange) -> None:
    exchange.put(ORDER)
    await exchange.look()
    await exchange.held(await exchange.planned())
    exchange.doors.box.store.lock()
    await gdt_report.send_due(exchange.doors.box.services)
    assert exchange.out == []


async def test_an_appointment_without_a_record_has_nothing_to_report(exchange: Exchange) -> None:
    appointment = await exchange.doors.plan()
    assert "Praxissoftware übergeben" not in (await details(exchange.doors, appointment)).words
    page = await exchange.staff.post(f"/appointments/{appointment.id}/gdt", {})
    assert page.location.endswith("said=gdt_not_linked")


async def noted(exchange: Exchange) -> set[Action]:
    page = await exchange.doors.box.store.audit.page(Filter(), 50)
    return {one.entry.action for one in page.entries if isinstance(one, Noted)}

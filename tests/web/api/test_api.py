"""What programs rely on: who did it, twice is once, nobody is overrun, events arrive and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientResponse

from practicebox.practice.day import Event
from practicebox.practice.programs import SCOPES
from practicebox.store.api.answers import Answer
from practicebox.store.audit.audit import By
from practicebox.store.conditions import UnknownToken
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Patient
from practicebox.store.terms import Terms
from practicebox.web.api.document import BASE
from practicebox.web.api.feed import Feed
from practicebox.web.api.repeats import RUNNING
from tests.store.world import Boxes, World, open_world
from tests.web.api.api_world import STARTS, Api, api_of

BOB = {"name": "Bob Beispiel", "born": "1970-02-01"}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_of(tmp_path) as opened:
        yield opened


async def test_the_log_names_the_program(api: Api) -> None:
    appointment = await api.doors.plan()
    await api.ask("appointments.invitation", appointment.id)
    await api.ask("patients.add", json=BOB)
    await api.ask("service", token="pbx_wrong")
    log = (await api.doors.staff.get("/audit")).words
    assert "mit den Zugangscodes geöffnet" in log
    assert "Praxisverwaltung hat einen Patienten angelegt." in log
    assert "Ein Programm mit falschem Zugangsschlüssel wurde abgewiesen." in log
    assert "Beispiel" not in log


async def test_the_same_request_twice_is_one_deed(api: Api) -> None:
    key = {"Idempotency-Key": "a"}
    first = await api.ask("patients.add", json=BOB, headers=key)
    again = await api.ask("patients.add", json=BOB, headers=key)
    assert (first.status, first.tag, first.body) == (again.status, again.tag, again.body)
    other = await api.ask("patients.add", json={**BOB, "phone": "1"}, headers=key)
    assert other.problem == "key-reused"
    api.doors.box.clock.forward(timedelta(hours=24))
    late = await api.ask("patients.add", json=BOB, headers=key)
    assert late.problem == "questions"  # a day later it is a new request
    await api.doors.box.store.patients.delete(first.json["id"])


async def test_the_key_of_one_program_is_nothing_to_another(api: Api) -> None:
    key = {"Idempotency-Key": "a"}
    await api.ask("patients.add", json=BOB, headers=key)
    token = await api.program(*SCOPES)
    other = await api.ask("patients.add", json=BOB, headers=key, token=token)
    assert other.problem == "questions"


async def test_while_the_first_is_being_answered_the_second_waits(api: Api) -> None:
    app = api.client.app
    assert app is not None
    key = {"Idempotency-Key": "a"}
    both = await asyncio.gather(*(api.ask("patients.add", json=BOB, headers=key) for _ in "12"))
    found = sorted(reply.status for reply in both)
    assert found in ([201, 201], [201, 409])
    assert len((await api.ask("patients.list")).json["patients"]) == 1
    assert app[RUNNING] == set()


async def test_an_answer_goes_with_what_it_tells_of(api: Api) -> None:
    key = {"Idempotency-Key": "a"}
    made = await api.ask("patients.add", json=BOB, headers=key)
    await api.doors.box.store.patients.delete(made.json["id"])
    assert (await api.ask("patients.add", json=BOB, headers=key)).problem == "answer-gone"


async def test_a_page_and_a_program_do_not_overrun_each_other(api: Api) -> None:
    appointment = await api.doors.plan()
    seen = {"If-Match": await api.tag(appointment)}
    by_page = await api.doors.staff.post(
        f"/appointments/{appointment.id}/edit",
        {"patient": "Alice Krejčová", "born": "1944-05-12", "date": "2027-01-22", "time": "10:00"}
        | {"minutes": "30", "kind": "video"},
    )
    assert by_page.status == 303, by_page.words
    late = await api.ask("appointments.change", appointment.id, json={"minutes": 60}, headers=seen)
    assert late.problem == "changed"
    assert (await api.doors.box.store.appointments.get(appointment.id)).minutes == 30


async def test_what_a_change_leaves_out_stays(api: Api) -> None:
    appointment = await api.doors.plan()
    seen = {"If-Match": await api.tag(appointment)}
    wish: dict[str, Any] = {"json": {"minutes": 60}, "headers": seen}
    changed = await api.ask("appointments.change", appointment.id, **wish)
    now = await api.doors.box.store.appointments.get(appointment.id)
    assert (now.minutes, now.reason, now.codes) == (60, appointment.reason, appointment.codes)
    assert now.patient == appointment.patient and changed.json["reason"] == appointment.reason


async def test_the_hour_that_comes_twice_is_the_one_that_was_meant(api: Api) -> None:
    patient = (await api.ask("patients.add", json=BOB)).json["id"]
    for starts in ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"):
        plan = {"patient_id": patient, "starts": starts, "minutes": 20}
        made = await api.ask("appointments.add", json=plan)
        hour = "00" if starts.endswith("2:00") else "01"
        assert made.json["starts"] == f"2027-10-31T{hour}:30:00Z"


async def test_mistakes_stand_beside_their_fields(api: Api) -> None:
    patient = (await api.ask("patients.add", json=BOB)).json["id"]
    plan = {"patient_id": patient, "starts": "2020-01-19T15:30:00Z", "minutes": 30}
    for change, place in (
        ({}, "/starts"),
        ({"starts": STARTS, "kind": "phone"}, "/kind"),
        ({"starts": STARTS, "organiser_id": "A" * 16}, "/organiser_id"),
        ({"starts": STARTS, "patient_id": "A" * 16}, "/patient_id"),
        ({"starts": STARTS, "minutes": True}, "/minutes"),
        ({"starts": STARTS, "colour": "red"}, "/colour"),
    ):
        reply = await api.ask("appointments.add", json={**plan, **change})
        assert [one["pointer"] for one in reply.json["errors"]] == [place], reply.body


async def test_pages_of_a_list_lead_through_all_of_it(api: Api) -> None:
    times = ("09:00", "10:00", "11:00", "12:00", "13:00")
    planned = [await api.doors.plan(time=time, minutes="30") for time in times]
    place = f"{BASE}/appointments?from=2027-01-18&to=2027-01-20&limit=2"
    found = []
    while place:
        headers = {"Authorization": f"Bearer {api.token}"}
        async with api.client.get(place, headers=headers) as answer:
            page = await answer.json()
        found += [one["id"] for one in page["appointments"]]
        place = page["next"]
    assert found == [one.id for one in planned]


# Events


async def _open(api: Api, last: str = "") -> ClientResponse:
    headers = {"Authorization": f"Bearer {api.token}", "Last-Event-ID": last}
    answer = await api.client.get(f"{BASE}/events", headers=headers)
    assert answer.status == 200
    assert (await answer.content.readuntil(b"\n\n")).startswith(b"retry:")
    return answer


async def _next(answer: ClientResponse) -> dict[str, str]:
    async with asyncio.timeout(10):
        text = (await answer.content.readuntil(b"\n\n")).decode()
    lines = text.strip().splitlines()
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


async def test_events_arrive_and_a_cut_line_goes_on(api: Api) -> None:
    appointment = await api.doors.plan()
    stream = await _open(api)
    assert (await _next(stream))["event"] == "reset"
    store, now = api.doors.box.store, api.doors.box.clock()
    await store.attendance.note(appointment.id, Event.ARRIVED, now)
    arrived = await _next(stream)
    assert arrived["event"] == "arrived" and appointment.id in arrived["data"]
    stream.close()
    await store.appointments.cancel(appointment.id)
    again = await _open(api, arrived["id"])
    assert (await _next(again))["event"] == "changed"
    again.close()


async def test_a_revoked_token_ends_its_stream_at_once(api: Api) -> None:
    stream = await _open(api)
    await _next(stream)
    assert api.watched == 1
    await api.doors.box.store.programs.revoke(api.program_id, By("admin"))
    with pytest.raises((ClientError, asyncio.IncompleteReadError)):
        await _next(stream)
    with pytest.raises(UnknownToken):
        await api.doors.box.store.programs.enter(api.token)
    assert (await api.ask("events")).problem == "token"


def test_what_was_forgotten_is_said_with_a_reset() -> None:
    feed = Feed("here", kept=2)
    assert "event: reset" in feed.after("")[0]
    assert feed.after(feed.now) == ("", "here-0")
    for id_ in ("there-0", "here-1", "here-x", "here--1", "here-²"):
        assert "event: reset" in feed.after(id_)[0]


# Over a restart


async def test_an_answer_is_the_same_after_a_restart(tmp_path: Path) -> None:
    boxes = Boxes()
    world: World = await open_world(boxes, tmp_path / "data")

    def describe(record: PatientRecord) -> Answer:
        return Answer(record.id, 201, {"ETag": '"x"'}, record.patient.name)

    try:
        question = world.store.answers.question("program", "key", "POST", b"{}")
        keep = world.store.answers.keeping(question, describe)
        await world.store.patients.add(Patient("Bob Beispiel"), terms=Terms(after=keep))
        await world.restart()
        await world.log_in()
        kept = await world.store.answers.find(question)
        assert kept and (kept.status, kept.body) == (201, "Bob Beispiel")
        assert b"Bob" not in b"".join(f.read_bytes() for f in world.path.iterdir() if f.is_file())
    finally:
        await boxes.close_all()

"""Conferences at both doors: who is let in, what the reception sees and notes, the letters."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from practicebox.practice import link
from practicebox.practice.conference import BESIDE
from practicebox.rtc.messages import Close, Role
from practicebox.rtc.room import Seat
from practicebox.rtc.rooms import key_of
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.records import Appointment
from practicebox.store.records_conference import Participant
from tests.post.samples import pages
from tests.web.both_doors import Doors, both_doors, details
from tests.web.staff_box import Page

NOW = {"date": "2027-01-18", "time": "09:00"}  # it is 9:00 in Berlin
INTERPRETER = {"name": "Dilek Öztürk", "role": "interpreter", "email": "", "phone": ""}
PAPER = {"by": "patient", "how": "paper", "day": "2027-01-15"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def path(appointment: Appointment, one: Participant | None = None, what: str = "") -> str:
    own = f"/appointments/{appointment.id}/participants"
    return f"{own}/{one.id}/{what}" if one else own


async def everybody(doors: Doors, appointment: Appointment) -> list[Participant]:
    return await doors.box.store.participants.of(appointment.id)


async def invited(doors: Doors, **changes: str) -> tuple[Appointment, Participant]:
    appointment = await doors.plan(kind="conference", **NOW)
    page = await doors.staff.post(path(appointment), {**INTERPRETER, **changes})
    assert page.status == 303, page.words
    [one] = await everybody(doors, appointment)
    return appointment, one


async def note(doors: Doors, appointment: Appointment, one: Participant, **changes: str) -> Page:
    return await doors.staff.post(path(appointment, one, "release"), {**PAPER, **changes})


async def knock(doors: Doors, one: Participant) -> tuple[int, object]:
    token = link.encode(link.join_token(one.link))
    return await doors.join({"rid": link.encode(one.link.rid), "token": token})


async def test_a_participant_is_added_with_codes_of_their_own(doors: Doors) -> None:
    appointment, one = await invited(doors)
    assert one.codes != appointment.codes and one.link != appointment.link
    page = await details(doors, appointment)
    assert "Dilek Öztürk" in page.words and "Zugang geschlossen" in page.words


async def test_a_name_and_a_role_are_asked_for_and_what_was_typed_stays(doors: Doors) -> None:
    appointment = await doors.plan(kind="conference", **NOW)
    page = await doors.staff.post(path(appointment), {**INTERPRETER, "role": "", "phone": "55"})
    assert page.status == 422 and page.typed["name"] == "Dilek Öztürk"
    assert page.typed["phone"] == "55" and "in welcher Rolle" in page.words


async def test_without_a_release_the_door_stays_closed_whatever_was_typed(doors: Doors) -> None:
    appointment, one = await invited(doors)
    assert await knock(doors, one) == (409, {"error": "closed"})
    assert await doors.join({"code": one.codes.patient}) == (409, {"error": "closed"})
    assert doors.patient.cookie("visit") == ""
    page = await doors.staff.get(path(appointment))
    assert "Die Schweigepflichtentbindung fehlt" in page.words
    assert "BRIEF DRUCKEN" not in page.words


async def test_a_noted_release_opens_the_door_and_says_who_when_how(doors: Doors) -> None:
    appointment, one = await invited(doors)
    assert (await note(doors, appointment, one)).location.endswith("?said=released")
    assert (await knock(doors, one))[0] == 200
    page = await doors.staff.get(path(appointment))
    assert "vom Patienten, auf Papier, am 15.01.2027; vermerkt von Martin Winkler" in page.words


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"by": ""}, "wer von der Schweigepflicht entbunden hat"),
        ({"how": "x"}, "schriftlich vorliegt"),
        ({"day": "gestern"}, "Tag, Monat und Jahr"),
        ({"day": "2027-01-19"}, "liegt in der Zukunft"),
    ],
)
async def test_half_a_release_opens_nothing(
    doors: Doors, wrong: dict[str, str], sentence: str
) -> None:
    appointment, one = await invited(doors)
    page = await note(doors, appointment, one, **wrong)
    assert page.status == 422 and sentence in page.words
    assert (await knock(doors, one))[0] == 409


async def test_only_an_interpreter_comes_in_by_contract(doors: Doors) -> None:
    appointment, educator = await invited(doors, role="educator")
    assert (await note(doors, appointment, educator, by="contract")).status == 422
    appointment, interpreter = await invited(doors)
    assert (await note(doors, appointment, interpreter, by="contract")).status == 303


async def test_revoking_closes_the_room_at_once(doors: Doors) -> None:
    appointment, one = await invited(doors)
    await note(doors, appointment, one)
    await knock(doors, one)
    closed: list[Close] = []
    visit = await doors.box.store.visits.find(doors.patient.cookie("visit"))
    span = doors.box.clock().replace(hour=23)
    seat = Seat(Role.PATIENT, visit.id, "a" * 16, lambda message: None, closed.append)
    doors.box.services.rooms.join(key_of(appointment.id, one.id), span, seat)
    assert "wartet" in (await doors.staff.get(path(appointment))).words
    await doors.staff.post(path(appointment, one, "revoke"), {})
    assert closed == [Close.OVER]
    assert (await doors.patient.get("/visit")).status == 303
    assert (await knock(doors, one))[0] == 409


async def test_who_is_removed_is_unknown_at_the_door(doors: Doors) -> None:
    appointment, one = await invited(doors, role="patient")
    await doors.staff.post(path(appointment, one, "remove"), {})
    assert await everybody(doors, appointment) == []
    assert (await knock(doors, one))[0] == 404


async def test_a_tenth_person_is_refused_in_words(doors: Doors) -> None:
    appointment = await doors.plan(kind="conference", **NOW)
    for _ in range(BESIDE):
        await doors.staff.post(path(appointment), INTERPRETER)
    page = await doors.staff.post(path(appointment), {**INTERPRETER, "name": "Zehnte Person"})
    assert page.status == 422 and page.typed["name"] == "Zehnte Person"
    assert "höchstens 9 Personen" in page.words
    assert len(await everybody(doors, appointment)) == BESIDE


async def test_the_letter_is_theirs_and_not_the_patients(doors: Doors) -> None:
    appointment, one = await invited(doors)
    await note(doors, appointment, one)
    [text] = pages(await doors.staff.body(path(appointment, one, "letter.pdf")))
    assert one.codes.patient in text and "Dilek Öztürk" in text
    assert appointment.codes.patient not in text and "Alice" not in text
    assert "Lindenallee" not in text


async def test_the_prepared_e_mail_has_their_code_and_link_only(doors: Doors) -> None:
    appointment, one = await invited(doors, email="dilek@example.org")
    assert "mailto:" not in (await doors.staff.get(path(appointment))).source
    await note(doors, appointment, one)
    source = unquote((await doors.staff.get(path(appointment))).source)
    assert "mailto:dilek@example.org" in source and one.codes.patient in source
    assert one.link.fragment() in source and appointment.codes.patient not in source


async def test_only_the_patient_confirms_and_only_their_check_counts(doors: Doors) -> None:
    _, one = await invited(doors, role="patient")
    await knock(doors, one)
    async with doors.patient.client.get("/visit/confirmation") as answer:
        assert (await answer.json())["state"] == "none"
    origin = f"http://{doors.patient.client.host}:{doors.patient.client.port}"
    async with doors.patient.client.post(
        "/check/result", data='{"verdict": "good"}', headers={"Origin": origin}
    ) as answer:
        assert await answer.json() == {"kept": False}


async def test_the_conference_page_knows_whom_it_may_ask_in(doors: Doors) -> None:
    appointment, one = await invited(doors)
    page = await doors.staff.get(f"/appointments/{appointment.id}/consultation")
    assert page.status == 200 and one.link.fragment() in page.source
    client = doors.staff.client
    async with client.get(path(appointment, one, "signal")) as answer:
        assert answer.status == 409  # their own door is closed


async def test_a_patients_export_names_who_took_part_and_no_way_in(doors: Doors) -> None:
    appointment, one = await invited(doors)
    await note(doors, appointment, one)
    exported = await doors.box.store.patients.export(appointment.patient_id, BY_BOX)
    assert exported.participants[appointment.id][0].name == "Dilek Öztürk"
    client = doors.staff.client
    origin = {"Origin": f"http://{client.host}:{client.port}"}
    address = f"/patients/{appointment.patient_id}/export"
    async with client.post(address, headers=origin) as answer:
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    [name] = [name for name in archive.namelist() if name.endswith(".json")]
    text = archive.read(name).decode()
    [kept] = json.loads(text)["appointments"]
    release = {"by": "patient", "how": "paper", "on": "2027-01-15"}
    assert kept["took_part"] == [
        {"name": "Dilek Öztürk", "role": "interpreter", "release": release}
    ]
    assert one.codes.patient not in text and one.link.fragment() not in text


async def test_each_has_a_room_of_their_own_with_the_clinician(doors: Doors) -> None:
    appointment, one = await invited(doors)
    await note(doors, appointment, one)
    await knock(doors, one)
    hello = {"kind": "hello", "instance": "a" * 16}
    guest, staff = doors.patient.client, doors.staff.client
    origins = [{"Origin": f"http://{each.host}:{each.port}"} for each in (guest, staff)]
    async with guest.ws_connect("/visit/signal", headers=origins[0]) as theirs:
        await theirs.send_json(hello)
        assert (await theirs.receive_json())["place"] == "here"
        room = path(appointment, one, "signal")
        async with staff.ws_connect(room, headers=origins[1]) as ours:
            await ours.send_json({**hello, "instance": "b" * 16})
            assert (await ours.receive_json())["role"] == "clinician"
            assert await ours.receive_json() == {"kind": "peer", "instance": "a" * 16}
            assert await theirs.receive_json() == {"kind": "peer", "instance": "b" * 16}
            assert doors.box.services.rooms.open() == {key_of(appointment.id, one.id)}
            await ours.send_json({"kind": "admit"})
            assert await theirs.receive_json() == {"kind": "admitted"}
            assert "nimmt teil" in (await doors.staff.get(path(appointment))).words
            await doors.staff.post(path(appointment, one, "remove"), {})
            assert (await theirs.receive()).data == Close.OVER


async def test_another_kind_has_no_participants(doors: Doors) -> None:
    appointment = await doors.plan()
    assert (await doors.staff.get(path(appointment))).status == 404


async def test_nobody_agrees_in_the_place_of_the_patient(doors: Doors) -> None:
    await doors.box.store.consent_door.switch(True, BY_BOX)
    appointment, one = await invited(doors)
    await note(doors, appointment, one)
    assert (await knock(doors, one))[0] == 200
    assert (await doors.patient.get("/visit")).status == 200
    assert (await doors.patient.post("/visit/consent", {})).location == "/visit"
    assert await doors.box.store.consents.of(appointment.patient_id) == ()

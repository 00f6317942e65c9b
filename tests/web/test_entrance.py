"""The patient door: joining by code and by link, refusals, visits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.web.patient.entrance import REFUSAL
from tests.web.both_doors import Doors, both_doors

BEFORE = timedelta(days=1, hours=6, minutes=25)  # from the test's clock to 14:25 UTC, 5 min early


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{}-", "«{}»"])
async def test_a_code_joins_in_any_spelling(doors: Doors, spelling: str) -> None:
    code = (await doors.plan()).codes.patient
    doors.box.clock.forward(BEFORE)
    typed = spelling.format(code.upper().replace("-", " ").replace("0", "O"))
    status, answer = await doors.join({"code": typed})
    if "«" in spelling:
        assert status == 404
        return
    assert status == 200
    assert isinstance(answer, dict) and answer["phase"] == "open"
    assert (await doors.patient.get("/visit")).status == 200


async def test_the_link_leads_to_the_same_visit(doors: Doors) -> None:
    appointment = await doors.plan()
    doors.box.clock.forward(BEFORE)
    status, _ = await doors.join_by_link(appointment)
    assert status == 200
    assert (await doors.patient.get("/visit")).status == 200


async def test_too_early_says_when_the_waiting_room_opens(doors: Doors) -> None:
    appointment = await doors.plan()
    status, answer = await doors.join({"code": appointment.codes.patient})
    assert (status, answer) == (200, {"phase": "early", "opens": "2027-01-19T14:15:00+00:00"})
    page = await doors.patient.get("/visit")
    assert 'data-phase="early"' in page.source


async def test_every_refusal_reads_the_same_and_takes_the_same_time(doors: Doors) -> None:
    over = await doors.plan(date="2027-01-18", time="09:30", minutes="10")
    cancelled = await doors.plan(time="16:30")
    await doors.staff.post(f"/appointments/{cancelled.id}/cancel", {})
    doors.box.clock.forward(timedelta(hours=10))
    questions: list[object] = [
        {"code": "000-000-001"},
        {"code": "nonsense"},
        {"code": over.codes.patient},
        {"code": cancelled.codes.patient},
        {"code": (await doors.plan(time="18:30")).codes.doctor},  # not on this door
        {"rid": "AAECAwQFBgc", "token": "AAAA"},
        {"rid": "?", "token": "?"},
        {"code": 7},
        [],
        {"code": "x" * 5000},
    ]
    loop = asyncio.get_running_loop()
    for question in questions:
        began = loop.time()
        assert await doors.join(question) == (404, {"error": "unknown"})
        assert loop.time() - began >= REFUSAL * 0.99
    assert doors.patient.cookie("visit") == ""


async def test_without_a_visit_there_is_only_the_entrance(doors: Doors) -> None:
    assert (await doors.patient.get("/visit")).location == "/"
    page = await doors.patient.get("/visit/signal")
    assert page.status == 401


async def test_a_visit_ends_with_the_appointment(doors: Doors) -> None:
    appointment = await doors.plan()
    doors.box.clock.forward(BEFORE)
    await doors.join({"code": appointment.codes.patient})
    await doors.box.store.appointments.cancel(appointment.id)
    assert (await doors.patient.get("/visit")).location == "/"


async def test_patients_come_in_while_the_vault_is_locked(doors: Doors) -> None:
    appointment = await doors.plan()
    doors.box.clock.forward(BEFORE)
    doors.box.store.lock()
    status, _ = await doors.join({"code": appointment.codes.patient})
    assert status == 200
    page = await doors.patient.get("/visit")
    assert page.status == 200 and "Praxis Winkler" in page.words
    assert (await doors.staff.get("/appointments")).location == "/login"


async def test_the_page_never_sends_the_name(doors: Doors) -> None:
    source = (await doors.patient.get("/v")).source
    [field] = [tag for tag in source.split("<input") if 'id="name"' in tag]
    assert " name=" not in field.partition(">")[0]


async def test_the_terms_are_readable_without_an_appointment(doors: Doors) -> None:
    page = await doors.patient.get("/about")
    assert "Niemand darf die Sprechstunde aufzeichnen." in page.words
    assert "Musterstraße 123" in page.words

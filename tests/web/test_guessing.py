"""Guessing access codes at the patient door: puzzles, the pause, and who never notices."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import link
from practicebox.store.records import Appointment
from practicebox.web.patient import entrance, known
from practicebox.web.patient.door import make_door
from practicebox.web.patient.proof import BITS, PARTS
from practicebox.web.patient.throttle import CEILING, KEPT_FOR_KNOWN, SLIPS, THROTTLE
from tests.web.both_doors import Doors, both_doors
from tests.web.guessing import solve
from tests.web.staff_box import Browser

BEFORE = timedelta(days=1, hours=6, minutes=25)  # from the test's clock to 14:25 UTC, 5 min early
WRONG = {"code": "000-000-001"}
UNKNOWN = (404, {"error": "unknown"})
PAUSED = (503, {"error": "paused"})
KEY = bytes(32)

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Doors]:
    monkeypatch.setattr(entrance, "REFUSAL", 0)
    async with both_doors(tmp_path) as opened:
        yield opened


@pytest.fixture
async def appointment(doors: Doors) -> Appointment:
    planned = await doors.plan()
    doors.box.clock.forward(BEFORE)
    return planned


async def guess_to_the_pause(doors: Doors) -> None:
    """As many wrong codes as are ever looked up, from as many networks, none by the test's."""
    app = doors.patient.client.app
    assert app is not None
    for _ in range(CEILING - KEPT_FOR_KNOWN):
        app[THROTTLE]._wrong.note(app[THROTTLE]._clock())


async def another_browser(doors: Doors) -> Browser:
    """One that the same door has not seen before."""
    server = doors.patient.client.server
    assert isinstance(server, TestServer)
    client: Client = TestClient(server)
    return Browser(await doors.box.stack.enter_async_context(client))


async def test_a_puzzle_stands_between_a_guesser_and_the_next_code(
    doors: Doors, appointment: Appointment
) -> None:
    for _ in range(SLIPS):
        assert await doors.join(WRONG) == UNKNOWN
    right = {"code": appointment.codes.patient}
    status, wanted = await doors.join(right)
    assert status == 429 and isinstance(wanted, dict)
    assert (wanted["error"], wanted["parts"], wanted["bits"]) == ("proof", PARTS, BITS)
    proof = {"puzzle": wanted["puzzle"], "answers": solve(wanted["puzzle"])}
    assert (await doors.join({**right, **proof}))[0] == 200
    assert (await doors.join({**right, **proof}, await another_browser(doors)))[0] == 429


async def test_what_can_not_be_a_code_costs_nothing(doors: Doors) -> None:
    for _ in range(SLIPS * 2):
        assert await doors.join({"code": "hallo"}) == UNKNOWN
    assert await doors.join(WRONG) == UNKNOWN


async def test_in_the_pause_link_and_known_browsers_come_in_as_always(
    doors: Doors, appointment: Appointment
) -> None:
    assert (await doors.join_by_link(appointment))[0] == 200
    await guess_to_the_pause(doors)
    stranger = await another_browser(doors)
    code = {"code": appointment.codes.patient}
    assert await doors.join(code, stranger) == PAUSED
    assert (await doors.join(code))[0] == 200
    question = {"rid": "AAECAwQFBgc", "token": "AAAA"}
    assert await doors.join(question, stranger) == UNKNOWN


async def test_the_pause_says_how_long_it_takes(doors: Doors) -> None:
    await guess_to_the_pause(doors)
    client = doors.patient.client
    origin = f"http://{client.host}:{client.port}"
    async with client.post("/visit", data=json.dumps(WRONG), headers={"Origin": origin}) as answer:
        assert answer.status == 503 and 3500 < int(answer.headers["Retry-After"]) <= 3600


async def test_a_known_browser_of_another_box_is_unknown(
    doors: Doors, appointment: Appointment
) -> None:
    await guess_to_the_pause(doors)
    stranger = await another_browser(doors)
    value = known.cookie(KEY, appointment.id, date(2027, 1, 19))
    stranger.client.session.cookie_jar.update_cookies({"pb-known": value})
    assert await doors.join({"code": appointment.codes.patient}, stranger) == PAUSED


async def test_the_page_has_words_for_all_of_it(doors: Doors) -> None:
    page = await doors.patient.get("/")
    assert "QR-Code in Ihrem Brief" in page.source and "data-paused" in page.source
    assert "löst eine kleine Rechenaufgabe" in page.source


async def test_two_doors_count_for_themselves(doors: Doors) -> None:
    await guess_to_the_pause(doors)
    async with TestClient(TestServer(make_door(doors.box.services))) as client:
        assert await doors.join(WRONG, Browser(client)) == UNKNOWN


def test_a_cookie_names_no_appointment_and_many_share_its_number() -> None:
    today = date(2027, 1, 19)
    cookies = {known.cookie(KEY, f"appointment {n}", today) for n in range(20_000)}
    assert len(cookies) <= known.BUDGETS
    assert known.cookie(KEY, "a", today) == known.cookie(KEY, "a", today)


def test_a_cookie_counts_for_four_hundred_days() -> None:
    issued = date(2027, 1, 19)
    value = known.cookie(KEY, "a", issued)
    assert len(known.budget(KEY, value, issued + timedelta(days=known.DAYS))) == 2
    with pytest.raises(known.NotKnown):
        known.budget(KEY, value, issued + timedelta(days=known.DAYS + 1))


@given(st.text(max_size=60))
def test_no_other_text_is_a_cookie(text: str) -> None:
    with pytest.raises(known.NotKnown):
        known.budget(KEY, text, date(2027, 1, 19))


@given(st.integers(0, 19), st.integers(1, 255))
def test_no_changed_cookie_counts(place: int, change: int) -> None:
    value = bytearray(link.decode(known.cookie(KEY, "a", date(2027, 1, 19))))
    value[place] ^= change
    with pytest.raises(known.NotKnown):
        known.budget(KEY, link.encode(bytes(value)), date(2027, 1, 19))

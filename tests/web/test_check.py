"""The technical check at the patient door: its page, tickets, result, and the light."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from practicebox.store.appointments.checks import Check, Verdict
from practicebox.web import language
from practicebox.web.patient import check_light, check_line
from tests.web.both_doors import Doors, both_doors

STATIC = Path(check_line.__file__).parents[1] / "static" / "js" / "check"
NOW = datetime(2027, 1, 19, 12, 0, tzinfo=UTC)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def post(doors: Doors, path: str, body: object = None) -> tuple[int, object]:
    client = doors.patient.client
    origin = f"http://{client.host}:{client.port}"
    async with client.post(path, data=json.dumps(body), headers={"Origin": origin}) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else await answer.text()


async def test_the_page_needs_no_appointment(doors: Doors) -> None:
    page = await doors.patient.get("/check")
    assert page.status == 200
    assert "Technik-Check" in page.words and "ZUR STARTSEITE" in page.words
    assert "250 MB" in page.words and "WLAN" in page.words  # C7


async def test_with_a_visit_it_leads_back_to_the_appointment(doors: Doors) -> None:
    await doors.join({"code": (await doors.plan()).codes.patient})
    page = await doors.patient.get("/check")
    assert "ZUM TERMIN" in page.words and "nur das Ergebnis" in page.words


async def test_the_result_is_kept_days_before_and_while_the_vault_is_locked(doors: Doors) -> None:
    appointment = await doors.plan(date="2027-01-29")
    await doors.join({"code": appointment.codes.patient})
    doors.box.store.lock()
    assert await post(doors, "/check/result", {"verdict": "no-udp"}) == (200, {"kept": True})
    found = await doors.box.store.checks.of([appointment.id])
    assert found == {appointment.id: Check(Verdict.NO_UDP, doors.box.clock())}


async def test_without_a_visit_there_is_nothing_to_keep(doors: Doors) -> None:
    assert await post(doors, "/check/result", {"verdict": "good"}) == (200, {"kept": False})


@pytest.mark.parametrize(
    "body", [{}, [], {"verdict": "perfect"}, {"verdict": 7}, {"verdict": "x" * 300}, None]
)
async def test_only_verdicts_are_kept(doors: Doors, body: object) -> None:
    appointment = await doors.plan()
    await doors.join({"code": appointment.codes.patient})
    assert (await post(doors, "/check/result", body))[0] == 400
    assert await doors.box.store.checks.of([appointment.id]) == {}


async def test_tickets_are_for_a_room_of_its_own_and_for_minutes(doors: Doors) -> None:
    assert await post(doors, "/check/paths") == (200, {"near": [], "far": []})


@pytest.mark.parametrize("path", ["/check/result", "/check/paths", "/check/up"])
async def test_other_sites_can_not_start_anything(doors: Doors, path: str) -> None:
    client = doors.patient.client
    async with client.post(path, data="{}", headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    async with client.get(
        "/check/echo", headers={"Upgrade": "websocket", "Origin": "https://evil.example"}
    ) as answer:
        assert answer.status == 403


async def test_the_staff_door_has_none_of_it(doors: Doors) -> None:
    for path in ("/check", "/check/down", "/check/echo"):
        assert (await doors.staff.get(path)).status == 404


@pytest.mark.parametrize(
    ("age", "ago"),
    [
        (timedelta(days=2), "vor 2 Tagen"),
        (timedelta(minutes=10), "vor 10 Minuten"),
        (timedelta(hours=5), "vor 5 Stunden"),
    ],
)
def test_the_light_says_when_and_what(age: timedelta, ago: str) -> None:
    german = language.load().by_code["de"]
    lights = check_light.shown({"a": Check(Verdict.GOOD, NOW - age)}, NOW, german)
    assert lights["a"].sentence == f"Technik-Check {ago}: gut"
    assert lights["a"].light == "green"


def test_every_verdict_has_a_word_for_the_reception() -> None:
    assert set(check_light.WORDS) == set(Verdict)


def test_browser_and_box_know_the_same_verdicts() -> None:
    source = (STATIC / "verdict.js").read_text("utf-8")
    union = source.partition("@typedef {")[2].partition("} Verdict")[0]
    assert set(re.findall(r'"([a-z-]+)"', union)) == {verdict.value for verdict in Verdict}
    yellow = set(re.findall(r'"([a-z-]+)"', source.partition("new Set([")[2].partition("]")[0]))
    assert yellow == {verdict.value for verdict in Verdict if verdict.light == "yellow"}


async def test_every_verdict_has_its_sentence_on_the_page(doors: Doors) -> None:
    source = (await doors.patient.get("/check")).source
    sections = re.findall(r'<section data-verdict="([a-z-]+)"', source)
    assert sorted(sections) == sorted(verdict.value for verdict in Verdict)
    for section in source.split("<section data-verdict=")[1:]:
        text = section.partition("</section>")[0]
        assert text.startswith('"good"') or "<li" in text, "a remedy"


def test_the_pass_line_is_the_same_on_both_sides() -> None:
    source = (STATIC / "verdict.js").read_text("utf-8")
    assert f"PASS = {check_line.PASS};" in source

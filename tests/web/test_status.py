"""The status page: what is wrong in words, with what to do about it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from practicebox.appliance.clock import Doubt, Trouble
from practicebox.appliance.jobs import JobState, Report
from practicebox.appliance.supervise import Health
from practicebox.web.staff import status
from practicebox.web.staff.door import make_door
from practicebox.web.staff.status_jobs import JOBS
from tests.web.staff_box import Browser, StaffBox, found, staff_box

NOON = datetime(2027, 1, 18, 11, 0, tzinfo=UTC)
YEAR_1995 = datetime(1995, 1, 1, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def words(box: StaffBox, **facts: object) -> str:
    """The status page with these facts."""
    box.facts.clear()
    box.facts.update(facts)
    page = await box.browser.get("/status")
    assert page.status == 200
    return page.words


def doubt(trouble: Trouble, computer: datetime, *, is_possible: bool = True) -> Doubt:
    return Doubt(trouble, computer, NOON, is_possible)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"clock_doubt": doubt(Trouble.BEHIND, YEAR_1995, is_possible=False)},
            ("Das kann nicht stimmen", "Bitte lassen Sie Ihren Techniker Datum und Uhrzeit"),
        ),
        (
            {"clock_doubt": doubt(Trouble.AHEAD, NOON + 30 * DAY)},
            ("länger als eine Woche ausgeschaltet", "17.02.2027", "bestätigen Sie das hier"),
        ),
        (
            {"clock_doubt": doubt(Trouble.LEAPED, NOON + 400 * DAY)},
            ("ist plötzlich gesprungen", "nichts wird gelöscht", "stimmt"),
        ),
        ({"disk_trouble": "full"}, ("weil der Speicher voll ist",)),
        ({"disk_trouble": "read-only"}, ("schreibgeschützt", "Ihrem Techniker Bescheid")),
        ({"disk_trouble": "broken"}, ("hat einen Fehler gemeldet", "ersetzt werden")),
        ({"disk_trouble": "damaged"}, ("beschädigt", "aus einer Datensicherung")),
        ({"stun_answers": False}, ("versucht von selbst", "starten Sie die Box bitte neu")),
        ({"echo_works": False}, ("Sprechstunden funktionieren trotzdem",)),
        ({"mdns_state": "unavailable"}, ("Die Box versucht es von selbst weiter",)),
        (
            {"work": [Health("rooms", is_running=False, failures=1)]},
            ("Ein Teil der Box ist ausgefallen: Schließen der Räume",),
        ),
        (
            {"jobs": [Report("backup", JobState.FAILED, failures=3)]},
            ("Datensicherung", "Die Box versucht es von selbst noch einmal."),
        ),
    ],
)
async def test_a_fault_is_red_with_what_to_do(
    box: StaffBox, facts: dict[str, object], said: tuple[str, ...]
) -> None:
    shown = await words(box, **facts)
    assert "Etwas arbeitet nicht, siehe unten." in shown
    for each in said:
        assert each in shown


async def test_a_job_says_when_it_was_done(box: StaffBox) -> None:
    reports = [
        Report("backup", JobState.WAITING, last=NOON),
        Report("retention", JobState.PAUSED),
        Report("proof", JobState.RUNNING, last=NOON - DAY),
    ]
    shown = await words(box, jobs=reports)
    assert "Zuletzt erledigt: 18.01.2027, 12:00 Uhr." in shown
    assert "Ruht, bis Datum und Uhrzeit stimmen" in shown and "Noch nicht erledigt." in shown
    assert "Wird gerade erledigt." in shown
    assert "Etwas arbeitet nicht" not in shown


async def test_one_failure_of_a_job_is_no_reason_to_call_anybody(box: StaffBox) -> None:
    shown = await words(box, jobs=[Report("backup", JobState.FAILED, last=NOON, failures=1)])
    assert "Etwas arbeitet nicht" not in shown


async def test_facts_of_another_shape_are_left_out(box: StaffBox) -> None:
    shown = await words(box, jobs=["backup"], work=3, clock_doubt="1995", disk_trouble=None)
    assert "Was die Box von selbst erledigt" not in shown
    assert "gesprungen" not in shown


def test_every_job_has_a_name_in_words() -> None:
    source = Path(status.__file__).parents[2].joinpath("duties.py").read_text("utf-8")
    named = set(re.findall(r'Job\("([a-z_]+)"', source))
    assert named and named <= set(JOBS)


async def test_the_clock_is_confirmed_by_what_was_shown(box: StaffBox) -> None:
    told: list[datetime] = []

    def believe(shown: datetime) -> bool:
        told.append(shown)
        return True

    door = make_door(replace(box.services, believe_clock=believe))
    async with TestClient(TestServer(door)) as client:
        browser = Browser(client)
        browser.client.session.cookie_jar.update_cookies(
            {f"pb-{name}": box.browser.cookie(name) for name in ("session", "device")}
        )
        box.facts["clock_doubt"] = doubt(Trouble.AHEAD, NOON + 30 * DAY)
        page = await browser.get("/status")
        answer = await browser.post("/status/clock", {"shown": page.typed["shown"]})
        assert (answer.status, answer.location) == (303, "/status")
        assert told == [NOON + 30 * DAY]
        assert (await browser.post("/status/clock", {"shown": "yesterday"})).status == 303
        assert len(told) == 1
        noted = (await browser.get("/audit?group=box")).words
        said = "MartinW hat Datum und Uhrzeit bestätigt; bis dahin galt 18.01.2027, 09:00."
        assert noted.count(said) == 1


async def test_a_clock_that_was_not_believed_is_not_noted(box: StaffBox) -> None:
    door = make_door(replace(box.services, believe_clock=lambda shown: False))
    async with TestClient(TestServer(door)) as client:
        browser = Browser(client)
        browser.client.session.cookie_jar.update_cookies(
            {f"pb-{name}": box.browser.cookie(name) for name in ("session", "device")}
        )
        await browser.post("/status/clock", {"shown": NOON.isoformat()})
        assert "Datum und Uhrzeit bestätigt" not in (await browser.get("/audit")).words

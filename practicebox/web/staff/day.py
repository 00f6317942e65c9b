"""The day at a glance: who is expected, who waits since when, who is in consultation, how late it
is. Drawn anew, whole, whenever the rooms tell of a change; the page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from practicebox.practice.day import Event, Happened, Plan, Progress, Step, delay, progress
from practicebox.store.appointments.checklists import Papers
from practicebox.store.records import Entry
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.patient import check_light
from practicebox.web.patient.check_light import Shown
from practicebox.web.render import fragments, full_name, language, render
from practicebox.web.staff import rights
from practicebox.web.staff.attendance import ATTENDING
from practicebox.web.staff.consent_words import Told, of_the_day
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

CHOICES = (5, 10, 15, 20, 30, 45, 60)  # minutes that a delay can be announced with
NOTABLE = timedelta(minutes=5)  # less isn't worth a word
OPEN = {Step.EXPECTED, Step.LATE, Step.WAITING}  # whoever still has to be told of a delay
BEFOREHAND = OPEN | {Step.PHONE, Step.UNREACHED}  # forms can still be asked for
_ENDS = {
    Event.ARRIVED: Event.LEFT,
    **dict.fromkeys((Event.BEGAN, Event.AWAY, Event.BACK), Event.ENDED),
}
WORDS = {
    Step.CANCELLED: mark("called off"),
    Step.EXPECTED: mark("expected"),
    Step.LATE: mark("not here yet"),
    Step.WAITING: mark("is waiting"),
    Step.TALKING: mark("in consultation"),
    Step.DONE: mark("took place"),
    Step.MISSING: mark("did not come"),
    Step.PHONE: mark("phone appointment"),
    Step.UNREACHED: mark("not reached"),
    Step.UNSEEN: mark("was here, was not asked in"),
}


@dataclass(frozen=True)
class Row:
    """An appointment of the day as the page shows it."""

    id: str
    name: str = field(repr=False)
    starts: datetime  # in the practice's zone
    ends: datetime
    step: Step
    word: str
    since: datetime | None
    waits: int  # minutes since then
    calling: bool  # asks for a call by telephone
    check: Shown | None
    by_phone: bool = False
    lacks: int = 0  # forms that are still missing
    consent: Told | None = None


@dataclass(frozen=True)
class Block:
    """An appointment in the drawing of the day; x and width in thousandths of the strip."""

    x: int
    width: int
    step: Step


@dataclass(frozen=True)
class Strip:
    """The day as a strip from its first to its last hour; `now` is None outside of it."""

    blocks: tuple[Block, ...]
    hours: tuple[tuple[int, str], ...]
    now: int | None


@dataclass(frozen=True)
class Lateness:
    """By how many minutes somebody's consultations run late, and what was announced of it."""

    name: str = field(repr=False)
    late: int
    announced: int


@dataclass(frozen=True)
class Making:
    """What all rows of a page have in common."""

    words: Mapping[Step, str]
    zone: ZoneInfo
    now: datetime
    calling: frozenset[str]
    papers: Mapping[str, Papers]  # of whoever is still to come
    translate: Callable[[str], str]

    def row(self, entry: Entry, at: Progress, check: Shown | None) -> Row:
        """An appointment as the page shows it."""
        starts, papers = entry.starts.astimezone(self.zone), self.papers.get(entry.id)
        return Row(
            id=entry.id,
            name=entry.patient_name,
            starts=starts,
            ends=entry.ends.astimezone(self.zone),
            step=at.step,
            word=self.words[at.step],
            since=at.since.astimezone(self.zone) if at.since else None,
            waits=int((self.now - at.since) / timedelta(minutes=1)) if at.since else 0,
            calling=entry.id in self.calling,
            check=check if at.step in OPEN else None,
            by_phone=entry.kind == "phone",
            lacks=papers.missing if papers else 0,
            consent=of_the_day(papers if entry.kind != "phone" else None, self.translate),
        )


async def context(request: web.Request) -> dict[str, object]:
    """What `templates/staff/day.html` needs."""
    box, zone = services(request), zone_of(request)
    now = box.now()
    today = now.astimezone(zone).date()
    entries = await box.store.appointments.day(today)
    steps = await _steps(request, entries)
    checks = await box.store.checks.of(entry.id for entry in entries)
    checked = check_light.shown(checks, now, language(request))
    words = {step: language(request).gettext(word) for step, word in WORDS.items()}
    papers = await box.store.checklists.papers(e for e in entries if steps[e.id].step in BEFOREHAND)
    made = Making(words, zone, now, box.rooms.calling(), papers, language(request).gettext)
    rows = [made.row(entry, steps[entry.id], checked.get(entry.id)) for entry in entries]
    organisers = await _organisers(request, entries)
    may_treat = request[SESSION].user.role in rights.TREATING
    return {
        "today": today,
        "rows": rows,
        "drawn_strip": fragments(request, "staff/day_strip.html"),
        "drawn": fragments(request, "staff/day_row.html", may_treat=may_treat),
        "strip": _strip(rows, now.astimezone(zone)),
        "counts": {step.value: sum(row.step is step for row in rows) for step in Step},
        "lateness": [
            _lateness(request, name, [e for e in entries if e.organiser == id_], steps)
            for id_, name in organisers.items()
        ],
        "organisers": organisers,
        "choices": CHOICES,
    }


@routes.get("/day", name="day.now")
async def now(request: web.Request) -> web.Response:
    """The day as it is now, to be put into the start page."""
    response = render(request, "staff/day.html", await context(request))
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post("/day/delay", name="day.delay")
async def announce(request: web.Request) -> web.Response:
    """Tell everybody who is still to come today that it gets later, or no longer."""
    form = await posted(request)
    try:
        minutes = int(form.text("minutes"))
    except ValueError:
        minutes = -1
    if minutes not in (0, *CHOICES):
        raise web.HTTPSeeOther("/?said=delay_unknown")
    box, whose = services(request), form.value("whose")
    entries = await box.store.appointments.day(box.now().astimezone(zone_of(request)).date())
    steps = await _steps(request, entries)
    told = {e.id: box.rooms.late(e.id) for e in entries}
    meant = [e.id for e in entries if whose in ("", e.organiser) and steps[e.id].step in OPEN]
    told |= dict.fromkeys(meant, minutes)
    box.rooms.delay({id_: late for id_, late in told.items() if late})
    raise web.HTTPSeeOther("/?said=delay_told" if minutes else "/?said=delay_over")


async def _steps(request: web.Request, entries: Sequence[Entry]) -> dict[str, Progress]:
    """How far each appointment is. What still goes on is known in memory: a box that was switched
    off in the middle has noted no end."""
    box, attending = services(request), request.app[ATTENDING]
    noted = await box.store.attendance.of(entry.id for entry in entries)
    now, steps = box.now(), {}
    for entry in entries:
        happened = noted.get(entry.id, [])
        last = happened[-1].event if happened else None
        if entry.kind != "phone" and last in _ENDS and not attending.is_there(entry.id):
            happened = [*happened, Happened(_ENDS[last], happened[-1].at)]
        steps[entry.id] = progress(_plan(entry), happened, now)
    return steps


async def _organisers(request: web.Request, entries: Sequence[Entry]) -> dict[str, str]:
    """Who has appointments today: names by their ids, in the order of the day."""
    people = {user.id: user.person for user in await services(request).store.people.everybody()}
    ids = dict.fromkeys(entry.organiser for entry in entries)
    return {id_: full_name(people[id_]) for id_ in ids if id_ in people}


def _lateness(
    request: web.Request, name: str, entries: Sequence[Entry], steps: Mapping[str, Progress]
) -> Lateness:
    box = services(request)
    late = delay([(_plan(entry), steps[entry.id]) for entry in entries], box.now())
    open_ids = [entry.id for entry in entries if steps[entry.id].step in OPEN]
    return Lateness(
        name,
        int(late / timedelta(minutes=1)) if late >= NOTABLE else 0,
        max(map(box.rooms.late, open_ids), default=0),
    )


def _plan(entry: Entry) -> Plan:
    return Plan(entry.starts, entry.minutes, entry.state == "cancelled", entry.kind == "phone")


def _strip(rows: Sequence[Row], now: datetime) -> Strip | None:
    if not rows:
        return None
    begin = min(row.starts for row in rows).replace(minute=0, second=0)
    end = _full_hour(max(row.ends for row in rows))
    whole = end - begin

    def at(moment: datetime) -> int:
        return round(1000 * ((moment - begin) / whole))

    count = round(whole / timedelta(hours=1))
    marks = [begin + timedelta(hours=n) for n in range(0, count + 1, 1 + count // 12)]
    return Strip(
        tuple(Block(at(r.starts), max(at(r.ends) - at(r.starts) - 3, 4), r.step) for r in rows),
        tuple((at(hour), f"{hour:%H}") for hour in marks),
        at(now) if begin <= now <= end else None,
    )


def _full_hour(moment: datetime) -> datetime:
    down = moment.replace(minute=0, second=0, microsecond=0)
    return down if down == moment else down + timedelta(hours=1)

"""The calendar: a day with a column for each clinician, a week, a month; and the day on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from aiohttp import web

from practicebox.practice.holidays import holiday
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import calendar_month, hours, moving
from practicebox.web.staff.calendar_view import (
    Drawing,
    Placed,
    Subject,
    frame,
    place,
    shown_days,
    week_of,
)
from practicebox.web.staff.desk import desk_of
from practicebox.web.staff.hours import Hours
from practicebox.web.staff.opening_words import HOLIDAYS
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

EVERYBODY = "all"  # in the address, in place of a clinician
COLOURS = 6  # of clinicians, in the style sheet
FAR = timedelta(days=366 * 100)  # from today, in both directions
WORDS = {"free": mark("free from %(from)s to %(until)s")}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    view: str
    day: date
    today: date
    whose: str  # id of a user, or `EVERYBODY`
    people: Mapping[str, str] = field(repr=False)  # names of all who may have columns, by id

    @property
    def is_all(self) -> bool:
        return self.whose == EVERYBODY


@routes.get("/calendar", name="calendar.page")
async def page(request: web.Request) -> web.Response:
    """`?view=day|week|month&date=2027-01-19&whose=`; without them today, of everybody."""
    asked = await _asked(request)
    drawn = _DRAWN[asked.view]
    context = {
        "current_area": "calendar",
        "asked": asked,
        "moved": await moving.moved(request, await desk_of(request)),
        "zone": zone_of(request),
        "who": {id_: number % COLOURS for number, id_ in enumerate(asked.people)},
        **await drawn(request, asked),
    }
    return render(request, "staff/calendar.html", context)


@routes.get("/calendar/print", name="calendar.print")
async def paper(request: web.Request) -> web.Response:
    """The list of a day, to be printed: of one clinician or of all, each on a page of their own."""
    asked = await _asked(request)
    entries = await services(request).store.appointments.day(asked.day)
    entries = [one for one in entries if asked.is_all or one.organiser == asked.whose]
    times = await hours.between(request, asked.day, asked.day)
    lists = [
        (name, [(entry, times.zone) for entry in entries if entry.organiser == id_])
        for id_, name in asked.people.items()
    ]
    context = {
        "current_area": "calendar",
        "asked": asked,
        "lists": [(name, rows) for name, rows in lists if rows],
        "printed": services(request).now().astimezone(times.zone),
    }
    return render(request, "staff/calendar_print.html", context)


async def _asked(request: web.Request) -> Asked:
    query, store = request.query, services(request).store
    today = services(request).now().astimezone(zone_of(request)).date()
    try:
        day = date.fromisoformat(query.get("date", ""))
    except ValueError:
        day = today
    if abs(day - today) > FAR:
        day = today
    view = query.get("view", "day")
    everybody = await store.people.everybody()
    holds = {one.id for one in everybody if one.role != "reception" and one.state == "active"}
    people = {one.id: full_name(one.person) for one in everybody}
    names = {id_: name for id_, name in people.items() if id_ in holds}
    whose = query.get("whose", "")
    if whose not in people and whose != EVERYBODY:
        whose = _usual(request, view, list(names))
    if whose != EVERYBODY:
        names.setdefault(whose, people[whose])
    entries = await store.appointments.day(day) if view not in ("week", "month") else []
    gone = [one.organiser for one in entries if one.organiser in people]  # also who has left
    names |= {id_: people[id_] for id_ in gone}
    return Asked(view if view in _DRAWN else "day", day, today, whose, names)


def _usual(request: web.Request, view: str, holds: Sequence[str]) -> str:
    """Whose calendar is shown where nobody chose: a week of many would be too full to read."""
    if view != "week" or len(holds) < 3:
        return EVERYBODY
    user = request[SESSION].user.id
    return user if user in holds else holds[0]


async def _day(request: web.Request, asked: Asked) -> dict[str, object]:
    entries = await services(request).store.appointments.day(asked.day)
    times = await hours.between(request, asked.day, asked.day)
    whose = [id_ for id_ in asked.people if asked.is_all or id_ == asked.whose]
    shown = [place(one, times.zone) for one in entries if one.organiser in whose]
    drawing = _drawing(request, times, [asked.day], shown)
    name = _holiday(request, times, asked.day)
    columns = [
        drawing.column(
            Subject(
                asked.day,
                id_,
                asked.people[id_],
                name,
                tuple(one for one in shown if one.entry.organiser == id_),
            )
        )
        for id_ in whose
    ]
    return {
        **_columns(drawing, columns),
        "holiday": name,
        "before": asked.day - ONE_DAY,
        "after": asked.day + ONE_DAY,
        "last": asked.day,
    }


async def _week(request: web.Request, asked: Asked) -> dict[str, object]:
    days, store = week_of(asked.day), services(request).store
    times = await hours.between(request, days[0], days[-1])
    by_day = {
        day: tuple(
            place(one, times.zone)
            for one in await store.appointments.day(day)
            if asked.is_all or one.organiser == asked.whose
        )
        for day in days
    }
    days = shown_days(days, times, (day for day, found in by_day.items() if found))
    drawing = _drawing(request, times, days, [one for day in days for one in by_day[day]])
    whose = "" if asked.is_all else asked.whose
    columns = [
        drawing.column(Subject(day, whose, "", _holiday(request, times, day), by_day[day]))
        for day in days
    ]
    return {
        **_columns(drawing, columns),
        "holiday": "",
        "before": asked.day - 7 * ONE_DAY,
        "after": asked.day + 7 * ONE_DAY,
        "last": days[-1],
    }


async def _month(request: web.Request, asked: Asked) -> dict[str, object]:
    weeks = calendar_month.weeks(asked.day)
    times = await hours.between(request, weeks[0][0], weeks[-1][-1])
    days = [day for week in weeks for day in week]
    store = services(request).store
    entries = {day: await store.appointments.day(day) for day in days}
    whose = "" if asked.is_all else asked.whose
    people = len(asked.people) if asked.is_all else 1
    return {
        "weeks": [
            [
                calendar_month.cell(
                    day, entries[day], whose, people, times, _holiday(request, times, day)
                )
                for day in week
            ]
            for week in weeks
        ],
        "before": asked.day.replace(day=1) - ONE_DAY,
        "after": (asked.day.replace(day=28) + 4 * ONE_DAY).replace(day=1),
        "last": asked.day,
    }


_DRAWN = {"day": _day, "week": _week, "month": _month}


def _drawing(
    request: web.Request, times: Hours, days: Sequence[date], placed: Sequence[Placed]
) -> Drawing:
    words = {name: language(request).gettext(text) for name, text in WORDS.items()}
    now = services(request).now().astimezone(times.zone)
    return Drawing(frame(times, days, placed), times, now, words)


def _columns(drawing: Drawing, columns: Sequence[object]) -> dict[str, object]:
    first, last = drawing.frame.begins // 60, drawing.frame.ends // 60
    return {
        "columns": columns,
        "marks": [(12 * n, f"{hour:02}:00") for n, hour in enumerate(range(first, last))],
        "rows": (drawing.frame.ends - drawing.frame.begins) // 5,
        "begins": drawing.frame.begins,
    }


def _holiday(request: web.Request, times: Hours, day: date) -> str:
    name = holiday(day, times.opening.state)
    return language(request).gettext(HOLIDAYS[name]) if name else ""

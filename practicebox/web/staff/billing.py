"""Billing hints: beside an appointment that took place, and the quarter's limits as pictures.

Nothing here is a claim that something is billable, and every page says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from aiohttp import web

from practicebox.practice import billing
from practicebox.practice.billing import Counter, Held, Rules
from practicebox.practice.day import Plan, Step, progress
from practicebox.store.appointments.facts import Fact
from practicebox.store.records import Appointment, Entry
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.render import full_name, render
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

CASES = "billing_cases_"  # setting, with the quarter: all cases, as the practice software counts
MOST_CASES = 100_000
_QUARTER = re.compile(r"(20\d\d)-([1-4])")


@dataclass(frozen=True)
class Bar:
    """A limit and how much of it is used; width and mark in hundredths of the picture."""

    title: str
    used: int
    most: int
    least: int
    source: str

    @property
    def width(self) -> int:
        return min(100, round(100 * self.used / self.most)) if self.most else 0

    @property
    def mark(self) -> int:
        return round(100 * self.least / self.most) if self.most else 0


@dataclass(frozen=True)
class Quarter:
    """A quarter as address and words."""

    first: date
    last: date

    @property
    def id(self) -> str:
        return f"{self.first.year}-{(self.first.month + 2) // 3}"


@cache
def rules() -> Rules:
    """The rules as delivered."""
    text = files("practicebox.practice").joinpath("billing.toml").read_text("utf-8")
    return billing.load(text)


def hints(request: web.Request, appointment: Appointment) -> list[billing.Rule]:
    """What may apply to an appointment that took place."""
    day = appointment.starts.astimezone(zone_of(request)).date()
    patient = appointment.patient
    held = Held(
        day,
        appointment.kind,
        patient.payer,
        patient.standing,
        appointment.treatment,
        appointment.organiser,
        appointment.patient_id,
    )
    return billing.hints(rules(), request[PRACTICE].profile.kind, held)


@routes.get("/billing", name="billing.page")
async def show(request: web.Request) -> web.Response:
    """The quarter's limits; `?quarter=2027-1` shows another one."""
    wanted = _wanted(request, request.query.get("quarter", ""))
    return await _page(request, wanted)


@routes.post("/billing", name="billing.cases")
async def cases(request: web.Request) -> web.Response:
    """Keep how many cases the quarter has in all; the practice software knows it."""
    form = await posted(request)
    wanted = _wanted(request, form.value("quarter"))
    typed = form.text("cases").replace(".", "")
    if not typed.isascii() or not typed.isdigit() or not 0 < int(typed) <= MOST_CASES:
        return await _page(request, wanted, typed=form.value("cases"), status=422)
    await services(request).store.settings.keep(CASES + wanted.id, typed)
    raise web.HTTPSeeOther(f"/billing?quarter={wanted.id}")


async def _page(
    request: web.Request, wanted: Quarter, *, typed: str | None = None, status: int = 200
) -> web.Response:
    store, practice = services(request).store, request[PRACTICE].profile.kind
    held = await _held(request, wanted)
    people = {user.id: full_name(user.person) for user in await store.people.everybody()}
    treating = [user.id for user in await store.users() if user.role != "reception"]
    clinicians = list(dict.fromkeys((*(one.clinician for one in held), *treating)))
    kept = await store.settings.get(CASES + wanted.id) or ""
    counted = billing.counters(rules(), practice, wanted.last, held, clinicians)
    share = billing.share(rules(), practice, wanted.last)
    today = services(request).now().astimezone(zone_of(request)).date()
    context = {
        "current_area": "billing",
        "quarter": wanted,
        "before": _of(wanted.first - timedelta(days=1)),
        "after": _of(wanted.last + timedelta(days=1)) if wanted.last < today else None,
        "bars": [_bar(one, people) for one in counted],
        "share": share,
        "share_used": billing.by_video(share, held) if share else 0,
        "share_bar": _share_bar(share, held, kept) if share and kept else None,
        "cases": kept if typed is None else typed,
        "wrong": typed is not None,
        "video": sum(one.kind == "video" for one in held),
        "phone": sum(one.kind == "phone" for one in held),
        "no_payer": sum(not one.payer for one in held),
    }
    return render(request, "staff/billing.html", context, status=status)


def _bar(one: Counter, people: Mapping[str, str]) -> Bar:
    title = f"{one.code}, {people[one.whose]}" if one.whose in people else one.code
    return Bar(title, one.used, one.limit.most, one.limit.least, one.source)


def _share_bar(share: billing.Share, held: Sequence[Held], kept: str) -> Bar:
    most = int(kept) * share.percent // 100
    return Bar(share.name, billing.by_video(share, held), most, 0, share.source)


def _wanted(request: web.Request, text: str) -> Quarter:
    if found := _QUARTER.fullmatch(text):
        return _of(date(int(found.group(1)), 3 * int(found.group(2)) - 2, 1))
    return _of(services(request).now().astimezone(zone_of(request)).date())


def _of(day: date) -> Quarter:
    return Quarter(*billing.quarter(day))


async def _held(request: web.Request, wanted: Quarter) -> list[Held]:
    """The consultations of the quarter that took place, one hop to the store a week."""
    box, zone, found = services(request), zone_of(request), []
    last = min(wanted.last, box.now().astimezone(zone).date())
    day = wanted.first
    while day <= last:
        week = [day + timedelta(days=n) for n in range(7)]
        entries = [
            entry for one in week if one <= last for entry in await box.store.appointments.day(one)
        ]
        found += await _took_place(request, entries)
        day += timedelta(days=7)
    return found


async def _took_place(request: web.Request, entries: Sequence[Entry]) -> list[Held]:
    box, zone = services(request), zone_of(request)
    if not entries:
        return []
    happened = await box.store.attendance.of(entry.id for entry in entries)
    now = box.now()
    done = {
        entry.id: entry.starts.astimezone(zone).date()
        for entry in entries
        if progress(_plan(entry), happened.get(entry.id, []), now).step is Step.DONE
    }
    facts = await box.store.facts.of(done)
    return [_as_held(done[id_], fact) for id_, fact in facts.items()]


def _as_held(day: date, fact: Fact) -> Held:
    return Held(
        day,
        fact.kind,
        fact.payer,
        fact.standing,
        fact.treatment,
        fact.organiser,
        fact.patient_id,
    )


def _plan(entry: Entry) -> Plan:
    return Plan(entry.starts, entry.minutes, entry.state == "cancelled", entry.kind == "phone")

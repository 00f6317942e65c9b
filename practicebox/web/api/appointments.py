"""Appointments: listed, planned, changed, cancelled, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from practicebox.store.appointments.listing import read_cursor
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, NotACursor
from practicebox.store.records import Appointment, Entry
from practicebox.store.terms import Terms
from practicebox.web.api import planning, views
from practicebox.web.api.access import by
from practicebox.web.api.asking import BODY, QUERY
from practicebox.web.api.conditions import as_response, expected, shown, told
from practicebox.web.api.document import BASE
from practicebox.web.api.problems import Flaw, Problem
from practicebox.web.api.repeats import once
from practicebox.web.api.routes import answers
from practicebox.web.keys import services
from practicebox.web.staff import kind_form
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

PAGE = 50
WEEK, MOST = timedelta(days=6), timedelta(days=92)
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


@answers(routes, "appointments.list")
async def show_list(request: web.Request) -> web.Response:
    """Those of some days, a page at a time."""
    query, limit = request[QUERY], int(request[QUERY].get("limit", PAGE))
    first, last = _days(request, query)
    found = await _collect(request, first, last, limit + 1)
    entries, more = found[:limit], len(found) > limit
    facts = await services(request).store.facts.of(one.id for one in entries)
    lines = [views.line_of_appointment(one, facts.get(one.id)) for one in entries]
    span = {"from": first.isoformat(), "to": last.isoformat(), "limit": limit}
    following = urlencode({**span, "cursor": entries[-1].cursor}) if more else ""
    place = f"{BASE}/appointments?{following}" if more else None
    return shown(request, {"appointments": lines, "next": place})


@answers(routes, "appointments.add")
async def add(request: web.Request) -> web.Response:
    """Plan one; what is unusual about its time is asked about first."""
    store = services(request).store

    async def deed(terms: Terms[Appointment]) -> Appointment:
        draft = await planning.new(request, request[BODY])
        try:
            return await store.appointments.add(draft, by(request), terms)
        except NoSuchPatient:
            raise planning.no_such_patient() from None

    return await once(
        request,
        deed,
        lambda made: told(
            request, made.id, views.appointment(made), place=f"{BASE}/appointments/{made.id}"
        ),
    )


@answers(routes, "appointments.get")
async def get(request: web.Request) -> web.Response:
    """One, with its ETag."""
    return shown(request, views.appointment(await found(request)))


@answers(routes, "appointments.change")
async def change(request: web.Request) -> web.Response:
    """Move or change one; what is left out stays."""
    box, before = services(request), await found(request)
    check = expected(request, views.appointment)
    check(before)  # before it is asked about
    draft = await planning.changed(request, request[BODY], before)
    terms = Terms(before=check)
    try:
        after = await box.store.appointments.change(before.id, draft, by(request), terms)
    except NoSuchAppointment:
        raise Problem("not-found") from None
    kind_form.changed(box.rooms, before, after)
    return as_response(told(request, after.id, views.appointment(after)))


@answers(routes, "appointments.delete")
async def delete(request: web.Request) -> web.Response:
    """Delete one, and everything about it."""
    box, appointment = services(request), await found(request)
    terms = Terms(before=expected(request, views.appointment))
    try:
        await box.store.appointments.delete(appointment.id, by(request), terms)
    except NoSuchAppointment:
        raise Problem("not-found") from None
    box.rooms.close(appointment.id)
    return web.Response(status=204)


@answers(routes, "appointments.cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel one; whoever waits for it is told."""
    box = services(request)

    async def deed(terms: Terms[Appointment]) -> Appointment:
        appointment = await found(request)
        terms = replace(terms, before=expected(request, views.appointment))
        try:
            return await box.store.appointments.cancel(appointment.id, by(request), terms)
        except NoSuchAppointment:
            raise Problem("not-found") from None
        finally:
            box.rooms.close(appointment.id)

    return await once(request, deed, lambda done: told(request, done.id, views.appointment(done)))


async def found(request: web.Request) -> Appointment:
    """The appointment in the address; raise `Problem`."""
    try:
        return await services(request).store.appointments.get(request.match_info["id"])
    except NoSuchAppointment:
        raise Problem("not-found") from None


def _days(request: web.Request, query: Mapping[str, str]) -> tuple[date, date]:
    """The first and the last day that are asked for; raise `Problem`."""
    today = services(request).now().astimezone(zone_of(request)).date()
    first = date.fromisoformat(query["from"]) if "from" in query else today
    if not FIRST <= first <= LAST:
        raise Problem("parameters", flaws=[Flaw("from", "From 2000 to 2099.")])
    last = date.fromisoformat(query["to"]) if "to" in query else first + WEEK
    if not first <= last <= first + MOST:
        raise Problem("parameters", flaws=[Flaw("to", "0 to 92 days behind the first day.")])
    return first, last


async def _collect(request: web.Request, first: date, last: date, most: int) -> list[Entry]:
    """The entries of some days behind the cursor, as few days as needed."""
    try:
        cursor = read_cursor(request[QUERY].get("cursor") or None)
    except NotACursor:
        raise Problem("parameters", flaws=[Flaw("cursor", "This is no place in a list.")]) from None
    collected: list[Entry] = []
    day = max(first, _day_before(cursor)) if cursor else first
    while day <= last and len(collected) < most:
        entries = await services(request).store.appointments.day(day)
        collected += [one for one in entries if cursor is None or (one.starts, one.id) > cursor]
        day += timedelta(days=1)
    return collected[:most]


def _day_before(cursor: tuple[datetime, str]) -> date:
    """A day that is surely not behind the cursor, whatever the time zone."""
    moment = cursor[0]
    return moment.date() - timedelta(days=1) if moment.year > FIRST.year else FIRST

"""Letters: the preview in the browser, the PDF of one invitation, the PDF of a day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from practicebox.post import letter
from practicebox.post.letter import Letter
from practicebox.practice import link
from practicebox.store.audit.audit import Action
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting, treatments
from practicebox.web.staff.appointments import AREA, appointment_of
from practicebox.web.staff.participant_view import as_theirs
from practicebox.web.staff.participants import participant_of
from practicebox.web.staff.practice_sheets import sender_of
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

TEST_CALL = timedelta(days=2)  # how long before the appointment the letter offers a test call


@routes.get("/appointments/{id}/letter", name="letters.preview")
async def preview(request: web.Request) -> web.Response:
    appointment = await appointment_of(request)
    return render(request, "staff/letter.html", {**AREA, "appointment": appointment})


@routes.get("/appointments/{id}/letter.png", name="letters.image")
async def image(request: web.Request) -> web.Response:
    one = await letter_of(request, await appointment_of(request))
    spoken = language(request)
    # typst takes about 30 ms: off the loop, or a running call would feel it
    png = await asyncio.to_thread(letter.preview, one, spoken.gettext, spoken.code)
    return web.Response(body=png, content_type="image/png")


@routes.get("/appointments/{id}/letter.pdf", name="letters.pdf")
async def pdf(request: web.Request) -> web.Response:
    appointment = await appointment_of(request)
    await acting.note(request, Action.LETTER_PRINTED, appointment.id)
    return await as_pdf(request, [await letter_of(request, appointment)])


@routes.get("/days/{day:\\d{4}-\\d\\d-\\d\\d}/letters.pdf", name="letters.day")
async def day(request: web.Request) -> web.Response:
    """All letters of a day in one file, for one press of the print button."""
    try:
        wanted = date.fromisoformat(request.match_info["day"])
    except ValueError:
        raise web.HTTPNotFound from None
    appointments = services(request).store.appointments
    entries = await appointments.day(wanted)
    planned = [e.id for e in entries if e.state == "planned"]
    return await of(request, planned)


async def of(request: web.Request, appointment_ids: Sequence[str]) -> web.Response:
    """The letters of several appointments in one file; 404 for none."""
    appointments = services(request).store.appointments
    if not appointment_ids:
        raise web.HTTPNotFound
    for one in appointment_ids:
        await acting.note(request, Action.LETTER_PRINTED, one)
    return await as_pdf(
        request, [await letter_of(request, await appointments.get(one)) for one in appointment_ids]
    )


async def as_pdf(request: web.Request, letters: Sequence[Letter]) -> web.Response:
    """Letters as one file."""
    spoken = language(request)
    body = await asyncio.to_thread(letter.pdf, letters, spoken.gettext, spoken.code)
    return web.Response(
        body=body,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="letter.pdf"'},
    )


@routes.get("/appointments/{id}/participants/{other}/letter.pdf", name="participants.letter")
async def of_participant(request: web.Request) -> web.Response:
    """The letter for somebody who takes part beside the patient, with a way in of their own."""
    appointment, one = await participant_of(request)
    await acting.note(request, Action.LETTER_PRINTED, appointment.id)
    theirs = await letter_of(request, as_theirs(appointment, one))
    costs_nobody = replace(theirs, remarks=())  # what the treatment costs is not their business
    return await as_pdf(request, [costs_nobody])


async def letter_of(request: web.Request, appointment: Appointment) -> Letter:
    """The letter of an invitation, in the language of the request."""
    everybody = await services(request).store.people.everybody()  # also who has left
    users = {user.id: user for user in everybody}
    profile, url = request[PRACTICE].profile, services(request).public_url()
    zone = zone_of(request)
    today = services(request).now().astimezone(zone).date()
    starts = appointment.starts.astimezone(zone)
    return Letter(
        sender=sender_of(profile),
        recipient=(appointment.patient.name, *appointment.patient.address),
        patient=appointment.patient.name,
        clinician=full_name(users[appointment.organiser].person),
        starts=starts,
        minutes=appointment.minutes,
        host=urlsplit(url).netloc,
        link=link.address(url, appointment.link),
        code=appointment.codes.patient,
        test_call=_test_call(starts, zone, today),
        called_at=appointment.patient.phone if appointment.kind == "phone" else None,
        remarks=await treatments.remarks(request, appointment),
        printed=today,
    )


def _test_call(starts: datetime, zone: ZoneInfo, today: date) -> date | None:
    """Two days before, moved to Friday from a weekend; none where that is no longer possible."""
    wanted = (starts.astimezone(zone) - TEST_CALL).date()
    wanted -= timedelta(days=max(0, wanted.weekday() - 4))
    return wanted if wanted > today else None

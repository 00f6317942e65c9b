"""The prepared text of an invitation, for the mail program of the workstation."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web
from babel.dates import format_date, format_time

from practicebox.practice import link
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language
from practicebox.web.staff.session import PRACTICE, zone_of

TEXT = mark(
    """Good day %(name)s,

your video consultation is on %(day)s at %(time)s.

Open this link on the day, a few minutes before:
%(link)s

Or open %(host)s and enter this access code: %(code)s

Try it beforehand, on any day: open the link, type your name, choose “Technical check”.

You need a phone, tablet or computer with camera and microphone, and a quiet room. You need no \
account and no app.

If something does not work, call us: %(phone)s

%(practice)s"""
)


BY_PHONE = mark(
    """Good day %(name)s,

your phone appointment is on %(day)s at %(time)s.

We call you for your appointment. Please be reachable at this number: %(number)s

If the number is wrong or something comes up, call us: %(phone)s

%(practice)s"""
)


def address(request: web.Request, appointment: Appointment) -> str:
    """A `mailto:` address (RFC 6068) with subject and text."""
    _ = language(request).gettext
    code = language(request).code
    profile = request[PRACTICE].profile
    starts = appointment.starts.astimezone(zone_of(request))
    url = services(request).public_url()
    by_phone = appointment.kind == "phone"
    text = _(BY_PHONE if by_phone else TEXT) % {
        "name": appointment.patient.name,
        "day": format_date(starts.date(), "full", locale=code),
        "time": format_time(starts.time(), "short", locale=code),
        "link": link.address(url, appointment.link),
        "host": url,
        "code": appointment.codes.patient,
        "number": appointment.patient.phone,
        "phone": profile.phone,
        "practice": profile.name,
    }
    subject = _("Your phone appointment") if by_phone else _("Your video consultation")
    to = quote(appointment.patient.email, safe="@")
    body = quote(text.replace("\n", "\r\n"), safe="")
    return f"mailto:{to}?subject={quote(subject, safe='')}&body={body}"

"""The staff door: every page family of the practice, behind the sign-in."""

from __future__ import annotations

from aiohttp import web

from practicebox.web import doors
from practicebox.web.keys import Services
from practicebox.web.staff import (
    account,
    appointments,
    consultation,
    handover,
    help,
    letters,
    login,
    organisation,
    people,
    phone,
    presence,
    reach,
    recover,
    setup,
    start,
    status,
)
from practicebox.web.staff.session import sign_in

TABLES = [
    start.routes,
    setup.routes,
    login.routes,
    recover.routes,
    account.routes,
    appointments.routes,
    letters.routes,
    consultation.routes,
    presence.routes,
    phone.routes,
    people.routes,
    handover.routes,
    organisation.routes,
    help.routes,
    status.routes,
    reach.routes,
]


def make_door(services: Services) -> web.Application:
    """The application of the staff door."""
    app = doors.build(services, services.staff, TABLES, [sign_in])
    presence.setup(app)
    setup.prepare(app)
    recover.prepare(app)
    handover.prepare(app)
    reach.prepare(app)
    return app

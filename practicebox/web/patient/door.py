"""The patient door: everything that a patient's browser can reach, and nothing of the staff's."""

from __future__ import annotations

from aiohttp import web

from practicebox.web import doors
from practicebox.web.keys import Services
from practicebox.web.patient import check, confirm, consent, entrance, reach, visit


def make_door(services: Services) -> web.Application:
    """The application of the patient door."""
    tables = [
        entrance.routes,
        visit.routes,
        consent.routes,
        confirm.routes,
        reach.routes,
        *check.tables,
    ]
    app = doors.build(services, services.patients, tables)
    check.setup(app, services.echo)
    entrance.prepare(app)
    return app

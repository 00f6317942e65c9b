"""The API's part of the staff door: its routes, and what it keeps while the door is open."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.api import (
    access,
    appointments,
    events,
    invitations,
    patients,
    repeats,
    service,
)

TABLES = [
    service.routes,
    appointments.routes,
    invitations.routes,
    patients.routes,
    events.routes,
]


def prepare(app: web.Application) -> None:
    """Everything that the API keeps in memory."""
    access.prepare(app)
    repeats.prepare(app)
    events.prepare(app)

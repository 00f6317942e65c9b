"""Who is doing something, as the audit log wants to know it."""

from __future__ import annotations

from aiohttp import web

from practicebox.store.audit.audit import Action, By
from practicebox.web.keys import services
from practicebox.web.staff.session import SESSION


def by(request: web.Request) -> By:
    """The user and the workstation behind a signed-in request."""
    session = request[SESSION]
    return By(session.user.id, session.device_id)


async def note(request: web.Request, action: Action, subject: str = "", detail: str = "") -> None:
    """Note a deed that writes nothing itself, such as looking at something."""
    await services(request).store.audit.record(by(request).did(action, subject, detail))

"""The staff door: every page family of the practice, behind the sign-in."""

from __future__ import annotations

from aiohttp import web

from practicebox.web import doors
from practicebox.web.keys import Services
from practicebox.web.staff import (
    account,
    agreements,
    appointments,
    attendance,
    audit,
    backup,
    challenges,
    consultation,
    consultation_log,
    day,
    device_asking,
    devices,
    ending,
    handover,
    help,
    join,
    letters,
    lock,
    login,
    organisation,
    outbox,
    outbox_invite,
    passkey_login,
    passkeys,
    patients,
    patients_choice,
    patients_end,
    phone,
    post_settings,
    presence,
    reach,
    recover,
    sessions,
    setup,
    start,
    status,
    throttle,
    users,
)
from practicebox.web.staff.session import sign_in

TABLES = [
    start.routes,
    day.routes,
    setup.routes,
    login.routes,
    recover.routes,
    account.routes,
    passkey_login.routes,
    passkeys.routes,
    appointments.routes,
    letters.routes,
    patients_choice.routes,
    patients.routes,
    patients_end.routes,
    agreements.routes,
    outbox.routes,
    outbox_invite.routes,
    post_settings.routes,
    consultation.routes,
    presence.routes,
    phone.routes,
    users.routes,
    devices.routes,
    device_asking.routes,
    join.routes,
    lock.routes,
    sessions.routes,
    handover.routes,
    organisation.routes,
    ending.routes,
    audit.routes,
    help.routes,
    status.routes,
    backup.routes,
    reach.routes,
]


def make_door(services: Services) -> web.Application:
    """The application of the staff door."""
    app = doors.build(services, services.staff, TABLES, [sign_in])
    presence.setup(app)
    attendance.setup(app)
    consultation_log.setup(app)
    setup.prepare(app)
    recover.prepare(app)
    handover.prepare(app)
    reach.prepare(app)
    throttle.prepare(app)
    challenges.prepare(app)
    sessions.prepare(app)
    lock.prepare(app)
    join.prepare(app)
    device_asking.prepare(app)
    return app

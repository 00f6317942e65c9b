"""The staff door: every page family of the practice, behind the sign-in."""

from __future__ import annotations

from aiohttp import web

from practicebox.web import doors
from practicebox.web.keys import Services
from practicebox.web.staff import (
    account,
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
    passkey_login,
    passkeys,
    patients,
    patients_choice,
    patients_directory,
    patients_end,
    patients_import,
    patients_merge,
    phone,
    presence,
    reach,
    recover,
    resembling,
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
    resembling.routes,
    patients_merge.routes,
    patients_import.routes,
    patients_directory.routes,
    patients.routes,
    patients_end.routes,
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
    patients_import.prepare(app)
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

"""The staff door: every page family of the practice, behind the sign-in."""

from __future__ import annotations

from aiohttp import web

from practicebox.web import doors
from practicebox.web.api import door as api
from practicebox.web.api.access import access
from practicebox.web.keys import Services
from practicebox.web.staff import (
    account,
    agreements,
    appointments,
    attendance,
    audit,
    backup,
    billing,
    calendar,
    challenges,
    confirmations,
    consents,
    consultation,
    consultation_log,
    day,
    device_asking,
    devices,
    ending,
    figures,
    form_paper,
    form_versions,
    gdt,
    handover,
    help,
    join,
    letters,
    lock,
    login,
    moving,
    notes,
    opening,
    organisation,
    outbox,
    outbox_invite,
    papers,
    participants,
    passkey_login,
    passkeys,
    patients,
    patients_choice,
    patients_directory,
    patients_end,
    patients_import,
    patients_merge,
    phone,
    planning,
    post_settings,
    practice_sheets,
    presence,
    reach,
    recover,
    resembling,
    series,
    sessions,
    setup,
    software,
    start,
    status,
    throttle,
    treatments,
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
    planning.routes,  # before appointments: /appointments/new is no id
    appointments.routes,
    gdt.routes,
    calendar.routes,
    moving.routes,
    opening.routes,
    series.routes,
    letters.routes,
    patients_choice.routes,
    resembling.routes,
    patients_merge.routes,
    patients_import.routes,
    patients_directory.routes,
    patients.routes,
    patients_end.routes,
    consents.routes,
    form_paper.routes,  # before form_versions: /forms/x.pdf is no form
    form_versions.routes,
    agreements.routes,
    outbox.routes,
    outbox_invite.routes,
    post_settings.routes,
    consultation.routes,
    presence.routes,
    phone.routes,
    confirmations.routes,
    papers.routes,
    participants.routes,
    notes.routes,
    billing.routes,
    figures.routes,
    treatments.routes,
    users.routes,
    devices.routes,
    device_asking.routes,
    software.routes,
    join.routes,
    lock.routes,
    sessions.routes,
    handover.routes,
    organisation.routes,
    practice_sheets.routes,
    ending.routes,
    audit.routes,
    help.routes,
    status.routes,
    backup.routes,
    reach.routes,
    *api.TABLES,
]


def make_door(services: Services) -> web.Application:
    """The application of the staff door."""
    app = doors.build(services, services.staff, TABLES, [sign_in, access])
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
    api.prepare(app)
    return app

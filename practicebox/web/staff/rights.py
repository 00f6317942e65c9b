"""Who may do what on the staff door: the role a route needs, by the route's name.

A route that isn't named here is the Hauptnutzer's alone, so a forgotten line shuts somebody out
instead of letting somebody in. Whose object it is (a session, a request for approval) the handlers
decide. `tests/web/authorisation.toml` says the same once more, and is held against every route.
"""

from __future__ import annotations

from practicebox.store.records import Role

EVERYBODY: frozenset[Role] = frozenset({"admin", "clinician", "reception"})
TREATING: frozenset[Role] = frozenset({"admin", "clinician"})
AT_THE_DESK: frozenset[Role] = frozenset({"admin", "reception"})
MAIN_USER: frozenset[Role] = frozenset({"admin"})

RIGHTS: dict[str, frozenset[Role]] = {
    **dict.fromkeys(
        (
            "account.change_password",
            "account.password",
            "agreements.note",
            "agreements.page",
            "appointments.add",
            "appointments.ask",
            "appointments.cancel",
            "appointments.change",
            "appointments.delete",
            "appointments.details",
            "appointments.edit",
            "appointments.list",
            "appointments.move",
            "appointments.new",
            "appointments.search",
            "backup.make",
            "backup.page",
            "backup.progress",
            "backup.prove",
            "billing.cases",
            "billing.page",
            "confirmations.list",
            "confirmations.note",
            "confirmations.pdf",
            "calendar.page",
            "calendar.print",
            "day.delay",
            "day.now",
            "devices.approve",
            "devices.list",
            "devices.move",
            "devices.refuse",
            "devices.request",
            "figures.page",
            "gdt.adopt",
            "gdt.details",
            "gdt.discard",
            "gdt.list",
            "gdt.report",
            "gdt.upload",
            "help.chapter",
            "help.page",
            "help.picture",
            "help.search",
            "lock.cover",
            "lock.page",
            "lock.uncover",
            "outbox.done",
            "outbox.invite",
            "outbox.page",
            "outbox.retry",
            "passkeys.add",
            "passkeys.list",
            "passkeys.options",
            "passkeys.remove",
            "opening.block",
            "opening.page",
            "opening.unblock",
            "patients.add",
            "patients.ask",
            "patients.assign",
            "patients.change",
            "patients.delete",
            "patients.details",
            "patients.edit",
            "patients.duplicates",
            "patients.export",
            "patients.join",
            "patients.merge",
            "patients.new",
            "patients.resembling",
            "patients.list",
            "patients.progress",
            "patients.search",
            "patients.whose",
            "letters.day",
            "letters.image",
            "letters.pdf",
            "letters.preview",
            "papers.tick",
            "phone.call",
            "letters.series",
            "phone.go_on",
            "presence.news",
            "reach.news",
            "reach.page",
            "reach.plan",
            "reach.start",
            "reach.test",
            "series.page",
            "sessions.end",
            "sessions.list",
            "sessions.watch",
            "start.page",
            "status.page",
            "users.list",
        ),
        EVERYBODY,
    ),
    **dict.fromkeys(
        (
            "patients.directory",
            "patients.directory_file",
            "patients.import_page",
            "patients.import_file",
            "patients.import_progress",
            "patients.import_rejected",
            "patients.import_columns",
            "patients.import_start",
            "patients.import_stop",
        ),
        AT_THE_DESK,
    ),
    **dict.fromkeys(("consultation.page", "consultation.signal", "figures.way"), TREATING),
}


def may(role: Role, route_name: str) -> bool:
    """Whether somebody of this role may use a route at all."""
    return role in RIGHTS.get(route_name, MAIN_USER)

"""The schema, as the list of steps that led to it. Append only: a released step never changes.

`PRAGMA user_version` counts the steps taken. Each step is one transaction.

Clear columns are only what a query needs: ids, times, states, roles, sizes. A column `sealed` holds
one blob per row; `generation` says which keys sealed it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from practicebox.store.conditions import NewerDatabase
from practicebox.store.sql.migrations_api import PROGRAMS
from practicebox.store.sql.migrations_conference import CONFERENCES
from practicebox.store.sql.migrations_day import BLOCKED, CONFIRMATIONS, GDT, KINDS
from practicebox.store.sql.migrations_figures import FIGURES
from practicebox.store.sql.migrations_forms import FORMS, NOTES
from practicebox.store.sql.migrations_later import (
    ATTENDANCE,
    AUDIT,
    PASSKEYS,
    PATIENTS,
    PEOPLE_AND_DEVICES,
)
from practicebox.store.sql.migrations_post import OUTBOX
from practicebox.store.sql.transactions import atomic

KEYS_AND_PEOPLE = (
    "CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), last_write TEXT NOT NULL) STRICT",
    # What the door plate says stays readable while the vault is locked.
    """
    CREATE TABLE practice (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        short_name TEXT NOT NULL,
        profile TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        founded TEXT NOT NULL,
        box_tag BLOB NOT NULL,
        generation INTEGER NOT NULL,
        public_key BLOB NOT NULL,
        keyring BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE master_slot (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        salt BLOB NOT NULL,
        operations INTEGER NOT NULL,
        memory INTEGER NOT NULL,
        slot BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE subjects (
        id TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE users (
        id TEXT PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
        tag BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('admin', 'clinician', 'reception')),
        salt BLOB NOT NULL,
        operations INTEGER NOT NULL,
        memory INTEGER NOT NULL,
        public_key BLOB NOT NULL,
        private_key BLOB NOT NULL,
        slot BLOB NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE devices (
        id TEXT PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
        tag BLOB NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('approved', 'revoked')),
        slot BLOB,
        created TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        CHECK ((state = 'approved') = (slot IS NOT NULL))
    ) STRICT
    """,
    """
    CREATE TABLE sessions (
        tag BLOB PRIMARY KEY,
        user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
        started TEXT NOT NULL,
        seen TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX sessions_by_user ON sessions (user)",
    "CREATE INDEX sessions_by_device ON sessions (device)",
)

APPOINTMENTS = (
    """
    CREATE TABLE appointments (
        id TEXT PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
        day TEXT NOT NULL,
        starts TEXT NOT NULL,
        minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
        state TEXT NOT NULL CHECK (state IN ('planned', 'cancelled')),
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    # Derived: the list of a local day in one blob, rewritten with every change of that day.
    """
    CREATE TABLE day_pages (
        day TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    # Only the patient's invitation has a link.
    """
    CREATE TABLE invitations (
        code_tag BLOB PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('doctor', 'patient')),
        rid_tag BLOB UNIQUE,
        token_tag BLOB,
        UNIQUE (appointment, role),
        CHECK ((role = 'patient') = (rid_tag IS NOT NULL AND token_tag IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE visits (
        id TEXT PRIMARY KEY,
        tag BLOB NOT NULL UNIQUE,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        expires TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX visits_by_appointment ON visits (appointment)",
)

SUBMISSIONS = (
    """
    CREATE TABLE submissions (
        id TEXT PRIMARY KEY,
        received TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
)

CHECKS = (
    # The words are checked where they are written: a later version may know more of them.
    """
    CREATE TABLE checks (
        appointment TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        verdict TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

# What the box has learned about its own connection; in clear, nothing of patients or staff.
SETTINGS = (
    """
    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        changed TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    KEYS_AND_PEOPLE,
    APPOINTMENTS,
    SUBMISSIONS,
    CHECKS,
    SETTINGS,
    AUDIT,
    PEOPLE_AND_DEVICES,
    PATIENTS,
    PASSKEYS,
    ATTENDANCE,
    GDT,
    KINDS,
    CONFIRMATIONS,
    BLOCKED,
    OUTBOX,
    CONFERENCES,
    FORMS,
    NOTES,
    PROGRAMS,
    FIGURES,
)


def migrate(
    connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> None:
    """Take the steps that are missing; raise `NewerDatabase` for a file from the future."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise NewerDatabase(
            f"The database has schema {version}, this program knows {len(migrations)};"
            " install the newer version of PracticeBox."
        )
    for number, statements in enumerate(migrations[version:], version + 1):
        with atomic(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")

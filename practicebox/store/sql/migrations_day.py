"""Steps of the database, continued: what the practice's day brought (`migrations.py`)."""

from __future__ import annotations

# The exchange with practice software. What came is sealed to the practice; a link is sealed with
# the key of its appointment. Tags (keyed) and states are in clear.
GDT = (
    """
    CREATE TABLE gdt_records (
        id TEXT PRIMARY KEY,
        received TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE gdt_taken (
        tag BLOB PRIMARY KEY,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE gdt_links (
        id TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE gdt_sent (
        appointment TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('sending', 'sent')),
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

# Calls by telephone can fail, which the check of `attendance` didn't know; SQLite changes a check
# only with the whole table. What was ticked off for an appointment is sealed with its key: one row
# an appointment, gone with it.
KINDS = (
    """
    CREATE TABLE attendance_of_kinds (
        number INTEGER PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        event TEXT NOT NULL
            CHECK (event IN ('arrived', 'left', 'began', 'away', 'back', 'ended', 'unreached'))
    ) STRICT
    """,
    "INSERT INTO attendance_of_kinds SELECT number, appointment, at, event FROM attendance",
    "DROP TABLE attendance",
    "ALTER TABLE attendance_of_kinds RENAME TO attendance",
    "CREATE INDEX attendance_by_appointment ON attendance (appointment, number)",
    """
    CREATE TABLE checklists (
        id TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
)

# What was confirmed of a consultation: sealed to the practice, for patients confirm while the vault
# is locked. Names nobody; gone with its appointment.
CONFIRMATIONS = (
    """
    CREATE TABLE confirmations (
        id TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
)

# When nobody, or one clinician, has consultations; whose time it is and why are sealed.
BLOCKED = (
    """
    CREATE TABLE blocked (
        id TEXT PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
        starts TEXT NOT NULL,
        ends TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX blocked_by_end ON blocked (ends)",
)

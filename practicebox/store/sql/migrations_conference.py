"""Step of the schema (`migrations`) for conferences: several people, each with their own way in."""

from __future__ import annotations

# Who somebody is, and who released the practice towards them, is sealed with the appointment's
# key. In clear is what the patient door must know while the vault is locked: that an appointment
# is a conference, whose invitation it is, and whether the person's door is open. An invitation
# that names no participant is the patient's or the doctor's. SQLite changes a UNIQUE only with
# the whole table.
CONFERENCES = (
    """
    ALTER TABLE appointments
        ADD COLUMN conference INTEGER NOT NULL DEFAULT 0 CHECK (conference IN (0, 1))
    """,
    """
    CREATE TABLE participants (
        id TEXT PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        released INTEGER NOT NULL CHECK (released IN (0, 1)),
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX participants_by_appointment ON participants (appointment)",
    """
    CREATE TABLE invitations_of_all (
        code_tag BLOB PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('doctor', 'patient')),
        rid_tag BLOB UNIQUE,
        token_tag BLOB,
        participant TEXT REFERENCES participants (id) ON DELETE CASCADE,
        CHECK ((role = 'patient') = (rid_tag IS NOT NULL AND token_tag IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO invitations_of_all (code_tag, appointment, role, rid_tag, token_tag)
        SELECT code_tag, appointment, role, rid_tag, token_tag FROM invitations
    """,
    "DROP TABLE invitations",
    "ALTER TABLE invitations_of_all RENAME TO invitations",
    """
    CREATE UNIQUE INDEX invitations_of_one
        ON invitations (appointment, ifnull(participant, ''), role)
    """,
    "CREATE INDEX invitations_by_participant ON invitations (participant)",
    """
    ALTER TABLE visits
        ADD COLUMN participant TEXT REFERENCES participants (id) ON DELETE CASCADE
    """,
    "CREATE INDEX visits_by_participant ON visits (participant)",
)

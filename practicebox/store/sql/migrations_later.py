"""Later steps of the schema (`migrations`), oldest first: the audit log, people, the directory."""

# Who did what: one sealed row a deed, each linked to the one before (`audit_chain`). The day and
# what it is about are in clear, so that old rows can be made unreadable while the vault is locked.
AUDIT = (
    """
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        about TEXT NOT NULL CHECK (about IN ('practice', 'consultation')),
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        link BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE audit_head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    # What happened while the vault was locked, sealed to the practice; folded in at a login.
    """
    CREATE TABLE audit_waiting (
        number INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        link BLOB NOT NULL
    ) STRICT
    """,
    # `key` signs the next waiting row and is overwritten by its hash; `start` is the first of them,
    # sealed, so that the unlocked box can follow.
    """
    CREATE TABLE audit_seal (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        number INTEGER NOT NULL,
        key BLOB NOT NULL,
        generation INTEGER NOT NULL,
        start BLOB NOT NULL
    ) STRICT
    """,
)

# More than one user. An invited user has a row in `enrolments` until the one-time code is used; of
# somebody who has left only the name stays, for the appointments of the past. A device that is
# locked for a while is revoked in `devices` (it has no slot), and its row here says that it is
# meant to come back.
PEOPLE_AND_DEVICES = (
    """
    CREATE TABLE enrolments (
        user TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        tag BLOB NOT NULL UNIQUE,
        expires TEXT NOT NULL,
        tries INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE departures (
        user TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        departed TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE device_locks (
        device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
        since TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "ALTER TABLE sessions ADD COLUMN covered INTEGER NOT NULL DEFAULT 0 CHECK (covered IN (0, 1))",
)

# The directory. Whose an appointment is, and which are a patient's, is sealed in both rows: a clear
# column would show, with the disk alone, all times at which one person came.
PATIENTS = (
    """
    CREATE TABLE patients (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE REFERENCES subjects (id) ON DELETE CASCADE,
        duplicate BLOB NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX patients_by_duplicate ON patients (duplicate)",
    # Derived: names and birth dates of 128 consecutive numbers in one blob, for the search.
    """
    CREATE TABLE name_pages (
        page INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    # 0: an appointment of an earlier version, with a copy of the patient's data in its own blob.
    """
    ALTER TABLE appointments
        ADD COLUMN related INTEGER NOT NULL DEFAULT 0 CHECK (related IN (0, 1))
    """,
    "CREATE INDEX appointments_unrelated ON appointments (starts, id) WHERE related = 0",
)

# A second key to a user's private key. `private_key` is sealed with the passkey's own secret, what
# it is called and how the browser knows it with the user's subject key.
PASSKEYS = (
    """
    CREATE TABLE passkeys (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        tag BLOB NOT NULL UNIQUE,
        private_key BLOB NOT NULL,
        sign_count INTEGER NOT NULL,
        created TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX passkeys_by_user ON passkeys (user)",
)

# Who came when: an event a row, gone with its appointment.
ATTENDANCE = (
    """
    CREATE TABLE attendance (
        number INTEGER PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        event TEXT NOT NULL CHECK (event IN ('arrived', 'left', 'began', 'ended'))
    ) STRICT
    """,
    "CREATE INDEX attendance_by_appointment ON attendance (appointment, number)",
)

"""Steps of the schema (`migrations`) for what leaves the house: messages, agreements, accounts."""

# Clear are only ids, times and states, which the box must be able to write while it is locked. To
# whom a message goes, and by which way, is sealed with the appointment's key and goes with it.
OUTBOX = (
    """
    CREATE TABLE messages (
        id TEXT PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        due TEXT NOT NULL,
        kind TEXT NOT NULL
            CHECK (kind IN ('invitation', 'reminder', 'change', 'cancel', 'confirm')),
        state TEXT NOT NULL
            CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'doubt', 'withdrawn')),
        reason TEXT NOT NULL DEFAULT '',
        tries INTEGER NOT NULL DEFAULT 0,
        next_try TEXT NOT NULL,
        changed TEXT NOT NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX messages_by_appointment ON messages (appointment)",
    "CREATE INDEX messages_by_state ON messages (state, next_try)",
    # The appointments of the next days are looked through again and again, among 100,000.
    "CREATE INDEX appointments_by_start ON appointments (starts)",
    # What a patient has agreed to; `id` is the patient's, whose key seals it.
    """
    CREATE TABLE agreements (
        id TEXT PRIMARY KEY REFERENCES patients (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    # Accounts with their passwords, texts: by name.
    """
    CREATE TABLE sealed_settings (
        name TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

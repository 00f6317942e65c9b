"""Steps of the schema (`migrations`) for what patients agree to: texts, consents, who passes."""

# What the clinician notes of an appointment: sealed with its key, gone with it.
NOTES = (
    """
    CREATE TABLE notes (
        id TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
)

# The texts are the practice's own, as public as its door plate, and are shown while the vault is
# locked. A version never changes. What a patient agreed to is sealed with the patient's key; what
# came while the vault was locked waits, sealed to the practice. `passes` says of an appointment
# only that its link isn't asked again.
FORMS = (
    """
    CREATE TABLE form_versions (
        form TEXT NOT NULL,
        number INTEGER NOT NULL,
        since TEXT NOT NULL,
        renew INTEGER NOT NULL CHECK (renew IN (0, 1)),
        content TEXT NOT NULL,
        PRIMARY KEY (form, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE consents (
        id TEXT PRIMARY KEY,
        patient TEXT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX consents_by_patient ON consents (patient)",
    """
    CREATE TABLE consent_scans (
        id TEXT PRIMARY KEY REFERENCES consents (id) ON DELETE CASCADE,
        patient TEXT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX consent_scans_by_patient ON consent_scans (patient)",
    """
    CREATE TABLE consents_waiting (
        id TEXT PRIMARY KEY,
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX consents_waiting_by_appointment ON consents_waiting (appointment)",
    """
    CREATE TABLE passes (
        appointment TEXT PRIMARY KEY REFERENCES appointments (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
)

"""Steps of the schema (`migrations`) for the interface for software."""

# A program is a device without a person at it. Its name, what it may do and the public half of its
# key are sealed; one that was revoked has neither tag nor slot, and stays for its name in the log.
# What a program was answered is kept for a day, sealed with the key of what it made, and can't be
# opened any more once that is deleted.
PROGRAMS = (
    """
    CREATE TABLE programs (
        id TEXT PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
        tag BLOB UNIQUE,
        slot BLOB,
        created TEXT NOT NULL,
        used TEXT,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        CHECK ((tag IS NULL) = (slot IS NULL))
    ) STRICT
    """,
    """
    CREATE TABLE answers (
        id TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        about TEXT REFERENCES subjects (id) ON DELETE SET NULL,
        generation INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX answers_by_subject ON answers (about)",
    "CREATE INDEX answers_by_time ON answers (at)",
)

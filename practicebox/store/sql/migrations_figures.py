"""Steps of the schema (`migrations`) for what the practice counts."""

# What the clinician's page told of a call: the kind of way, or what went wrong. In clear, for it is
# written while the vault is locked; names an appointment, no person, and goes with it. `figures`
# has the numbers of a day without any id; they stay when the appointments are gone.
FIGURES = (
    """
    CREATE TABLE ways (
        appointment TEXT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
        way TEXT NOT NULL
            CHECK (way IN ('direct', 'relay', 'blocked', 'no-relay', 'lost', 'offline')),
        PRIMARY KEY (appointment, way)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE figures (
        day TEXT NOT NULL,
        what TEXT NOT NULL,
        count INTEGER NOT NULL CHECK (count > 0),
        PRIMARY KEY (day, what)
    ) STRICT, WITHOUT ROWID
    """,
)

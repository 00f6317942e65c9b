"""What patients hand in while the vault may be locked: sealed to the practice's public key.

Even what kind of thing it is stays sealed; only id, time and size can be seen.
"""

from __future__ import annotations

import sqlite3

from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NotFounded
from practicebox.store.records import Submission
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import Keyring, open_submission, seal_submission

_END = b"\n"  # of the kind, in front of the payload


async def submit(box: Box, kind: str, payload: bytes) -> str:
    """Seal and keep what was handed in; its id. Raise `NotFounded`."""
    if "\n" in kind:
        raise ValueError("a kind is one line")
    submission_id, received = new_id(box.random), to_text(box.now())
    content = kind.encode() + _END + payload

    def write(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT generation, public_key FROM practice").fetchone()
        if row is None:
            raise NotFounded
        generation, public_key = row
        sealed = seal_submission(public_key, _place(submission_id, generation), content)
        connection.execute(
            "INSERT INTO submissions (id, received, generation, sealed) VALUES (?, ?, ?, ?)",
            (submission_id, received, generation, sealed),
        )

    await box.database.transaction(write)
    return submission_id


def submissions(connection: sqlite3.Connection, keyring: Keyring) -> list[Submission]:
    """Everything handed in, oldest first; raise `SealBroken`."""
    rows = connection.execute(
        "SELECT id, received, generation, sealed FROM submissions ORDER BY received, id"
    )
    return [_open(keyring, *row) for row in rows]


def _open(
    keyring: Keyring, submission_id: str, received: str, generation: int, sealed: bytes
) -> Submission:
    place = _place(submission_id, generation)
    content = open_submission(keyring.generation(generation), place, sealed)
    kind, _, payload = content.partition(_END)
    return Submission(submission_id, kind.decode(), from_text(received), payload)


def _place(submission_id: str, generation: int) -> bytes:
    return associated("submissions", submission_id, generation)

"""Answers to programs, kept for a day: whoever asks the same once more gets the same answer.

An answer is written in the transaction of what it tells of, so after a power cut there are both or
neither. It is sealed with the key of what was made, and goes with it; what is left then says only
that the same question has been answered.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from practicebox.store.box import Box
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import open_record, seal_record
from practicebox.store.vault.subjects import find_subject

KEPT = timedelta(hours=24)
_TABLE = "answers"
T = TypeVar("T")


class OtherQuestion(Exception):
    """The same key came with another question before."""


class AnswerGone(Exception):
    """The question was answered; what it made has been deleted since."""


@dataclass(frozen=True)
class Answer:
    """What went back to the program."""

    about: str  # id of what was made or changed
    status: int
    headers: dict[str, str]
    body: str = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A question that may come twice."""

    id: str  # of program and key; tells nothing of either
    digest: str  # of all that was asked


class Answers:
    """Needs an unlocked vault; raises `Locked` otherwise."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def question(self, program_id: str, key: str, *asked: str | bytes) -> Question:
        """A question by what it says, and by the key that its program gave it."""
        tag = self._box.key.tag("answer", associated(program_id, key))
        return Question(tag.hex(), hashlib.sha256(associated(*asked)).hexdigest())

    async def find(self, question: Question) -> Answer | None:
        """The answer it was given within a day; None where there was none.

        Raise `OtherQuestion`, `AnswerGone` or `SealBroken`.
        """
        box, keyring, oldest = self._box, self._box.vault.keyring(), self._box.now() - KEPT

        def read(connection: sqlite3.Connection) -> Answer | None:
            row = connection.execute(
                "SELECT at, about, generation, sealed FROM answers WHERE id = ?", (question.id,)
            ).fetchone()
            if row is None or from_text(row[0]) <= oldest:
                return None
            subject = find_subject(connection, keyring, row[1]) if row[1] else None
            if subject is None:
                raise AnswerGone
            told = json.loads(open_record(subject, _TABLE, question.id, row[2], row[3]))
            if told.pop("digest") != question.digest:
                raise OtherQuestion
            return Answer(**told)

        return await box.database.run(read)

    def keeping(
        self, question: Question, describe: Callable[[T], Answer]
    ) -> Callable[[sqlite3.Connection, T], None]:
        """What `Terms.after` needs to keep the answer to a question."""

        def keep(connection: sqlite3.Connection, made: T) -> None:
            self._keep(connection, question, describe(made))

        return keep

    def _keep(self, connection: sqlite3.Connection, question: Question, answer: Answer) -> None:
        box, now = self._box, self._box.now()
        forget(connection, to_text(now - KEPT))
        subject = find_subject(connection, box.vault.keyring(), answer.about)
        assert subject is not None, "it has just been written"
        content = {
            "digest": question.digest,
            "about": answer.about,
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
        }
        blob = json.dumps(content, ensure_ascii=False).encode()
        sealed = seal_record(subject, _TABLE, question.id, blob, box.random)
        connection.execute(
            "INSERT INTO answers (id, at, about, generation, sealed) VALUES (?, ?, ?, ?, ?)",
            (question.id, to_text(now), subject.id, subject.generation, sealed),
        )


def forget(connection: sqlite3.Connection, until: str) -> None:
    """Forget what was answered until then."""
    connection.execute("DELETE FROM answers WHERE at <= ?", (until,))


def lose(connection: sqlite3.Connection, subject_id: str) -> None:
    """Forget what the answers about a subject say, whose key is another one from now on."""
    connection.execute(
        "UPDATE answers SET about = NULL, sealed = x'' WHERE about = ?", (subject_id,)
    )

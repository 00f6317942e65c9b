"""Invitations: from an access code or a link to an appointment, while the vault may be locked.

The database holds only keyed tags; codes and links themselves are sealed with the appointment. An
unknown code takes the same path as a known one: one tag, one query that always gives one row.
"""

from __future__ import annotations

import hmac
import sqlite3
from typing import Any

from practicebox.practice import codes
from practicebox.practice.codes import CodePair, NotACode
from practicebox.practice.link import Link, join_token
from practicebox.store.box import Box
from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Invitation
from practicebox.store.times import from_text
from practicebox.store.vault.boxkey import TAG_BYTES, BoxKey

# The outer join gives a row of NULLs for an unknown tag.
_FIND = (
    "SELECT appointments.id, role, starts, minutes, state, participants.id,"
    " participants.id IS NULL OR (released AND conference), token_tag"
    " FROM (SELECT ? AS wanted) LEFT JOIN invitations ON {column} = wanted"
    " LEFT JOIN appointments ON appointments.id = invitations.appointment"
    " LEFT JOIN participants ON participants.id = participant"
)


class Invitations:
    """The way from what a patient holds to the appointment."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def by_code(self, code: str) -> Invitation:
        """The invitation of a code in any spelling; raise `UnknownInvitation`."""
        row = await self._find("code_tag", code_tag(self._box.key, _canonical(code)))
        return _invitation(row)

    async def by_link(self, rid: bytes, token: bytes) -> Invitation:
        """The invitation of a locator and its join token; raise `UnknownInvitation`."""
        given = token_tag(self._box.key, token)
        row = await self._find("rid_tag", rid_tag(self._box.key, rid))
        if not hmac.compare_digest(row[-1] or bytes(TAG_BYTES), given):
            raise UnknownInvitation
        return _invitation(row)

    async def of_doctor(self, appointment_id: str) -> Invitation:
        """The doctor's invitation to an appointment; raise `UnknownInvitation`."""
        query = (
            "SELECT id, 'doctor', starts, minutes, state, NULL, 1, NULL"
            " FROM appointments WHERE id = ?"
        )
        return await self._one(query, appointment_id)

    async def of_doctor_towards(self, appointment_id: str, participant_id: str) -> Invitation:
        """The doctor's way to one participant of a conference; raise `UnknownInvitation`.

        Not `is_open` while that person's own door isn't.
        """
        query = (
            "SELECT appointments.id, 'doctor', starts, minutes, state, participants.id,"
            " released AND conference, NULL FROM appointments"
            " JOIN participants ON participants.appointment = appointments.id"
            " WHERE appointments.id = ? AND participants.id = ?"
        )
        return await self._one(query, appointment_id, participant_id)

    async def _one(self, query: str, *ids: str) -> Invitation:
        row = await self._box.database.run(
            lambda connection: connection.execute(query, ids).fetchone()
        )
        if row is None:
            raise UnknownInvitation
        return _invitation(row)

    async def _find(self, column: str, tag: bytes) -> tuple[Any, ...]:
        query = _FIND.format(column=column)
        row: tuple[Any, ...] = await self._box.database.run(
            lambda connection: connection.execute(query, (tag,)).fetchone()
        )
        return row


def code_tag(key: BoxKey, code: str) -> bytes:
    """How an access code is found."""
    return key.tag("access code", code.encode("utf-8", "surrogatepass"))


def rid_tag(key: BoxKey, rid: bytes) -> bytes:
    """How a link is found."""
    return key.tag("rid", rid)


def token_tag(key: BoxKey, token: bytes) -> bytes:
    """What a join token is compared with."""
    return key.tag("join token", token)


def are_taken(connection: sqlite3.Connection, key: BoxKey, pair: CodePair) -> bool:
    """Whether one of the codes belongs to another appointment."""
    tags = (code_tag(key, pair.doctor), code_tag(key, pair.patient))
    query = "SELECT 1 FROM invitations WHERE code_tag IN (?, ?)"
    return connection.execute(query, tags).fetchone() is not None


def insert(
    connection: sqlite3.Connection,
    key: BoxKey,
    appointment_id: str,
    pair: CodePair,
    link: Link,
    participant_id: str | None = None,
) -> None:
    """Write both invitations of an appointment, or of one participant beside its patient."""
    connection.executemany(
        "INSERT INTO invitations (code_tag, appointment, participant, role, rid_tag, token_tag)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (code_tag(key, pair.doctor), appointment_id, participant_id, "doctor", None, None),
            (
                code_tag(key, pair.patient),
                appointment_id,
                participant_id,
                "patient",
                rid_tag(key, link.rid),
                token_tag(key, join_token(link)),
            ),
        ),
    )


def _canonical(code: str) -> str:
    """The code as it was made; text that can't be one stays as it is and finds nothing."""
    try:
        return codes.read(code)
    except NotACode:
        return code


def _invitation(row: tuple[Any, ...]) -> Invitation:
    appointment_id, role, starts, minutes, state, participant, is_open, _ = row
    if appointment_id is None:
        raise UnknownInvitation
    times = from_text(starts), minutes
    return Invitation(appointment_id, role, *times, state, participant or "", bool(is_open))

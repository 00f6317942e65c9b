"""Who takes part in a conference beside its patient: one sealed row each, with its way in.

Under the appointment's own key, so that all of it is shredded with the appointment. In clear is
only whether a participant's door is open, which the patient door asks while the vault is locked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date
from typing import Any, TypeVar

from practicebox.practice.codes import CodePair
from practicebox.practice.conference import BESIDE, Release, granters
from practicebox.practice.link import Link, new_link
from practicebox.store.appointments import booking, invitations
from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import (
    NoSuchAppointment,
    NoSuchParticipant,
    TooManyParticipants,
)
from practicebox.store.records_conference import Participant, ParticipantDraft
from practicebox.store.sql.transactions import transaction
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, Subject, open_record, seal_record
from practicebox.store.vault.subjects import find_subject

T = TypeVar("T")
_TABLE = "participants"


class Participants:
    """Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def add(self, appointment_id: str, draft: ParticipantDraft, by: By) -> Participant:
        """Somebody more, with fresh codes and link; raise `NoSuchAppointment` or
        `TooManyParticipants`."""
        box, keyring = self._box, self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> Participant:
            with transaction(connection, box.now()):
                subject = _subject(connection, keyring, appointment_id)
                if len(_rows(connection, appointment_id)) >= BESIDE:
                    raise TooManyParticipants
                new = _new(connection, box, appointment_id, draft)
                _write(connection, box, subject, new)
                invitations.insert(connection, box.key, appointment_id, new.codes, new.link, new.id)
                self._note(connection, keyring, by.did(Action.PARTICIPANT_ADDED, appointment_id))
                return new

        return await self._run(write)

    async def of(self, appointment_id: str) -> list[Participant]:
        """Everybody, in the order in which they were added; raise `NoSuchAppointment`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: read(connection, keyring, appointment_id)
        )

    async def get(self, appointment_id: str, participant_id: str) -> Participant:
        """One of them; raise `NoSuchParticipant` or `NoSuchAppointment`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: _find(connection, keyring, appointment_id, participant_id)
        )

    async def remove(self, appointment_id: str, participant_id: str, by: By) -> None:
        """Take code and link from somebody, and forget them; raise `NoSuchParticipant`."""
        keyring = self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection, self._box.now()):
                gone = connection.execute(
                    "DELETE FROM participants WHERE appointment = ? AND id = ?",
                    (appointment_id, participant_id),
                )
                if gone.rowcount != 1:
                    raise NoSuchParticipant
                self._note(connection, keyring, by.did(Action.PARTICIPANT_REMOVED, appointment_id))

        await self._run(write)

    async def release(
        self, appointment_id: str, participant_id: str, release: Release, by: By
    ) -> None:
        """Note a release from secrecy, and open the door; raise `NoSuchParticipant`."""

        def released(before: Participant) -> Participant:
            if release.by not in granters(before.role):
                raise ValueError("nobody of this role comes in on that word")
            return replace(before, release=release, revoked=None)

        noted = by.did(Action.RELEASE_NOTED, appointment_id, f"{release.by}, {release.how}")
        await self._change(appointment_id, participant_id, released, noted)

    async def revoke(self, appointment_id: str, participant_id: str, by: By) -> None:
        """Take a release back: closes the door, and ends the visits; raise `NoSuchParticipant`."""

        def revoked(before: Participant) -> Participant:
            return replace(before, release=None, revoked=self._box.now())

        noted = by.did(Action.RELEASE_REVOKED, appointment_id)
        await self._change(appointment_id, participant_id, revoked, noted)

    async def _change(
        self,
        appointment_id: str,
        participant_id: str,
        change: Callable[[Participant], Participant],
        noted: audit.Entry,
    ) -> None:
        box, keyring = self._box, self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection, box.now()):
                subject = _subject(connection, keyring, appointment_id)
                after = change(_find(connection, keyring, appointment_id, participant_id))
                _write(connection, box, subject, after)
                if not after.may_enter:
                    connection.execute(
                        "DELETE FROM visits WHERE participant = ?", (participant_id,)
                    )
                self._note(connection, keyring, noted)

        await self._run(write)

    async def _run(self, write: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._box.database.run(write)
        finally:
            self._box.news.tell()

    def _note(self, connection: sqlite3.Connection, keyring: Keyring, entry: audit.Entry) -> None:
        audit.note(connection, keyring, self._box.random, self._box.now(), entry)


def read(
    connection: sqlite3.Connection, keyring: Keyring, appointment_id: str
) -> list[Participant]:
    """Everybody beside the patient; raise `NoSuchAppointment` or `SealBroken`."""
    subject = _subject(connection, keyring, appointment_id)
    return [_open(subject, *row) for row in _rows(connection, appointment_id)]


def _find(
    connection: sqlite3.Connection, keyring: Keyring, appointment_id: str, participant_id: str
) -> Participant:
    for one in read(connection, keyring, appointment_id):
        if one.id == participant_id:
            return one
    raise NoSuchParticipant


def _subject(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Subject:
    subject = find_subject(connection, keyring, appointment_id)
    if subject is None or not booking.days_of(connection, [appointment_id]):
        raise NoSuchAppointment
    return subject


def _rows(connection: sqlite3.Connection, appointment_id: str) -> list[tuple[str, int, bytes]]:
    return connection.execute(
        "SELECT id, generation, sealed FROM participants WHERE appointment = ? ORDER BY rowid",
        (appointment_id,),
    ).fetchall()


def _new(
    connection: sqlite3.Connection, box: Box, appointment_id: str, draft: ParticipantDraft
) -> Participant:
    return Participant(
        new_id(box.random),
        appointment_id,
        draft.name,
        draft.role,
        draft.email,
        draft.phone,
        booking.free_codes(connection, box),
        new_link(box.random),
        box.now().astimezone(UTC),
    )


def _write(connection: sqlite3.Connection, box: Box, subject: Subject, one: Participant) -> None:
    sealed = seal_record(subject, _TABLE, one.id, _dump(one), box.random)
    connection.execute(
        "INSERT INTO participants (id, appointment, released, generation, sealed)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET released = excluded.released,"
        " generation = excluded.generation, sealed = excluded.sealed",
        (one.id, one.appointment_id, one.may_enter, subject.generation, sealed),
    )


def _dump(one: Participant) -> bytes:
    release = one.release
    content = {
        "name": one.name,
        "role": one.role,
        "email": one.email,
        "phone": one.phone,
        "codes": {"doctor": one.codes.doctor, "patient": one.codes.patient},
        "link": {"rid": one.link.rid.hex(), "secret": one.link.secret.hex()},
        "created": to_text(one.created),
        "revoked": to_text(one.revoked) if one.revoked else None,
        "release": {
            "by": release.by,
            "how": release.how,
            "day": release.day.isoformat(),
            "noted_by": release.noted_by,
            "noted": to_text(release.noted),
        }
        if release
        else None,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _open(subject: Subject, id_: str, generation: int, sealed: bytes) -> Participant:
    told = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
    return Participant(
        id_,
        subject.id,
        told["name"],
        told["role"],
        told["email"],
        told["phone"],
        CodePair(**told["codes"]),
        Link(**{name: bytes.fromhex(value) for name, value in told["link"].items()}),
        from_text(told["created"]),
        _release(told["release"]),
        from_text(told["revoked"]) if told["revoked"] else None,
    )


def _release(told: dict[str, Any] | None) -> Release | None:
    if told is None:
        return None
    day, noted = date.fromisoformat(told["day"]), from_text(told["noted"])
    return Release(told["by"], told["how"], day, told["noted_by"], noted)

"""Programs that may use the interface for software: made, let in, revoked.

A program is a device without a person: it is let in only while the vault is open, and never opens
it (docs/security.md has the argument).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress

from practicebox.practice import programs as tokens
from practicebox.practice.programs import NotAToken
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import DiskFailed, Locked, TooManyPrograms, UnknownToken
from practicebox.store.people import program_rows, rotation
from practicebox.store.people.endings import Ending
from practicebox.store.records import Program
from practicebox.store.vault.aead import KEY_BYTES
from practicebox.store.vault.keyring import Keyring

MOST = 20  # at a time; a practice has one practice software, and a list is to be read


class Programs:
    """Which programs may come in. Needs an unlocked vault (`Locked`)."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def all(self) -> list[Program]:
        """All programs, oldest first, also those that were revoked."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: program_rows.programs(c, keyring))

    async def add(self, name: str, scopes: Iterable[str], by: By = BY_BOX) -> tuple[Program, str]:
        """A program more, and its token, which nobody can ever see again.

        Raise `TooManyPrograms`.
        """
        box, secret = self._box, self._box.random(tokens.SECRET_BYTES)
        wanted = tokens.in_order(scopes)
        program = Program(new_id(box.random), name.strip(), wanted, "approved", box.now())

        def write(connection: sqlite3.Connection, keyring: Keyring) -> None:
            there = program_rows.programs(connection, keyring)
            if sum(one.state == "approved" for one in there) >= MOST:
                raise TooManyPrograms
            program_rows.add(connection, keyring, box.key, program, secret, box.random)

        await rotation.alter(box, write, by.did(Action.PROGRAM_ADDED, program.id))
        return program, tokens.write(secret)

    async def revoke(self, program_id: str, by: By = BY_BOX) -> None:
        """Let a program in no more, and end what it has open; raise `NoSuchProgram`."""
        await rotation.alter(
            self._box,
            lambda connection, keyring: program_rows.revoke(connection, program_id),
            by.did(Action.PROGRAM_REVOKED, program_id),
            erases=True,
        )
        self._box.endings.tell([program_id], Ending.DEVICE)

    async def enter(self, token: str) -> Program:
        """The program that has this token; raise `UnknownToken` first, then `Locked`."""
        box = self._box
        try:
            secret, is_token = tokens.read(token), True
        except NotAToken:
            secret, is_token = bytes(KEY_BYTES), False  # takes the same way

        def read(connection: sqlite3.Connection) -> Program:
            if box.vault.is_unlocked:
                return program_rows.enter(connection, box.vault.keyring(), box.key, secret)
            if not program_rows.is_known(connection, box.key, secret):
                raise UnknownToken
            raise Locked

        program = await box.database.run(read)
        if not is_token:
            raise UnknownToken
        await self._note_use(program)
        return program

    async def _note_use(self, program: Program) -> None:
        """To the day: a write per request wears out SD cards."""
        today = self._box.now().date()
        if program.used != today:
            with suppress(DiskFailed):  # reading goes on where nothing can be written
                await self._box.database.transaction(
                    lambda c: program_rows.note_use(c, program.id, today)
                )

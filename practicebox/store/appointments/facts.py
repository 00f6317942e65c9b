"""What billing asks of appointments: whose, who pays, new or not, which treatment. No names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from practicebox.store.appointments import booking
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, SealBroken
from practicebox.store.records import Kind, Payer, Standing


@dataclass(frozen=True)
class Fact:
    """An appointment as far as billing asks."""

    patient_id: str
    kind: Kind
    payer: Payer = field(repr=False)
    standing: Standing = field(repr=False)
    treatment: str = field(repr=False)
    organiser: str


class Facts:
    """Raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def of(self, ids: Iterable[str]) -> dict[str, Fact]:
        """The facts of those appointments that are there and can be opened, in one hop."""
        keyring, wanted = self._box.vault.keyring(), tuple(ids)

        def read(connection: sqlite3.Connection) -> dict[str, Fact]:
            found = {}
            for id_ in wanted:
                with suppress(NoSuchAppointment, SealBroken):
                    one = booking.find(connection, keyring, id_).appointment
                    found[id_] = Fact(
                        one.patient_id,
                        one.kind,
                        one.patient.payer,
                        one.patient.standing,
                        one.treatment,
                        one.organiser,
                    )
            return found

        return await self._box.database.run(read)

"""A box that lives through one deed, in a process that may be killed at any change of a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from practicebox.store.people.records_sessions import Session
from practicebox.store.store import Store
from tests.store.world import CHEAP, PASSWORD, Clock

SECRET_BYTES = 32


@dataclass
class Kept:
    """What people keep outside the box: the browser its secret, the user a password."""

    secret: bytes = b""  # 32 bytes, of the first workstation
    password: str = PASSWORD

    @classmethod
    def read(cls, file: Path) -> Kept:
        """What `write` has kept, or what there is before the set-up."""
        if not file.exists():
            return cls()
        content = file.read_bytes()
        return cls(content[:SECRET_BYTES], content[SECRET_BYTES:].decode())

    def write(self, file: Path) -> None:
        """Keep it."""
        file.write_bytes(self.secret + self.password.encode())


@dataclass
class Life:
    """The store, a clock that stands still, and randomness that comes the same every time."""

    folder: Path
    seed: str
    begin: Callable[[], None]  # called where the deed itself begins; before it no kill counts
    done: Callable[[], None]  # called where a part of it is acknowledged
    kept: Kept
    clock: Clock = field(default_factory=Clock)
    _store: Store | None = None

    @property
    def store(self) -> Store:
        assert self._store is not None
        return self._store

    async def open(self) -> Store:
        """Start the box: the vault is locked."""
        bits = random.Random(self.seed)
        self._store = await Store.open(
            self.folder, now=self.clock, random=bits.randbytes, costs=CHEAP
        )
        return self._store

    async def log_in(self) -> Session:
        """Start the box, and let the first user log in."""
        store = await self.open()
        return await store.login("sonne", "aenne", self.kept.password, self.kept.secret)

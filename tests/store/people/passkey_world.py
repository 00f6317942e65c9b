"""Passkeys of a practice, without a browser: what they hold and how they answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from practicebox.store.conditions import WrongCredentials, WrongPasskey
from practicebox.store.people.records_sessions import NewPasskey, Session, Shown
from tests.store.world import PASSWORD, World, reading

HOST = "sonne.local"


@dataclass
class Key:
    """A passkey outside of the box: it answers as it is told to."""

    credential_id: bytes
    secret: bytes
    verifier: bytes = b"verifier of this passkey"
    count: int = 1
    is_right: bool = True
    asked: tuple[str, bytes] | None = None

    def new(self, name: str = "Schlüssel am Bund") -> NewPasskey:
        return NewPasskey(name, HOST, self.credential_id, self.verifier, self.count, self.secret)

    def shown(self, credential_id: bytes | None = None, secret: bytes | None = None) -> Shown:
        """Touched once more; what differs is given."""
        self.count += 1
        return Shown(
            self.credential_id if credential_id is None else credential_id,
            self.secret if secret is None else secret,
            self._check,
        )

    async def _check(self, user_id: str, verifier: bytes) -> int:
        self.asked = user_id, verifier
        if not self.is_right:
            raise WrongPasskey
        return self.count


def key(letter: bytes = b"a") -> Key:
    return Key(b"credential " + letter, (b"secret " + letter) * 4)


async def add(world: World, new: Key | None = None, name: str = "Schlüssel am Bund") -> Key:
    """A passkey of the first user."""
    made = new or key()
    await world.store.passkeys.add(world.founded.user_id, PASSWORD, made.new(name))
    return made


async def log_in(world: World, shown: Shown, secret: bytes | None = None) -> Session:
    return await world.store.passkeys.login(shown, secret or world.founded.device_secret)


async def refuses(world: World, shown: Shown) -> bool:
    with pytest.raises(WrongCredentials):
        await log_in(world, shown)
    return True


def change(world: World, sql: str, *values: object) -> None:
    """What somebody does who has the disk."""
    with reading(world.path) as connection:
        assert connection.execute(sql, values).rowcount > 0

"""Passkeys: a second key to what the password opens, made, used and thrown away.

A passkey (W3C Web Authentication) gives the browser 32 secret bytes for one fixed question, once
its owner has shown finger, face or PIN (the extension PRF). Under them the user's private key is
sealed a second time. The private key itself is known only while the password is at hand, so that a
new passkey takes the password. From there on all is as with a password: the approved workstation
is needed, and an unknown one gets the same answer.

What a passkey has signed is judged by whoever asked for it (`Shown.check`), with the verifier that
comes out of the same seal. Signature and count only say that this is no recording and no copy; what
opens the vault is the secret.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import (
    DeviceNotApproved,
    NoSuchPasskey,
    NoSuchUser,
    WrongCredentials,
    WrongPasskey,
)
from practicebox.store.people import access, passkey_rows, rotation, sessions
from practicebox.store.people.passkey_rows import Found, NewRow
from practicebox.store.people.records_sessions import NewPasskey, Passkey, Session, Shown
from practicebox.store.vault import slots
from practicebox.store.vault.slots import PasskeyPlace


class Passkeys:
    """Everybody's passkeys. `wake` is told that the vault has been unlocked."""

    def __init__(self, box: Box, wake: Callable[[], object]) -> None:
        self._box = box
        self._wake = wake

    async def exist(self) -> bool:
        """Whether anybody here has a passkey, locked or not."""
        return await self._box.database.run(passkey_rows.exist)

    async def of(self, user_id: str) -> list[Passkey]:
        """The passkeys of a user, the oldest first (unlocked)."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: passkey_rows.of_user(connection, keyring, user_id)
        )

    async def check_password(self, user_id: str, password: str) -> None:
        """Ask before a passkey is made in vain; raise `WrongPassword` or `NoSuchUser`."""
        await self._private_key(user_id, password)

    async def add(self, user_id: str, password: str, new: NewPasskey, by: By = BY_BOX) -> None:
        """A passkey more (unlocked).

        Raise `WrongPassword`, `NoSuchUser`, `TooManyPasskeys` or `WrongPasskey`.
        """
        box = self._box
        private_key, public_key = await self._private_key(user_id, password)
        passkey = Passkey(new_id(box.random), new.name, new.host, new.credential_id, box.now())
        place = PasskeyPlace(user_id, passkey.id)
        sealed_key = slots.seal_passkey(place, private_key, new.verifier, new.secret, box.random)
        row = NewRow(user_id, passkey, new.count, sealed_key, public_key)
        await rotation.alter(
            box,
            lambda connection, keyring: passkey_rows.add(
                connection, keyring, box.key, row, box.random
            ),
            by.did(Action.PASSKEY_ADDED, detail=new.name),
        )

    async def remove(self, user_id: str, passkey_id: str, by: By = BY_BOX) -> None:
        """Throw away one of a user's own passkeys (unlocked); raise `NoSuchPasskey`."""
        names = {passkey.id: passkey.name for passkey in await self.of(user_id)}
        if passkey_id not in names:
            raise NoSuchPasskey
        await rotation.alter(
            self._box,
            lambda connection, keyring: passkey_rows.remove(connection, user_id, passkey_id),
            by.did(Action.PASSKEY_REMOVED, detail=names[passkey_id]),
            erases=True,
        )

    async def login(self, shown: Shown, device_secret: bytes | None) -> Session:
        """Unlock and begin a session; raise `WrongCredentials` or `DeviceNotApproved`."""
        box = self._box
        found, private_key, count = await self._judge(shown, device_secret)
        user_id = found.place.user_id
        try:
            device_id, keyring = await access.unlock(box, user_id, private_key, device_secret)
        except DeviceNotApproved as condition:
            condition.user_id = user_id
            await access.note_failure(box, user_id, device_secret, "device")
            raise
        used = await self._note_use(found, count)
        session = await sessions.start(
            box, keyring, user_id, device_id, Action.LOGIN_BY_PASSKEY, used.name
        )
        self._wake()
        return session

    async def uncover(self, token: str, shown: Shown, device_secret: bytes | None) -> None:
        """Unlock the screen of a session with a passkey of the same user.

        Raise `WrongCredentials`, `NoSession` or `DeviceNotApproved`.
        """
        box, bearer = self._box, await sessions.bearer(self._box, token)
        found, private_key, count = await self._judge(shown, device_secret, bearer.user_id)
        device_id, _ = await access.unlock(box, bearer.user_id, private_key, device_secret)
        if device_id != bearer.device_id:
            raise DeviceNotApproved
        await self._note_use(found, count)
        await sessions.cover(box, (bearer.session_id,), covered=False)
        self._wake()

    async def _judge(
        self, shown: Shown, device_secret: bytes | None, user_id: str = ""
    ) -> tuple[Found, bytes, int]:
        """The passkey, what it opens and its new count; raise `WrongCredentials`. With `user_id`
        it has to be that user's. Whatever is wrong reads the same and is noted alike."""
        box, tag = self._box, passkey_rows.tag(self._box.key, shown.credential_id)
        found = await box.database.run(lambda connection: passkey_rows.find(connection, tag))
        try:
            if found is None or (user_id and found.place.user_id != user_id):
                raise WrongPasskey
            private_key, verifier = slots.open_passkey(
                found.place, found.public_key, found.sealed_key, shown.secret
            )
            count = await shown.check(found.place.user_id, verifier)
            if (count or found.count) and count <= found.count:
                raise WrongPasskey  # a copy of it has signed since (WebAuthn section 6.1.1)
        except WrongPasskey:
            whose = found.place.user_id if found else ""
            await access.note_failure(box, whose, device_secret)
            raise WrongCredentials from None
        return found, private_key, count

    async def _note_use(self, found: Found, count: int) -> Passkey:
        box, keyring, moment = self._box, self._box.vault.keyring(), self._box.now()

        def write(connection: sqlite3.Connection) -> Passkey:
            return passkey_rows.note_use(connection, keyring, found, count, moment, box.random)

        try:
            return await box.database.transaction(write)
        except WrongPasskey:  # removed a moment ago
            raise WrongCredentials from None

    async def _private_key(self, user_id: str, password: str) -> tuple[bytes, bytes]:
        """Both halves of the user's key pair; raise `WrongPassword` or `NoSuchUser`."""
        box = self._box
        found = await box.database.run(lambda connection: access.account(connection, "id", user_id))
        if found is None:
            raise NoSuchUser
        password_key = await box.argon.stretch(password, found.salt, found.cost)
        private_key = slots.open_user_key(user_id, found.key, password_key)
        return private_key, found.key.public_key

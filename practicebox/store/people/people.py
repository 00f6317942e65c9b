"""Users and workstations as the Hauptnutzer handles them: change, end, approval, lock, theft.

Every deed is one transaction; the sessions it ends are told after the commit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from practicebox.practice.one_time_code import OneTimeCode
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import MainUser, NoSuchUser, SealBroken, WrongMasterPassword
from practicebox.store.people import (
    access,
    colleagues,
    devices,
    enrolments,
    passkey_rows,
    rotation,
    sessions,
    staff,
)
from practicebox.store.people.endings import Ending
from practicebox.store.people.records_sessions import Enrolment, Presence
from practicebox.store.records import Device, Person, Role, User
from practicebox.store.times import to_text
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES
from practicebox.store.vault.keyring import Keyring, MasterWrap, open_keyring, renewed


class People:
    """Who may come in, and from where. Everything here needs an unlocked vault (`Locked`)."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def everybody(self) -> list[User]:
        """All users, also those who are invited and those who have left."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda connection: staff.users(connection, keyring))

    async def invite(self, role: Role, person: Person, by: By = BY_BOX) -> Enrolment:
        """A new user and the one-time code for them."""
        return await enrolments.invite(self._box, role, person, by)

    async def renew_code(self, user_id: str, by: By = BY_BOX) -> Enrolment:
        """Another code for an invited user; raise `NoSuchUser`."""
        return await enrolments.renew(self._box, user_id, by)

    async def enrol(
        self, code: OneTimeCode, short_name: str, password: str, device_secret: bytes | None
    ) -> str:
        """Use a code; the user's id. Raise `UnknownCode`, `ShortNameTaken` or `Locked`."""
        return await enrolments.enrol(self._box, code, short_name, password, device_secret)

    async def change(self, user_id: str, role: Role, person: Person, by: By = BY_BOX) -> bool:
        """Another role and other personal data for a colleague; whether the role is another one,
        which ends all their sessions. Raise `NoSuchUser` or `MainUser`."""
        return await colleagues.change(self._box, user_id, role, person, by)

    async def needs_master_password(self) -> bool:
        """Whether off-boarding needs the master password once: the box is from before there were
        several users, and it was never typed since."""
        return self._box.vault.keyring().master is None

    async def off_board(self, user_id: str, master_password: str = "", by: By = BY_BOX) -> None:
        """End a user's access: key, slot and sessions are gone, everybody else has new slots of a
        new vault key, and what is written from now on is sealed with a new generation.

        Raise `NoSuchUser`, `MainUser`, `MasterPasswordNeeded` or `WrongMasterPassword`.
        """
        box, departed = self._box, to_text(self._box.now())
        master = box.vault.keyring().master or await self._read_master(master_password)

        def write(connection: sqlite3.Connection, keyring: Keyring) -> tuple[list[str], Keyring]:
            user = staff.user(connection, keyring, user_id)
            if user.role == "admin":
                raise MainUser
            if user.state == "departed":
                raise NoSuchUser
            if user.state == "invited":
                connection.execute("DELETE FROM enrolments WHERE user = ?", (user_id,))
            passkey_rows.forget(connection, user_id)
            connection.execute("INSERT INTO departures VALUES (?, ?)", (user_id, departed))
            connection.execute(
                "UPDATE users SET tag = ?, salt = x'', private_key = x'', slot = x'' WHERE id = ?",
                (staff.nameless_tag(box.key, user_id), user_id),
            )
            ended = sessions.end_where(connection, "user = ?", user_id)
            return ended, replace(renewed(keyring, box.random), master=master)

        ended, _ = await rotation.rotate(box, write, by.did(Action.USER_REMOVED, user_id))
        box.endings.tell(ended, Ending.DEPARTED)

    async def devices(self) -> list[Device]:
        """All workstations, oldest first."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda connection: devices.devices(connection, keyring))

    async def approve(self, name: str, secret: bytes, by: By = BY_BOX) -> Device:
        """A workstation more; `secret` (32 bytes) is in its cookie."""
        box = self._box
        device = Device(new_id(box.random), name.strip(), "approved", box.now())
        await rotation.alter(
            box,
            lambda connection, keyring: devices.add_device(
                connection, keyring, box.key, device, secret, box.random
            ),
            by.did(Action.DEVICE_APPROVED, device.id),
        )
        return device

    async def lock_device(self, device_id: str, by: By = BY_BOX) -> None:
        """Keep a workstation out for a while; raise `NoSuchDevice` or `LastDevice`."""
        moment = to_text(self._box.now())

        def write(connection: sqlite3.Connection, keyring: Keyring) -> list[str]:
            devices.lock(connection, device_id, moment)
            return sessions.end_where(connection, "device = ?", device_id)

        deed = by.did(Action.DEVICE_LOCKED, device_id)
        ended = await rotation.alter(self._box, write, deed, erases=True)
        self._box.endings.tell(ended, Ending.DEVICE)

    async def unlock_device(self, device_id: str, by: By = BY_BOX) -> None:
        """Let a locked workstation in again; raise `NoSuchDevice`."""
        random = self._box.random
        await rotation.alter(
            self._box,
            lambda connection, keyring: devices.unlock(connection, keyring, device_id, random),
            by.did(Action.DEVICE_UNLOCKED, device_id),
        )

    async def revoke_device(self, device_id: str, by: By = BY_BOX) -> None:
        """Lock a workstation out for good; raise `NoSuchDevice` or `LastDevice`."""

        def write(connection: sqlite3.Connection, keyring: Keyring) -> list[str]:
            devices.revoke(connection, device_id)
            return sessions.end_where(connection, "device = ?", device_id)

        deed = by.did(Action.DEVICE_REVOKED, device_id)
        ended = await rotation.alter(self._box, write, deed, erases=True)
        self._box.endings.tell(ended, Ending.DEVICE)

    async def stolen(self, device_id: str, by: By = BY_BOX) -> None:
        """Revoke a workstation and draw a new device key, so that what the thief took with it fits
        no slot any more. Raise `NoSuchDevice` or `LastDevice`."""
        box = self._box

        def write(connection: sqlite3.Connection, keyring: Keyring) -> tuple[list[str], Keyring]:
            devices.revoke(connection, device_id)
            ended = sessions.end_where(connection, "device = ?", device_id)
            return ended, replace(keyring, device_key=box.random(KEY_BYTES))

        ended, _ = await rotation.rotate(box, write, by.did(Action.DEVICE_STOLEN, device_id))
        box.endings.tell(ended, Ending.DEVICE)

    async def present(self) -> list[Presence]:
        """Who is logged in where, the latest first."""
        keyring, moment = self._box.vault.keyring(), self._box.now()
        return await self._box.database.run(
            lambda connection: sessions.present(connection, keyring, moment)
        )

    async def end_session(self, session_id: str, user_id: str | None, by: By = BY_BOX) -> None:
        """End a session, with `user_id` only one of that user; raise `NoSession`."""
        await sessions.end_one(self._box, session_id, user_id, by)

    async def _read_master(self, master_password: str) -> MasterWrap | None:
        if not master_password:
            return None
        box = self._box
        salt, cost, slot = await box.database.run(access.find_master_slot)
        master_key = await box.argon.stretch(master_password, salt, cost)
        vault_key = slots.open_master(master_key, slot)
        safe = await box.database.run(access.find_safe)
        try:
            open_keyring(vault_key, safe.keyring)
        except SealBroken:
            raise WrongMasterPassword from None
        return slots.master_wrap(master_key)

"""The store: the one object that the other rooms hold. Opens, closes, and hands on to its parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from practicebox.store import ending
from practicebox.store.appointments.appointments import Appointments
from practicebox.store.appointments.attendance import Attendance
from practicebox.store.appointments.checks import Checks
from practicebox.store.appointments.invitations import Invitations
from practicebox.store.appointments.visits import Visits
from practicebox.store.audit.audit import BY_BOX, By
from practicebox.store.audit.log import AuditLog
from practicebox.store.backup.backup import Backups
from practicebox.store.box import Box
from practicebox.store.conditions import AlreadyFounded, DiskFailed, DiskTrouble, Locked
from practicebox.store.ending import EndOfOperation
from practicebox.store.outbox.agreements import PatientAgreements
from practicebox.store.outbox.desk import OutboxDesk
from practicebox.store.outbox.outbox import Outbox
from practicebox.store.patients.directory import Directories
from practicebox.store.patients.patients import Patients
from practicebox.store.people import access, founding, known_devices, recovery, sessions, staff
from practicebox.store.people.endings import Endings
from practicebox.store.people.passkeys import Passkeys
from practicebox.store.people.people import People
from practicebox.store.people.records_sessions import Bearer, Session
from practicebox.store.records import (
    Device,
    Founded,
    Founding,
    Person,
    Practice,
    Profile,
    Submission,
    User,
)
from practicebox.store.retention import Retention
from practicebox.store.sealed_settings import SealedSettings
from practicebox.store.settings import Settings
from practicebox.store.sql import folder
from practicebox.store.sql.database import Database
from practicebox.store.sql.folder import Folder
from practicebox.store.sql.transactions import last_write
from practicebox.store.vault import submissions
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import STRONG, Costs
from practicebox.store.vault.vault import Vault


class Store:
    """Everything the practice keeps. Methods marked (unlocked) raise `Locked` otherwise."""

    def __init__(self, box: Box, folder: Folder, backup_folder: Path | None = None) -> None:
        self._box = box
        self._folder = folder
        self.vault: Vault = box.vault
        directories = Directories()
        self.appointments = Appointments(box, directories)
        self.patients = Patients(box, self.appointments, directories)
        self.invitations = Invitations(box)
        self.visits = Visits(box)
        self.settings = Settings(box)
        self.attendance = Attendance(box)
        self.checks = Checks(box)
        self.backups = Backups(box, folder.path, backup_folder)
        self.audit = AuditLog(box)
        self.retention = Retention(box, self.appointments.forget)
        self.operation = EndOfOperation(box, folder.path)
        self.people = People(box)
        self.passkeys = Passkeys(box, self.patients.wake)
        self.sealed_settings = SealedSettings(box)
        self.outbox = Outbox(box)
        self.messages = OutboxDesk(box)
        self.agreements = PatientAgreements(box)
        self.endings: Endings = box.endings

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
        costs: Costs = STRONG,
        backup_folder: Path | None = None,
    ) -> Store:
        """Open the data folder, or make an empty store in it; raise a `CannotOpen`.

        Backups go to `backup_folder`, or where none is chosen to a folder in the data folder.
        """
        taken = folder.take(path)
        try:
            ending.finish(taken.path)
            key = taken.box_key(random)
            database = await Database.open(taken.database, now)
        except OSError as error:
            taken.release()
            raise folder.not_usable(path, error) from error
        except BaseException:
            taken.release()
            raise
        store = cls(Box(database, key, Vault(), Argon(), costs, now, random), taken, backup_folder)
        try:
            await database.run(lambda connection: founding.check_box_key(connection, key))
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Lock the vault, finish what is queued, let go of the folder."""
        try:
            with suppress(Locked, DiskFailed):
                await self.audit.write_mark()
        finally:
            self.lock()
            await self.patients.close()
            self._box.argon.close()
            await self.backups.close()
            await self._box.database.close()
            self._folder.release()

    def lock(self) -> None:
        """Forget all keys and everything that was opened with them."""
        self.vault.lock()
        self.appointments.forget()
        self.patients.forget()

    def secret(self, purpose: str) -> bytes:
        """32 bytes for the box's own use, locked or not; the same after every start."""
        return self._box.key.tag("secret", purpose.encode())

    @property
    def disk_trouble(self) -> DiskTrouble | None:
        """Why the last write failed; None once one has succeeded again."""
        return self._box.database.trouble

    async def last_write(self) -> datetime | None:
        """When anything was last written; a clock before that is wrong."""
        return await self._box.database.run(last_write)

    async def practice(self) -> Practice | None:
        """The practice; None before the set-up."""
        return await self._box.database.run(founding.practice)

    async def found(self, founding_: Founding) -> Founded:
        """Write a complete practice, or nothing; raise `AlreadyFounded`. Doesn't log in."""
        if ending.is_marked(self._folder.path):  # the old practice's last seconds
            raise AlreadyFounded
        return await founding.found(self._box, founding_)

    async def change_profile(self, profile: Profile, by: By = BY_BOX) -> None:
        """Replace the door plate; raise `NotFounded`."""
        await founding.change_profile(self._box, profile, by)

    async def login(
        self, organisation: str, user: str, password: str, device_secret: bytes | None
    ) -> Session:
        """Unlock and begin a session; raise `WrongCredentials` or `DeviceNotApproved`."""
        session = await access.login(self._box, organisation, user, password, device_secret)
        self.patients.wake()
        return session

    async def approved_device(self, secret: bytes) -> str | None:
        """The id of the approved workstation with this secret, locked or not; None otherwise."""
        return await known_devices.approved(self._box, secret)

    async def session(self, token: str, *, touched: bool = True) -> Session:
        """The session of a token; raise `NoSession` (first) or `Locked`."""
        return await sessions.find(self._box, token, touched=touched)

    async def bearer(self, token: str) -> Bearer:
        """Who has a session, also while the vault is locked; raise `NoSession`."""
        return await sessions.bearer(self._box, token)

    async def living_sessions(self) -> dict[str, bool]:
        """The ids of all sessions, and whether their screens are locked."""
        moment = self._box.now()
        return await self._box.database.run(lambda connection: sessions.living(connection, moment))

    def session_id(self, token: str) -> str:
        """The id of the session that has, or had, this token."""
        return sessions.token_id(self._box.key, token)

    async def cover(self, *session_ids: str) -> None:
        """Lock the screens of sessions."""
        await sessions.cover(self._box, session_ids)

    async def uncover(self, token: str, password: str, device_secret: bytes | None) -> None:
        """Unlock a screen, and the vault with it.

        Raise `WrongPassword`, `NoSession` or `DeviceNotApproved`.
        """
        await access.uncover(self._box, token, password, device_secret)
        self.patients.wake()

    async def logout(self, token: str) -> None:
        """End a session."""
        await sessions.end(self._box, token)

    async def recover(self, master_password: str) -> None:
        """Unlock without a device; raise `WrongMasterPassword` or `NotFounded`."""
        await access.recover(self._box, master_password)

    async def reset_access(
        self, master_password: str, user_short_name: str, new_password: str, device_name: str
    ) -> Founded:
        """A new password and a new device in place of all others; ends all sessions.

        Raise `WrongMasterPassword`, `NoSuchUser` or `NotFounded`.
        """
        return await recovery.reset_access(
            self._box, master_password, user_short_name, new_password, device_name
        )

    async def change_password(self, user_id: str, old: str, new: str) -> None:
        """Another password for a user; raise `WrongPassword` or `NoSuchUser`."""
        await access.change_password(self._box, user_id, old, new)

    async def users(self) -> list[User]:
        """Everybody who can log in (unlocked)."""
        return [user for user in await self.people.everybody() if user.state == "active"]

    async def change_person(self, user_id: str, person: Person) -> None:
        """Other personal data for a user (unlocked); raise `NoSuchUser`."""
        keyring, random = self.vault.keyring(), self._box.random
        await self._box.database.transaction(
            lambda connection: staff.change_person(connection, keyring, user_id, person, random)
        )

    async def devices(self) -> list[Device]:
        """All workstations (unlocked)."""
        return await self.people.devices()

    async def submit(self, kind: str, payload: bytes) -> str:
        """Keep what a patient hands in, sealed to the practice; its id. Raise `NotFounded`."""
        return await submissions.submit(self._box, kind, payload)

    async def submissions(self) -> list[Submission]:
        """What was handed in, oldest first (unlocked)."""
        keyring = self.vault.keyring()
        return await self._box.database.run(
            lambda connection: submissions.submissions(connection, keyring)
        )

"""The store: the one object that the other rooms hold. Opens, closes, and hands on to its parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from practicebox.store import access, folder, founding, recovery, sessions, staff, submissions
from practicebox.store.appointments import Appointments
from practicebox.store.argon import Argon
from practicebox.store.box import Box
from practicebox.store.checks import Checks
from practicebox.store.conditions import FolderNotUsable, NotFounded
from practicebox.store.database import Database
from practicebox.store.folder import Folder
from practicebox.store.invitations import Invitations
from practicebox.store.kdf import STRONG, Costs
from practicebox.store.records import (
    Device,
    Founded,
    Founding,
    Person,
    Practice,
    Profile,
    Session,
    Submission,
    User,
)
from practicebox.store.settings import Settings
from practicebox.store.transactions import last_write
from practicebox.store.vault import Vault
from practicebox.store.visits import Visits


class Store:
    """Everything the practice keeps. Methods marked (unlocked) raise `Locked` otherwise."""

    def __init__(self, box: Box, folder: Folder) -> None:
        self._box = box
        self._folder = folder
        self.vault: Vault = box.vault
        self.appointments = Appointments(box)
        self.invitations = Invitations(box)
        self.visits = Visits(box)
        self.settings = Settings(box)
        self.checks = Checks(box)

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
        costs: Costs = STRONG,
    ) -> Store:
        """Open the data folder, or make an empty store in it; raise a `CannotOpen`."""
        taken = folder.take(path)
        try:
            key = taken.box_key(random)
            database = await Database.open(taken.database, now)
        except OSError as error:
            taken.release()
            raise FolderNotUsable(
                f"The data folder {path} can't be written to ({error.strerror});"
                " give it to this user."
            ) from error
        except BaseException:
            taken.release()
            raise
        store = cls(Box(database, key, Vault(), Argon(), costs, now, random), taken)
        try:
            await database.run(lambda connection: founding.check_box_key(connection, key))
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Lock the vault, finish what is queued, let go of the folder."""
        self.lock()
        self._box.argon.close()
        await self._box.database.close()
        self._folder.release()

    def lock(self) -> None:
        """Forget all keys and everything that was opened with them."""
        self.vault.lock()
        self.appointments.forget()

    def secret(self, purpose: str) -> bytes:
        """32 bytes for the box's own use, locked or not; the same after every start."""
        return self._box.key.tag("secret", purpose.encode())

    async def last_write(self) -> datetime | None:
        """When anything was last written; a clock before that is wrong."""
        return await self._box.database.run(last_write)

    async def practice(self) -> Practice | None:
        """The practice; None before the set-up."""
        return await self._box.database.run(founding.practice)

    async def found(self, founding_: Founding) -> Founded:
        """Write a complete practice, or nothing; raise `AlreadyFounded`. Doesn't log in."""
        return await founding.found(self._box, founding_)

    async def change_profile(self, profile: Profile) -> None:
        """Replace the door plate; raise `NotFounded`."""
        if not await self._box.database.transaction(
            lambda connection: founding.change_profile(connection, profile)
        ):
            raise NotFounded

    async def login(
        self, organisation: str, user: str, password: str, device_secret: bytes | None
    ) -> Session:
        """Unlock and begin a session; raise `WrongCredentials` or `DeviceNotApproved`."""
        return await access.login(self._box, organisation, user, password, device_secret)

    async def session(self, token: str) -> Session:
        """The session of a token; raise `NoSession` (first) or `Locked`."""
        return await sessions.find(self._box, token)

    async def session_device(self, token: str) -> str:
        """The workstation of a session, also while the vault is locked; raise `NoSession`."""
        return await sessions.device(self._box, token)

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
        keyring = self.vault.keyring()
        return await self._box.database.run(lambda connection: staff.users(connection, keyring))

    async def change_person(self, user_id: str, person: Person) -> None:
        """Other personal data for a user (unlocked); raise `NoSuchUser`."""
        keyring, random = self.vault.keyring(), self._box.random
        await self._box.database.transaction(
            lambda connection: staff.change_person(connection, keyring, user_id, person, random)
        )

    async def devices(self) -> list[Device]:
        """All workstations (unlocked)."""
        keyring = self.vault.keyring()
        return await self._box.database.run(lambda connection: staff.devices(connection, keyring))

    async def revoke_device(self, device_id: str) -> None:
        """Lock a workstation out, now; raise `NoSuchDevice` or `LastDevice`."""
        await self._box.database.transaction(
            lambda connection: staff.revoke(connection, device_id), erases=True
        )

    async def submit(self, kind: str, payload: bytes) -> str:
        """Keep what a patient hands in, sealed to the practice; its id. Raise `NotFounded`."""
        return await submissions.submit(self._box, kind, payload)

    async def submissions(self) -> list[Submission]:
        """What was handed in, oldest first (unlocked)."""
        keyring = self.vault.keyring()
        return await self._box.database.run(
            lambda connection: submissions.submissions(connection, keyring)
        )

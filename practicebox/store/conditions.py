"""What comes out of the store instead of an answer, each condition by its name.

The texts carry no name, no code and no key, so they may stand in a log. A `CannotOpen` says in one
sentence what is wrong and what to do; the process prints it and stops.
"""

from __future__ import annotations

from enum import StrEnum


class SealBroken(Exception):
    """Sealed bytes don't open here: wrong key, moved, truncated, altered or foreign."""


class Locked(Exception):
    """The vault is locked; somebody has to log in first."""


class WrongPassword(Exception):
    """The password doesn't open the user's private key."""


class WrongPasskey(Exception):
    """The passkey is unknown, its secret doesn't open, or its answer isn't right."""


class NoSuchConsent(LookupError):
    """The patient has given no consent of this id, or nothing was scanned in for it."""


class NoSuchPasskey(LookupError):
    """The user has no passkey of this id."""


class UnknownToken(LookupError):
    """No program has this token, or its slot isn't the vault's."""


class NoSuchProgram(LookupError):
    """No approved program has this id."""


class TooManyPrograms(Exception):
    """There are as many programs as there may be."""


class TooManyPasskeys(Exception):
    """The user has as many passkeys as anybody may have."""


class WrongDevice(Exception):
    """The device secret doesn't open its slot, or the slot isn't the vault's."""


class WrongMasterPassword(Exception):
    """The master password doesn't open its slot."""


class WrongCredentials(Exception):
    """Organisation, user or password is wrong; nobody learns which (FEATURES L2)."""


class DeviceNotApproved(Exception):
    """The password is right, but this workstation is unknown or revoked (FEATURES L4)."""

    user_id = ""  # whose password was right


class DeviceLocked(DeviceNotApproved):
    """The workstation is locked for a while; an approved one can unlock it."""


class MainUser(Exception):
    """The Hauptnutzer can't be deleted (FEATURES L6)."""


class MasterPasswordNeeded(Exception):
    """The keyring doesn't know yet how to fill the master password's slot anew."""


class UnknownCode(LookupError):
    """No enrolment has this one-time code: mistyped, used, too old, or guessed too often."""


class ShortNameTaken(Exception):
    """Another user has this short name."""


class DiskTrouble(StrEnum):
    """What is wrong with the disk."""

    FULL = "full"
    READ_ONLY = "read-only"
    BROKEN = "broken"  # reading or writing fails
    DAMAGED = "damaged"  # the database can be read no more


class DiskFailed(Exception):
    """The disk didn't do its part: nothing of what was to be written is kept."""

    def __init__(self, trouble: DiskTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class NotFounded(Exception):
    """There is no practice on this box yet."""


class AlreadyFounded(Exception):
    """There is a practice on this box already."""


class NoSession(Exception):
    """No valid session has this token."""


class NoVisit(Exception):
    """No visit has this token, or it is over."""


class NoSuchUser(LookupError):
    """No user has this id."""


class NoSuchDevice(LookupError):
    """No approved device has this id."""


class LastDevice(Exception):
    """Without this workstation nobody could log in any more."""


class NoSuchAppointment(LookupError):
    """No appointment has this id."""


class NoSuchParticipant(LookupError):
    """No participant of this conference has this id."""


class TooManyParticipants(Exception):
    """As many people take part as fit into a conference."""


class NoSuchPatient(LookupError):
    """No patient of the directory has this id."""


class UnknownInvitation(LookupError):
    """No invitation has this access code or link."""


class NotACursor(ValueError):
    """The text is no place in a list of appointments."""


class CannotOpen(Exception):
    """The data folder can't be used; the text says why and what to do."""


class FolderNotUsable(CannotOpen):
    """The data folder is missing, or this process may not write to it."""


class FolderInUse(CannotOpen):
    """Another process has the data folder open."""


class BoxKeyExposed(CannotOpen):
    """box.key can be read by others than its owner."""


class BoxKeyDamaged(CannotOpen):
    """box.key isn't 32 bytes long."""


class BoxKeyMissing(CannotOpen):
    """There is a database, but no box.key."""


class ForeignBoxKey(CannotOpen):
    """box.key and database come from two different boxes."""


class DatabaseDamaged(CannotOpen):
    """The file isn't a database, or a damaged one."""


class NewerDatabase(CannotOpen):
    """The database was written by a newer version of PracticeBox."""


class PragmaRefused(CannotOpen):
    """SQLite doesn't take a setting that the vault depends on."""


class UpgradeFailed(CannotOpen):
    """A step to the new schema failed; the database is as it was before."""


class NoSuchGdtRecord(LookupError):
    """The record from practice software is gone; somebody has dealt with it."""


class TooManyGdtRecords(Exception):
    """So many records wait already that no more are taken."""


class FolderNotEmpty(CannotOpen):
    """A backup is put back only into an empty data folder."""

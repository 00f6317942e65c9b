"""The audit log: who did what, to what, and when; one entry, within the transaction of the deed.

Each entry is sealed and linked to the one before it (`audit_chain`). What happens while the vault
is locked goes to `audit_waiting` and is folded in when somebody logs in. Entries hold ids, never
names of patients: a deleted patient leaves nothing behind here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from practicebox.store.audit import chain as audit_chain
from practicebox.store.times import day_text, from_text, to_text
from practicebox.store.vault.keyring import Keyring

Random = Callable[[int], bytes]
About = Literal["practice", "consultation"]

BOX = "box"  # the actor of what happens by itself
PATIENT = "patient"  # whoever came through the patient door
NOBODY = ""  # not known, such as after a wrong password
LONGEST_DETAIL = 200  # characters
_BLOCK = 256  # bytes; entries are padded, so that their length doesn't tell what they say


class Action(Enum):
    """What was done. Every member has its sentence in `web/staff/audit_words.py`."""

    FOUNDED = "founded"
    LOG_BEGUN = "log-begun"  # the first entry of a box that is older than its log
    LOGIN = "login"
    LOGIN_BY_PASSKEY = "login-by-passkey"  # detail: its name
    LOGIN_FAILED = "login-failed"
    LOGOUT = "logout"
    SESSION_ENDED = "session-ended"  # of somebody, by somebody
    SCREEN_LOCKED = "screen-locked"
    SCREEN_UNLOCKED = "screen-unlocked"
    PASSWORD_CHANGED = "password-changed"
    PASSKEY_ADDED = "passkey-added"  # detail: its name
    PASSKEY_REMOVED = "passkey-removed"  # detail: its name
    ACCESS_RECOVERED = "access-recovered"
    RECOVERY_FAILED = "recovery-failed"
    USER_INVITED = "user-invited"
    USER_ADDED = "user-added"
    USER_CHANGED = "user-changed"  # the name, by the Hauptnutzer
    ROLE_CHANGED = "role-changed"  # detail: the new role
    USER_REMOVED = "user-removed"  # detail: the short name, which is gone from then on
    DEVICE_APPROVED = "device-approved"
    DEVICE_REFUSED = "device-refused"
    DEVICE_LOCKED = "device-locked"
    DEVICE_UNLOCKED = "device-unlocked"
    DEVICE_REVOKED = "device-revoked"
    DEVICE_STOLEN = "device-stolen"  # revoked, and the device key rotated
    PROGRAM_ADDED = "program-added"  # access for software
    PROGRAM_REVOKED = "program-revoked"
    PROGRAM_REFUSED = "program-refused"  # a wrong token
    ORGANISATION_CHANGED = "organisation-changed"
    SETTING_CHANGED = "setting-changed"  # detail: name of the setting
    CLOCK_CONFIRMED = "clock-confirmed"  # detail: what the box went by before
    APPOINTMENT_ADDED = "appointment-added"
    APPOINTMENT_CHANGED = "appointment-changed"
    APPOINTMENT_CANCELLED = "appointment-cancelled"
    APPOINTMENT_DELETED = "appointment-deleted"  # detail: its start
    CODES_SHOWN = "codes-shown"
    LETTER_PRINTED = "letter-printed"
    PATIENT_JOINED = "patient-joined"
    PARTICIPANT_ADDED = "participant-added"  # to a conference; the subject is its appointment
    PARTICIPANT_REMOVED = "participant-removed"
    PARTICIPANT_JOINED = "participant-joined"
    RELEASE_NOTED = "release-noted"  # from secrecy; detail: by whom and how
    RELEASE_REVOKED = "release-revoked"
    CONSULTATION_STARTED = "consultation-started"
    CONSULTATION_ENDED = "consultation-ended"
    PHONE_INSTEAD = "phone-instead"
    PHONE_UNREACHED = "phone-unreached"
    CONFIRMED = "confirmed"  # the service, by the patient or for them; detail: the way
    UNCONFIRMED = "unconfirmed"  # taken back by the practice
    CONFIRMATION_PRINTED = "confirmation-printed"
    PAPERS_TICKED = "papers-ticked"  # detail: the item of the checklist
    PAPERS_UNTICKED = "papers-unticked"  # detail: likewise
    PATIENT_ADDED = "patient-added"
    PATIENT_CHANGED = "patient-changed"
    PATIENT_DELETED = "patient-deleted"
    PATIENT_EXPORTED = "patient-exported"
    GDT_DISCARDED = "gdt-discarded"  # a record from practice software
    GDT_SENT = "gdt-sent"  # a report about a consultation, to practice software
    PATIENT_MERGED = "patient-merged"  # two entries of one person; the one that is left
    PATIENTS_IMPORTED = "patients-imported"  # from a file; detail: how many
    DIRECTORY_EXPORTED = "directory-exported"  # detail: how many patients
    AGREEMENT_GIVEN = "agreement-given"  # detail: to which way of writing, "mail" or "sms"
    AGREEMENT_REVOKED = "agreement-revoked"  # the same
    CONSENT_GIVEN = "consent-given"  # noted at the desk; detail: the form
    CONSENT_REVOKED = "consent-revoked"  # the same
    CONSENT_ON_PAGE = "consent-on-page"  # by the patient, before the waiting room
    NOTE_ADDED = "note-added"
    FORM_CHANGED = "form-changed"  # detail: the form
    FORM_PRINTED = "form-printed"  # with a patient's data; detail: the form
    BACKUP_MADE = "backup-made"
    BACKUP_FAILED = "backup-failed"
    BACKUP_PROVEN = "backup-proven"
    RESTORED = "restored"
    UPGRADED = "upgraded"
    METADATA_DELETED = "metadata-deleted"  # detail: up to which day
    NOTICE_GIVEN = "notice-given"  # end of operation; detail: its last day
    NOTICE_REVOKED = "notice-revoked"
    LOG_EXPORTED = "log-exported"
    LOG_PRUNED = "log-pruned"  # detail: number of the first entry that is left
    LOG_DAMAGED = "log-damaged"  # detail: what was found
    LOG_ACKNOWLEDGED = "log-acknowledged"
    LOG_INCOMPLETE = "log-incomplete"  # detail: how many were not kept while locked

    @property
    def about(self) -> About:
        """What it tells of consultations is deleted as early as they are (`retention`)."""
        return "consultation" if self in _OF_CONSULTATIONS else "practice"


_OF_CONSULTATIONS = {
    Action.APPOINTMENT_ADDED,
    Action.APPOINTMENT_CHANGED,
    Action.APPOINTMENT_CANCELLED,
    Action.APPOINTMENT_DELETED,
    Action.CODES_SHOWN,
    Action.LETTER_PRINTED,
    Action.PATIENT_JOINED,
    Action.PARTICIPANT_ADDED,
    Action.PARTICIPANT_REMOVED,
    Action.PARTICIPANT_JOINED,
    Action.RELEASE_NOTED,
    Action.RELEASE_REVOKED,
    Action.CONFIRMED,
    Action.UNCONFIRMED,
    Action.CONFIRMATION_PRINTED,
    Action.CONSULTATION_STARTED,
    Action.CONSULTATION_ENDED,
    Action.PHONE_INSTEAD,
    Action.GDT_DISCARDED,
    Action.GDT_SENT,
    Action.PHONE_UNREACHED,
    Action.PAPERS_TICKED,
    Action.PAPERS_UNTICKED,
    Action.CONSENT_ON_PAGE,
    Action.NOTE_ADDED,
}


@dataclass(frozen=True)
class Entry:
    """One deed."""

    actor: str  # id of a user, BOX, PATIENT or NOBODY
    device: str  # id of the workstation; empty where there is none
    action: Action
    subject: str = ""  # id of what it was done to; empty for nothing in particular
    detail: str = field(default="", repr=False)  # a few words or a number; no patient's name


@dataclass(frozen=True)
class By:
    """Who does something, and where."""

    actor: str = BOX
    device: str = ""

    def did(self, action: Action, subject: str = "", detail: str = "") -> Entry:
        """The entry for a deed."""
        return Entry(self.actor, self.device, action, subject, detail)


BY_BOX = By()


@dataclass(frozen=True)
class Noted:
    """An entry as it stands in the log."""

    number: int
    at: datetime
    entry: Entry
    while_locked: bool  # noted without keys, and folded in at the next login


def note(
    connection: sqlite3.Connection,
    keyring: Keyring,
    random: Random,
    now: datetime,
    entry: Entry,
    *,
    while_locked: bool = False,
) -> int:
    """Write an entry within the caller's transaction; its number.

    `now` is aware. Never refuses: a log that somebody has damaged gets a mark where it was found,
    and goes on.
    """
    plain = dump(now, entry, while_locked=while_locked)
    return audit_chain.append(connection, keyring, random, day_text(now), entry.action.about, plain)


def dump(now: datetime, entry: Entry, *, while_locked: bool) -> bytes:
    """The bytes that are sealed, a multiple of 256 of them."""
    content = {
        "at": to_text(now),
        "actor": entry.actor,
        "device": entry.device,
        "action": entry.action.value,
        "subject": entry.subject,
        "detail": entry.detail[:LONGEST_DETAIL],
    }
    if while_locked:
        content["locked"] = "yes"
    blob = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return blob + b" " * (-len(blob) % _BLOCK)


def load(number: int, blob: bytes) -> Noted:
    """What `dump` wrote."""
    content = json.loads(blob)
    entry = Entry(
        content["actor"],
        content["device"],
        Action(content["action"]),
        content["subject"],
        content["detail"],
    )
    return Noted(number, from_text(content["at"]), entry, "locked" in content)

"""The audit log in words: one sentence for each action, and for each thing that is wrong with it.

`%(who)s` is who did it, `%(what)s` to what, `%(detail)s` what else was noted.
"""

from __future__ import annotations

from practicebox.store.audit.audit import Action
from practicebox.store.audit.head import Kind
from practicebox.web.language import mark

SENTENCES: dict[Action, str] = {
    Action.FOUNDED: mark("%(who)s set up the practice."),
    Action.LOG_BEGUN: mark("The log begins here; older versions kept none."),
    Action.LOGIN: mark("%(who)s logged in."),
    Action.LOGIN_BY_PASSKEY: mark("%(who)s logged in with the passkey “%(detail)s”."),
    Action.LOGIN_FAILED: mark("A login failed. Account: %(what)s."),
    Action.LOGOUT: mark("%(who)s logged out."),
    Action.SESSION_ENDED: mark("%(who)s ended a session of %(what)s."),
    Action.SCREEN_LOCKED: mark("%(who)s locked the screen."),
    Action.SCREEN_UNLOCKED: mark("%(who)s unlocked the screen."),
    Action.PASSWORD_CHANGED: mark("%(who)s changed the own password."),
    Action.PASSKEY_ADDED: mark("%(who)s added the passkey “%(detail)s”."),
    Action.PASSKEY_REMOVED: mark("%(who)s removed the passkey “%(detail)s”."),
    Action.ACCESS_RECOVERED: mark("%(who)s recovered access with the master password."),
    Action.RECOVERY_FAILED: mark("Somebody tried to recover access with a wrong master password."),
    Action.USER_INVITED: mark("%(who)s invited %(what)s."),
    Action.USER_ADDED: mark("%(what)s used the one-time code and can log in now."),
    Action.USER_CHANGED: mark("%(who)s changed the name of %(what)s."),
    Action.ROLE_CHANGED: mark("%(who)s gave %(what)s another role: %(detail)s."),
    Action.USER_REMOVED: mark("%(who)s ended the access of %(what)s."),
    Action.DEVICE_APPROVED: mark("%(who)s approved the device %(what)s."),
    Action.DEVICE_REFUSED: mark("%(who)s refused a device."),
    Action.DEVICE_LOCKED: mark("%(who)s locked the device %(what)s for a while."),
    Action.DEVICE_UNLOCKED: mark("%(who)s let the device %(what)s in again."),
    Action.DEVICE_REVOKED: mark("%(who)s revoked the device %(what)s."),
    Action.DEVICE_STOLEN: mark("%(who)s reported the device %(what)s as stolen."),
    Action.PROGRAM_ADDED: mark("%(who)s made an access for the program %(what)s."),
    Action.PROGRAM_REVOKED: mark("%(who)s ended the access of the program %(what)s."),
    Action.PROGRAM_REFUSED: mark("A program with a wrong token was refused."),
    Action.ORGANISATION_CHANGED: mark("%(who)s changed the data of the organisation."),
    Action.SETTING_CHANGED: mark("%(who)s changed a setting: %(detail)s."),
    Action.CLOCK_CONFIRMED: mark(
        "%(who)s confirmed date and time; before, the box went by %(detail)s."
    ),
    Action.APPOINTMENT_ADDED: mark("%(who)s planned %(what)s."),
    Action.APPOINTMENT_CHANGED: mark("%(who)s changed %(what)s."),
    Action.APPOINTMENT_CANCELLED: mark("%(who)s cancelled %(what)s."),
    Action.APPOINTMENT_DELETED: mark("%(who)s deleted an appointment."),
    Action.CODES_SHOWN: mark("%(who)s looked at the access codes of %(what)s."),
    Action.LETTER_PRINTED: mark("%(who)s printed the letter for %(what)s."),
    Action.PATIENT_JOINED: mark("The patient entered the waiting room of %(what)s."),
    Action.PARTICIPANT_ADDED: mark("%(who)s added a participant to %(what)s."),
    Action.PARTICIPANT_REMOVED: mark("%(who)s removed a participant from %(what)s."),
    Action.PARTICIPANT_JOINED: mark("A participant entered the waiting room of %(what)s."),
    Action.RELEASE_NOTED: mark("%(who)s noted a release from secrecy for %(what)s."),
    Action.RELEASE_REVOKED: mark("%(who)s revoked a release from secrecy for %(what)s."),
    Action.CONSULTATION_STARTED: mark("%(who)s began the consultation of %(what)s."),
    Action.CONSULTATION_ENDED: mark("The consultation of %(what)s ended."),
    Action.PHONE_INSTEAD: mark("%(who)s turned %(what)s into a phone appointment."),
    Action.PHONE_UNREACHED: mark("%(who)s called for %(what)s and reached nobody."),
    Action.CONFIRMED: mark("It was confirmed that %(what)s took place (%(detail)s)."),
    Action.UNCONFIRMED: mark("%(who)s took back the confirmation of %(what)s."),
    Action.CONFIRMATION_PRINTED: mark("%(who)s printed the confirmation of %(what)s."),
    Action.PAPERS_TICKED: mark("%(who)s ticked something off for %(what)s."),
    Action.PAPERS_UNTICKED: mark("%(who)s took back a tick for %(what)s."),
    Action.PATIENT_ADDED: mark("%(who)s added a patient."),
    Action.PATIENT_CHANGED: mark("%(who)s changed the data of a patient."),
    Action.PATIENT_DELETED: mark("%(who)s deleted a patient."),
    Action.PATIENT_EXPORTED: mark("%(who)s exported the data of a patient."),
    Action.GDT_DISCARDED: mark("%(who)s discarded a record from the practice software."),
    Action.GDT_SENT: mark("%(who)s told the practice software of %(what)s."),
    Action.PATIENT_MERGED: mark("%(who)s joined two entries of one patient."),
    Action.PATIENTS_IMPORTED: mark("%(who)s imported patients from a file: %(detail)s."),
    Action.DIRECTORY_EXPORTED: mark(
        "%(who)s exported the directory as a file: %(detail)s patients."
    ),
    Action.AGREEMENT_GIVEN: mark("%(who)s noted that a patient agrees to messages: %(detail)s."),
    Action.AGREEMENT_REVOKED: mark(
        "%(who)s noted that a patient no longer agrees to messages: %(detail)s."
    ),
    Action.CONSENT_GIVEN: mark("%(who)s noted that a patient has agreed: %(detail)s."),
    Action.CONSENT_REVOKED: mark("%(who)s noted that a patient has revoked: %(detail)s."),
    Action.CONSENT_ON_PAGE: mark("The patient agreed on their page before %(what)s."),
    Action.NOTE_ADDED: mark("%(who)s added a note to %(what)s."),
    Action.FORM_CHANGED: mark("%(who)s changed the text of a form: %(detail)s."),
    Action.FORM_PRINTED: mark("%(who)s printed a form with a patient’s data: %(detail)s."),
    Action.BACKUP_MADE: mark("A backup was made."),
    Action.BACKUP_FAILED: mark("A backup failed."),
    Action.BACKUP_PROVEN: mark("A trial restore of the backup succeeded."),
    Action.RESTORED: mark("The box was restored from a backup."),
    Action.UPGRADED: mark("PracticeBox was updated."),
    Action.METADATA_DELETED: mark("Appointments before %(detail)s were deleted as planned."),
    Action.NOTICE_GIVEN: mark("%(who)s gave notice; operation ends on %(detail)s."),
    Action.NOTICE_REVOKED: mark("%(who)s revoked the notice."),
    Action.LOG_EXPORTED: mark("%(who)s exported this log."),
    Action.LOG_PRUNED: mark(
        "Old entries were deleted as planned; the log begins with no. %(detail)s."
    ),
    Action.LOG_DAMAGED: mark("The log was found to be damaged: %(detail)s."),
    Action.LOG_ACKNOWLEDGED: mark("%(who)s acknowledged the damage to the log."),
    Action.LOG_INCOMPLETE: mark(
        "While the vault was locked, %(detail)s further events were not kept."
    ),
}

# What the filter offers, in the order of the page.
GROUPS: dict[str, tuple[str, frozenset[Action]]] = {
    "access": (
        mark("Logins and access"),
        frozenset(
            {
                Action.LOGIN,
                Action.LOGIN_BY_PASSKEY,
                Action.LOGIN_FAILED,
                Action.LOGOUT,
                Action.SESSION_ENDED,
                Action.SCREEN_LOCKED,
                Action.SCREEN_UNLOCKED,
                Action.PASSWORD_CHANGED,
                Action.PASSKEY_ADDED,
                Action.PASSKEY_REMOVED,
                Action.ACCESS_RECOVERED,
                Action.RECOVERY_FAILED,
            }
        ),
    ),
    "people": (
        mark("Users and devices"),
        frozenset(
            {
                Action.USER_INVITED,
                Action.USER_ADDED,
                Action.USER_CHANGED,
                Action.ROLE_CHANGED,
                Action.USER_REMOVED,
                Action.DEVICE_APPROVED,
                Action.DEVICE_REFUSED,
                Action.DEVICE_LOCKED,
                Action.DEVICE_UNLOCKED,
                Action.DEVICE_REVOKED,
                Action.DEVICE_STOLEN,
                Action.PROGRAM_ADDED,
                Action.PROGRAM_REVOKED,
                Action.PROGRAM_REFUSED,
            }
        ),
    ),
    "consultations": (
        mark("Appointments and consultations"),
        frozenset(action for action in Action if action.about == "consultation"),
    ),
    "patients": (
        mark("Patients"),
        frozenset(
            {
                Action.PATIENT_ADDED,
                Action.PATIENT_CHANGED,
                Action.PATIENT_DELETED,
                Action.PATIENT_EXPORTED,
                Action.PATIENT_MERGED,
                Action.PATIENTS_IMPORTED,
                Action.DIRECTORY_EXPORTED,
                Action.AGREEMENT_GIVEN,
                Action.AGREEMENT_REVOKED,
                Action.CONSENT_GIVEN,
                Action.CONSENT_REVOKED,
                Action.FORM_PRINTED,
            }
        ),
    ),
    "box": (
        mark("Box, backup and settings"),
        frozenset(
            {
                Action.FOUNDED,
                Action.ORGANISATION_CHANGED,
                Action.SETTING_CHANGED,
                Action.FORM_CHANGED,
                Action.CLOCK_CONFIRMED,
                Action.BACKUP_MADE,
                Action.BACKUP_FAILED,
                Action.BACKUP_PROVEN,
                Action.RESTORED,
                Action.UPGRADED,
                Action.METADATA_DELETED,
                Action.NOTICE_GIVEN,
                Action.NOTICE_REVOKED,
            }
        ),
    ),
    "log": (
        mark("The log itself"),
        frozenset(action for action in Action if action.value.startswith("log-")),
    ),
}

FLAWS: dict[Kind, str] = {
    Kind.GAP: mark("Entries no. %(first)s to %(last)s are missing."),
    Kind.ALTERED: mark("Entry no. %(first)s is not as it was written."),
    Kind.HEAD: mark("The seal of the log was replaced, at entry no. %(last)s."),
    Kind.UNREADABLE: mark("The entries of the day of no. %(first)s can no longer be read."),
    Kind.ROLLED_BACK: mark(
        "The log had already got as far as no. %(last)s. It seems that an older state of the box "
        "was put back without the master password."
    ),
    Kind.MARK_MISSING: mark("The mark beside the database is missing, at entry no. %(first)s."),
    Kind.WAITING: mark(
        "What happened while the vault was locked, before entry no. %(first)s, is incomplete "
        "or was changed."
    ),
}

KINDS: dict[str, str] = {
    Kind.GAP.value: mark("missing entries"),
    Kind.ALTERED.value: mark("changed entries"),
    Kind.HEAD.value: mark("replaced seal"),
    Kind.UNREADABLE.value: mark("unreadable entries"),
    Kind.ROLLED_BACK.value: mark("older state put back"),
    Kind.MARK_MISSING.value: mark("mark missing"),
    Kind.WAITING.value: mark("changed while locked"),
}

SETTINGS: dict[str, str] = {
    "audit_days": mark("how long the log is kept"),
    "consent": mark("the consent to the video consultation"),
    "privacy": mark("the data protection information"),
    "release": mark("the release from secrecy"),
    "ask_consent": mark("whether patients agree before they join"),
    "treatments": mark("which treatments are paid by video"),
    "mail": mark("E-mail"),
    "sms": mark("SMS"),
    "message_texts": mark("texts and times of messages"),
}

"""Short confirmations after a redirect: `?said=saved` becomes a sentence on the next page."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.language import mark
from practicebox.web.render import language

SENTENCES = {
    "saved": mark("Saved."),
    "added": mark("The appointment is planned. Now print the letter or send the invitation."),
    "added_known": mark(
        "The appointment is planned. There was a patient with this name and these data already, so "
        "it stands with them. If it is somebody else, choose “Somebody else’s appointment?”."
    ),
    "added_alike": mark(
        "The appointment is planned. Somebody with nearly the same data is in the directory "
        "already; look under “Possible duplicates” whether it is the same person."
    ),
    "patient_added": mark("The patient is in the directory now."),
    "import_gone": mark("The file is no longer here. Please choose it once more."),
    "merged": mark("Both entries are one now. All letters and access codes stay valid."),
    "merge_gone": mark(
        "One of the two entries has been deleted meanwhile. Nothing was joined, nothing was "
        "changed."
    ),
    "merge_damaged": mark(
        "One of the two entries can’t be read, so they were not joined. Nothing was changed."
    ),
    "changed_person": mark(
        "The appointment is somebody else’s now and has new access codes. Please print a new "
        "letter or send a new invitation; the old one no longer works."
    ),
    "assigned": mark("The appointment now belongs to this patient."),
    "patient_deleted": mark("The patient and all their appointments have been deleted."),
    "changed": mark("The appointment has been changed."),
    "invited": mark("The invitation goes out now. Below you see what becomes of it."),
    "not_invited": mark(
        "The invitation could not go out: the appointment is over, or the patient does not agree "
        "to messages or has no address."
    ),
    "asked": mark("The request goes out now. The outbox shows what becomes of it."),
    "not_asked": mark("Nobody could be asked: who is missing does not agree to messages."),
    "message_again": mark("The message goes out once more."),
    "message_done": mark("Noted as dealt with."),
    "message_gone": mark("This message has arrived meanwhile, or nobody needs it any more."),
    "test_sent": mark(
        "The provider has taken the test e-mail. Please look whether it has arrived."
    ),
    "participant_added": mark(
        "Added. Note the release from secrecy, then print the letter for this person."
    ),
    "participant_removed": mark("Removed. Their link and their access code no longer work."),
    "released": mark("Noted. This person’s door is open now; the letter shows them the way in."),
    "release_revoked": mark("Revoked. This person’s door is closed."),
    "cancelled": mark("The appointment has been cancelled. The access codes no longer work."),
    "changed_kind": mark(
        "The appointment has been changed from video to phone or back. Please print the letter "
        "anew: the old one tells the patient the wrong thing. The access codes stay the same."
    ),
    "call_began": mark("The call is noted as begun."),
    "call_ended": mark("The call is noted as ended."),
    "call_unreached": mark("Noted: nobody was reached. Please try again later."),
    "ticked": mark("Noted."),
    "confirmed": mark("Noted: the consultation took place."),
    "unconfirmed": mark("The confirmation has been taken back."),
    "consent_noted": mark("Noted. The consent counts from now on."),
    "consent_revoked": mark("Noted: the patient has revoked this consent."),
    "note_added": mark("The note is kept."),
    "form_saved": mark("Saved as a new version."),
    "form_same": mark("Nothing has changed, so there is no new version."),
    "treatments_saved": mark("Saved. The list holds from now on for new appointments."),
    "treatments_reset": mark("The list is as it was delivered again."),
    "phone": mark("This is a phone appointment now. Please call; the number stands here."),
    "deleted": mark("The appointment has been deleted."),
    "password": mark("Your new password is valid from now on."),
    "passkey_added": mark("The passkey is added. From now on you can log in with it."),
    "passkey_removed": mark(
        "The passkey is removed and opens nothing here any more. Please delete it on its device, "
        "too, so that it is not offered any longer."
    ),
    "gdt_taken": mark("The files have been taken."),
    "gdt_discarded": mark("The record has been discarded."),
    "gdt_sent": mark("The practice software has been told of this appointment."),
    "gdt_already": mark("The practice software has been told of this appointment already."),
    "gdt_not_linked": mark(
        "The practice software does not know this patient, because the appointment was not planned "
        "from one of its records."
    ),
    "gdt_doubt": mark(
        "The exchange folder does not answer. Whether the practice software has been told is not "
        "certain; please look there before you hand it over again."
    ),
    "gdt_trouble": mark(
        "The practice software could not be told, because its exchange folder cannot be used. The "
        "page “Practice software” says why."
    ),
    "ended": mark("The consultation has ended."),
    "welcome": mark("Welcome. Your box is set up and this device is approved."),
    "recovered": mark(
        "You have access again. Only this device is approved now; "
        "all other workstations must be approved anew."
    ),
    "lost": mark(
        "Your entries are gone: the box forgets them after two hours or a restart. "
        "Please begin again."
    ),
    "delay_told": mark("Everybody who waits or comes later today is told of the delay."),
    "delay_over": mark("Nobody is told of a delay any more."),
    "delay_unknown": mark("Please choose one of the times."),
    "moved": mark("This device is approved at this address, too."),
    "too_late": mark("That took too long. Please begin again at the old address."),
    "logged_out": mark("You have been logged out."),
    "mark_good": mark("The log still has all that it had when you noted this mark."),
    "mark_bad": mark("The log does not match this mark. See the notice on this page."),
    "log_good": mark("The whole log has been checked: nothing is missing, nothing was changed."),
    "log_bad": mark("The log has been checked. See the notice on this page."),
    "notice_given": mark("The notice is recorded. Please print the confirmation."),
    "notice_revoked": mark("The notice is revoked. Everything stays as it is."),
    "taken_over": mark(
        "You have logged in on another workstation. Nobody can be logged in on two at once, "
        "so the session here has ended."
    ),
    "ended_by_hand": mark("This session was ended in the list of sessions."),
    "departed": mark("Your access to this practice has ended."),
    "new_role": mark(
        "Your role in this practice has changed, so you have been logged out. Please log in again."
    ),
    "role_now": mark("Saved. The new role counts from now on."),
    "device_gone": mark("This workstation has been locked, so you have been logged out."),
    "recovered_elsewhere": mark(
        "Somebody has restored access with the master password. All workstations but that one "
        "must be approved anew."
    ),
    "approved": mark("This workstation is approved. Please log in."),
    "refused": mark("The request was refused. Please ask your main user."),
    "request_over": mark(
        "There is no open request of this workstation. A request is forgotten after 15 minutes, "
        "and when the box starts anew. Please log in again, then you can ask once more."
    ),
    "request_gone": mark("This request is over or was decided already."),
    "device_approved": mark("The workstation is approved. Your colleague can log in there now."),
    "device_refused": mark("The request has been refused."),
    "device_locked": mark("The workstation is locked until you unlock it here."),
    "device_unlocked": mark("The workstation can be used again."),
    "device_revoked": mark("The workstation is locked out for good."),
    "device_stolen": mark(
        "The workstation is locked out for good, and all others have new keys. "
        "Nobody needs to do anything for that."
    ),
    "departed_now": mark(
        "The access has ended. Everybody else has new keys, and nobody needs to do anything "
        "for that."
    ),
    "program_revoked": mark("The access has ended. The program gets no answer any more."),
    "session_ended": mark("The session has ended."),
    "joined": mark("Welcome. From now on you log in with your short name and your password."),
}
# Not what anybody hoped for: these don't stand on green.
WARNINGS = {
    *("added_alike", "delay_unknown", "gdt_doubt", "gdt_not_linked", "gdt_trouble"),
    *("import_gone", "lost", "log_bad", "mark_bad", "not_asked", "not_invited"),
    *("merge_damaged", "merge_gone", "request_gone"),
}


def sentence(request: web.Request) -> str:
    """What to say on this page, in the language of the browser; empty for nothing."""
    known = SENTENCES.get(request.query.get("said", ""))
    return language(request).gettext(known) if known else ""


def is_warning(request: web.Request) -> bool:
    """Whether what this page says is bad news."""
    return request.query.get("said", "") in WARNINGS

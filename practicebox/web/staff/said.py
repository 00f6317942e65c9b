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
    "message_again": mark("The message goes out once more."),
    "message_done": mark("Noted as dealt with."),
    "message_gone": mark("This message has arrived meanwhile, or nobody needs it any more."),
    "test_sent": mark(
        "The provider has taken the test e-mail. Please look whether it has arrived."
    ),
    "cancelled": mark("The appointment has been cancelled. The access codes no longer work."),
    "phone": mark("This is a phone appointment now. Please call; the number stands here."),
    "deleted": mark("The appointment has been deleted."),
    "password": mark("Your new password is valid from now on."),
    "passkey_added": mark("The passkey is added. From now on you can log in with it."),
    "passkey_removed": mark(
        "The passkey is removed and opens nothing here any more. Please delete it on its device, "
        "too, so that it is not offered any longer."
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
    "session_ended": mark("The session has ended."),
    "joined": mark("Welcome. From now on you log in with your short name and your password."),
}
# Not what anybody hoped for: these don't stand on green.
WARNINGS = {"delay_unknown", "not_invited", "lost", "log_bad", "mark_bad", "request_gone"}


def sentence(request: web.Request) -> str:
    """What to say on this page, in the language of the browser; empty for nothing."""
    known = SENTENCES.get(request.query.get("said", ""))
    return language(request).gettext(known) if known else ""


def is_warning(request: web.Request) -> bool:
    """Whether what this page says is bad news."""
    return request.query.get("said", "") in WARNINGS

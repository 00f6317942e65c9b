"""Short confirmations after a redirect: `?said=saved` becomes a sentence on the next page."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.language import mark
from practicebox.web.render import language

SENTENCES = {
    "saved": mark("Saved."),
    "added": mark("The appointment is planned. Now print the letter or send the invitation."),
    "changed": mark("The appointment has been changed."),
    "cancelled": mark("The appointment has been cancelled. The access codes no longer work."),
    "phone": mark("This is a phone appointment now. Please call; the number stands here."),
    "deleted": mark("The appointment has been deleted."),
    "password": mark("Your new password is valid from now on."),
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
    "moved": mark("This device is approved at this address, too."),
    "too_late": mark("That took too long. Please begin again at the old address."),
    "logged_out": mark("You have been logged out."),
}


def sentence(request: web.Request) -> str:
    """What to say on this page, in the language of the browser; empty for nothing."""
    known = SENTENCES.get(request.query.get("said", ""))
    return language(request).gettext(known) if known else ""

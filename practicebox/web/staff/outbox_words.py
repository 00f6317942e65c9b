"""Messages in words: what they are, what has become of them, and why."""

from __future__ import annotations

from practicebox.practice.reminders import Kind, State, Way
from practicebox.web.language import mark

KINDS = {
    Kind.INVITATION: mark("Invitation"),
    Kind.REMINDER: mark("Reminder"),
    Kind.CHANGE: mark("New time"),
    Kind.CANCEL: mark("Cancellation"),
    Kind.CONFIRM: mark("Request to confirm"),
}
WAYS = {Way.MAIL: mark("by e-mail"), Way.SMS: mark("by SMS")}
STATES = {
    State.WAITING: mark("waits"),
    State.SENDING: mark("is being sent"),
    State.SENT: mark("sent"),
    State.FAILED: mark("did not arrive"),
    State.DOUBT: mark("may have arrived"),
    State.WITHDRAWN: mark("no longer needed"),
}
MARKS = {
    State.WAITING: "…",
    State.SENDING: "→",
    State.SENT: "✓",
    State.FAILED: "✕",
    State.DOUBT: "?",
    State.WITHDRAWN: "–",
}
LIGHTS = {State.SENT: "green", State.FAILED: "red", State.DOUBT: "yellow"}
# Words of `post.mail.Trouble`, and those of the outbox itself
REASONS = {
    "login": mark(
        "The provider refused user name or password. The main user can check them under "
        "“E-mail and SMS”."
    ),
    "certificate": mark(
        "The provider’s server could not show that it is genuine, so nothing was sent. Check the "
        "server’s name under “E-mail and SMS”; if it is right, ask your provider."
    ),
    "encryption": mark(
        "The provider’s server offers no encryption this way, so nothing was sent. Try the other "
        "kind of encryption under “E-mail and SMS”."
    ),
    "host": mark(
        "There is no server of this name. Check its name under “E-mail and SMS”, and whether the "
        "box has internet."
    ),
    "no_answer": mark("The provider did not answer."),
    "hung": mark("The provider’s server was reached but said nothing in time."),
    "refused": mark(
        "The provider refused this address for good. Ask the patient for it once more."
    ),
    "later": mark("The provider is busy; the box tries again by itself."),
    "address": mark("The patient has no address or number that can be written to."),
    "garbage": mark(
        "What answered is no mail server. Check server and port under “E-mail and SMS”."
    ),
    "late": mark("It was too late for it, for instance because the box was off or locked."),
    "agreement": mark("The patient does not agree to being written to this way."),
    "account": mark("This way of sending is not set up any more."),
    "cut_off": mark(
        "The box stopped in the middle of sending. It is not sent again by itself, so that nobody "
        "gets it twice."
    ),
    "called": mark("Dealt with by hand."),
}
DOUBTFUL = mark(
    "The provider had the whole message and did not answer any more. It is not sent again by "
    "itself, so that nobody gets it twice."
)


def reason(state: State, word: str) -> str:
    """Why a message is in this state, as a msgid; empty where that needs no word."""
    if state is State.DOUBT and word == "no_answer":
        return DOUBTFUL
    return REASONS.get(word, "")

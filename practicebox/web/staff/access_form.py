"""The form of the credentials: step 2 of the wizard, and the change of a password.

Knows what is asked of short names and passwords. Passwords are never trimmed: a blank at the
end belongs to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from practicebox.practice import names, passwords
from practicebox.web.forms import Form, Translate
from practicebox.web.language import mark

LONGEST_NAME = 64  # characters; more than any short name has
LONGEST_DEVICE = 40  # characters of "Laptop Martin"


@dataclass(frozen=True)
class Access:
    """The credentials of the Hauptnutzer and the first workstation."""

    short_name: str  # of the organisation
    user_short_name: str
    device_name: str
    password: str = field(repr=False)
    master_password: str = field(repr=False)
    words: tuple[str, ...] | None = field(repr=False)  # of a proposed master password


def read(form: Form, words: tuple[str, ...], translate: Translate) -> Access | None:
    """What was typed, or None with every mistake noted in the form, in the order of the page."""
    _ = translate
    short_name = _short_name(form, "short_name", translate)
    user_short_name = _short_name(form, "user_short_name", translate)
    known = (short_name, user_short_name)
    password = read_password(form, "password", translate, known=known)
    kind = form.one_of("master", ("proposed", "own"), _("Please choose a master password."))
    own = kind == "own"
    if own:
        guessed = (*known, password)
        read_password(form, "master_password", translate, guessed, passwords.MASTER_SHORTEST)
    device = form.text("device", _("Please give this device a name."), longest=LONGEST_DEVICE)
    if not form.is_good:
        return None
    return Access(
        short_name,
        user_short_name,
        device,
        password,
        form.value("master_password") if own else " ".join(words),
        None if own else words,
    )


def read_password(
    form: Form,
    name: str,
    translate: Translate,
    known: tuple[str, ...] = (),
    shortest: int = passwords.SHORTEST,
) -> str:
    """A new password, typed twice; mistakes are noted beside the field they are in."""
    _ = translate
    password = form.value(name)
    try:
        passwords.check(password, shortest=shortest, known=tuple(word for word in known if word))
    except passwords.TooShort:
        form.errors[name] = _(_TOO_SHORT[shortest])
    except passwords.TooLong:
        form.errors[name] = _("Please enter at most 128 characters.")
    except passwords.TooSimple:
        form.errors[name] = _(
            "This is too easy to guess. Please choose something else, such as a short sentence."
        )
    if name not in form.errors and form.value(f"{name}_again") != password:
        form.errors[f"{name}_again"] = _("The two entries are different. Please type it once more.")
    return password


_TOO_SHORT = {
    passwords.SHORTEST: mark("Enter at least 8 or more characters"),  # in German as in S3:106
    passwords.MASTER_SHORTEST: mark("Enter at least 12 or more characters"),
}


def _short_name(form: Form, name: str, translate: Translate) -> str:
    wrong = translate(
        "A short name has 2 to 32 letters or digits, without blanks. "
        "Dots and hyphens may stand between them."
    )
    return form.read(name, names.short, wrong) or ""

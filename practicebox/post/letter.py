"""The letter: one patient's invitation on paper, or those of a whole day in one PDF.

Knows what the letter says. Knows nothing of how it is laid out (`typst/letter.typ`), of accounts,
or of how link and code came about. Making letters is work for a thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date, format_time
from babel.units import format_unit

from practicebox.post import paper, qr
from practicebox.practice.window import window

PREVIEW_PPI = 110  # 910 x 1286 pixels: readable on a screen, 170 kB
_TEMPLATE = "letter.typ"

Translate = Callable[[str], str]


class NoLetters(ValueError):
    """Nothing to print."""


@dataclass(frozen=True)
class Sender:
    """The practice as it stands on its letters."""

    name: str
    street: str
    town: str  # with the postal code
    phone: str
    email: str


@dataclass(frozen=True, repr=False)  # no log may show whom a letter is for
class Letter:
    """Everything one letter says."""

    sender: Sender
    recipient: tuple[str, ...]  # lines of the window address, may be just the name
    patient: str
    clinician: str
    starts: datetime.datetime  # aware, in the time zone of the practice
    minutes: int
    host: str  # to be typed: "video.praxis-muster.example"
    link: str  # what the QR code carries
    code: str  # "1d7-d64-d96"
    test_call: datetime.date | None
    printed: datetime.date
    called_at: str | None = None  # the patient's number or none yet: the practice calls, no code
    remarks: tuple[str, ...] = ()  # sentences of this one letter, such as about costs


def pdf(letters: Sequence[Letter], translate: Translate, locale: str) -> bytes:
    """The letters, each on its page and in the outline; raise `NoLetters` for none."""
    return paper.pdf(_TEMPLATE, _inputs(letters, translate, locale))


def preview(letter: Letter, translate: Translate, locale: str) -> bytes:
    """A PNG of the letter."""
    return paper.png(_TEMPLATE, _inputs([letter], translate, locale), PREVIEW_PPI)


def _inputs(letters: Sequence[Letter], translate: Translate, locale: str) -> paper.Inputs:
    if not letters:
        raise NoLetters
    language = Locale.parse(locale.replace("-", "_"))
    first = letters[0]
    return {
        "title": _title(letters, translate),
        "author": first.sender.name,
        "lang": language.language,
        "region": language.territory,
        "printed": [first.printed.year, first.printed.month, first.printed.day],
        "letters": [_letter(letter, translate, language) for letter in letters],
    }


def _title(letters: Sequence[Letter], translate: Translate) -> str:
    if len(letters) > 1:
        return translate("Invitations to video consultations")
    if letters[0].called_at is not None:
        return translate("Your phone appointment")
    return translate("Invitation to a video consultation")


def _letter(letter: Letter, translate: Translate, locale: Locale) -> paper.Inputs:
    if letter.called_at is not None:
        return {**_head(letter, translate, locale), **_by_phone(letter, translate, locale)}
    return {
        "by_phone": False,
        **_head(letter, translate, locale),
        **_appointment(letter, translate, locale),
        **_way_in(letter, translate, locale),
    }


def _head(letter: Letter, translate: Translate, locale: Locale) -> paper.Inputs:
    sender = letter.sender
    information = (
        (translate("Phone:"), [sender.phone]),
        (translate("Email:"), paper.pieces(sender.email)),
        (translate("Date:"), [format_date(letter.printed, "long", locale)]),
    )
    return {
        "sender": sender.name,
        "return_address": " · ".join(filter(None, (sender.name, sender.street, sender.town))),
        "recipient": letter.recipient,
        "place": " · ".join(filter(None, (sender.street, sender.town))),
        "information": [
            {"label": label, "pieces": pieces} for label, pieces in information if any(pieces)
        ],
    }


def _by_phone(letter: Letter, translate: Translate, locale: Locale) -> paper.Inputs:
    """No way in: the practice calls (row A12)."""
    appointment = _appointment(letter, translate, locale)
    return {
        **appointment,
        "by_phone": True,
        "subject": translate("Your phone appointment, {patient}").format(patient=letter.patient),
        "introduction": translate("You have an appointment by telephone with {clinician}:").format(
            clinician=letter.clinician
        ),
        "test_call": None,
        "promise": translate("We call you for your appointment."),
        "we_call": translate("We call this number:")
        if letter.called_at
        else translate("Please tell us the number at which we can reach you."),
        "number": paper.pieces(letter.called_at or ""),
        "steps": [
            translate("Please keep your phone switched on and within reach."),
            translate("We may call a few minutes later. Please do not call us in the meantime."),
            translate("Please sit in a quiet place where nobody else listens."),
            translate("Have a pen, your medicines and your insurance card at hand."),
        ],
        "notes": _notes(letter, translate),
        "help": translate("Is the number wrong, or can you not make it?"),
        "call_us": translate("Call us:"),
        "phone": letter.sender.phone,
    }


def _notes(letter: Letter, translate: Translate) -> list[str]:
    """What stands at the foot of every letter, behind what is said in this one only."""
    emergency = translate("This appointment is not for emergencies. In an emergency, call 112.")
    return [*letter.remarks, emergency]


def _appointment(letter: Letter, translate: Translate, locale: Locale) -> paper.Inputs:
    when = translate("{date},\n{time}, about {duration}").format(
        date=format_date(letter.starts.date(), "full", locale),
        time=format_time(letter.starts.time(), "short", locale=locale),
        duration=format_unit(letter.minutes, "duration-minute", "long", locale=locale),
    )
    return {
        "subject": translate("Invitation to a video consultation for {patient}").format(
            patient=letter.patient
        ),
        "greeting": translate("Hello {patient},").format(patient=letter.patient),
        "introduction": translate(
            "You have an appointment for a video consultation with {clinician}:"
        ).format(clinician=letter.clinician),
        "when": when.split("\n"),
        "test_call": letter.test_call
        and translate(
            "Try it beforehand with the same code (“Technical check”), best by {date}."
        ).format(date=format_date(letter.test_call, "full", locale)),
    }


def _way_in(letter: Letter, translate: Translate, locale: Locale) -> paper.Inputs:
    opens = window(letter.starts, letter.minutes).opens
    return {
        "qr": qr.svg(letter.link, quiet_zone=0),  # the layout keeps the space around it free
        "qr_alt": translate("QR code with the link to your video consultation"),
        "qr_caption": translate("Scan with your phone"),
        "type_host": translate(
            "Or on a computer: Type this address at the top of the browser "
            "(Firefox, Chrome, Safari):"
        ),
        "host": paper.pieces(letter.host),
        "type_code": translate("Then type this access code:"),
        "code": letter.code,
        "steps": _steps(format_time(opens.time(), "short", locale=locale), translate),
        "notes": [
            translate("You need no account and no app. Wi-Fi and a quiet room are best."),
            translate(
                "Picture and sound are encrypted all the way to the practice. "
                "Nobody else sees or hears you."
            ),
            translate("Nothing is recorded. Please do not record anything either."),
            *_notes(letter, translate),
        ],
        "help": translate("Do you need help?"),
        "call_us": translate("Call us:"),
        "phone": letter.sender.phone,
    }


def _steps(opens: str, translate: Translate) -> list[paper.Inputs]:
    return [
        {
            "title": translate("From {time}, open the waiting room").format(time=opens),
            "text": translate(
                "Point the camera of your phone or tablet at the QR code. "
                "Tap the link that appears."
            ),
        },
        {
            "title": translate("Allow camera and microphone"),
            "text": translate(
                "Type your name. When your device asks, tap “Allow”. "
                "Then you are in the waiting room."
            ),
        },
        {
            "title": translate("Wait there"),
            "text": translate(
                "The consultation starts by itself as soon as you are asked in. "
                "That may take a few minutes."
            ),
        },
    ]

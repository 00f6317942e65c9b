"""What a message to a patient says: subject and text, from the practice's words or the box's own.

Subject and title name no reason and no kind of doctor: a locked telephone shows them to everybody
who passes by. The practice's name stands there only where the practice has chosen one for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from babel.dates import format_date, format_time

from practicebox.practice import message_text
from practicebox.practice.message_text import Texts
from practicebox.practice.reminders import Kind

Translate = Callable[[str], str]


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is used."""
    return sentence


INVITATION = mark(
    """Good day {Name},

you have an appointment by video on {Tag} at {Uhrzeit}.

Open this link a few minutes before:
{Link}

Or open {Adresse} and enter this access code: {Code}

You need a phone, tablet or computer with camera and microphone, and a quiet room. You need no \
account and no app. You can try it beforehand on any day: open the link and choose \
“Technical check”.

If something does not work, call us: {Telefon}

{Praxis}"""
)
REMINDER = mark(
    """Good day {Name},

we remind you of your appointment by video on {Tag} at {Uhrzeit}.

This is your link:
{Link}

If something does not work, call us: {Telefon}

{Praxis}"""
)
SMS = mark("Your appointment by video: {Tag}, {Uhrzeit}. {Link} Questions: {Telefon}")
BY_PHONE = mark(
    """Good day {Name},

we call you on {Tag} at {Uhrzeit}, as agreed. Please keep your telephone at hand.

If you can't be reached then, please tell us: {Telefon}

{Praxis}"""
)
CHANGE = mark(
    """Good day {Name},

your appointment has been moved. It is now on {Tag} at {Uhrzeit}.

Your link stays the same:
{Link}

If this time does not suit you, call us: {Telefon}

{Praxis}"""
)
CHANGE_BY_PHONE = mark(
    """Good day {Name},

your appointment has been moved. We call you on {Tag} at {Uhrzeit}.

If this time does not suit you, call us: {Telefon}

{Praxis}"""
)
CANCEL = mark(
    """Good day {Name},

your appointment on {Tag} at {Uhrzeit} does not take place. The link and the access code no longer \
work.

Please call us for a new appointment: {Telefon}

{Praxis}"""
)
CONFIRM = mark(
    """Good day {Name},

on {Tag} at {Uhrzeit} we held your appointment. Please confirm with one tap that it took place:
{Link}

If something does not work, call us: {Telefon}

{Praxis}"""
)
SMS_CONFIRM = mark("Please confirm your appointment of {Tag}, {Uhrzeit}: {Link}")
SMS_BY_PHONE = mark("We call you on {Tag} at {Uhrzeit}. Questions: {Telefon}")
SMS_CHANGE = mark("Your appointment was moved to {Tag}, {Uhrzeit}. Questions: {Telefon}")
SMS_CANCEL = mark("Your appointment on {Tag}, {Uhrzeit} does not take place. Call us: {Telefon}")
TITLE = mark("Appointment")
SUBJECTS = {
    Kind.INVITATION: mark("Your appointment on %(day)s"),
    Kind.REMINDER: mark("Reminder: your appointment on %(day)s"),
    Kind.CHANGE: mark("Your appointment was moved to %(day)s"),
    Kind.CANCEL: mark("Your appointment on %(day)s does not take place"),
    Kind.CONFIRM: mark("Please confirm your appointment of %(day)s"),
}


@dataclass(frozen=True, repr=False)  # no log may show whom a message is for
class Told:
    """What a message tells."""

    kind: Kind
    by_phone: bool
    name: str
    starts: datetime.datetime  # aware, in the time zone of the practice
    minutes: int
    link: str
    host: str
    code: str
    phone: str
    practice: str


def subject(told: Told, shown_name: str, translate: Translate, locale: str) -> str:
    """The subject of an e-mail."""
    day = format_date(told.starts.date(), "short" if locale != "de" else "dd.MM.y", locale=locale)
    line = translate(SUBJECTS[told.kind]) % {"day": day}
    return f"{line} – {shown_name}" if shown_name else line


def title(shown_name: str, translate: Translate) -> str:
    """What stands in the calendar."""
    return f"{translate(TITLE)} – {shown_name}" if shown_name else translate(TITLE)


def text(told: Told, texts: Texts, translate: Translate, locale: str) -> str:
    """The text of an e-mail."""
    return message_text.fill(_template(told, texts, translate), values(told, "full", locale))


def sms(told: Told, texts: Texts, translate: Translate, locale: str) -> str:
    """The text of an SMS, which has short dates."""
    own = {
        Kind.CHANGE: translate(SMS_CHANGE),
        Kind.CANCEL: translate(SMS_CANCEL),
        Kind.CONFIRM: translate(SMS_CONFIRM),
    }
    usual = translate(SMS_BY_PHONE) if told.by_phone else texts.sms or translate(SMS)
    return message_text.fill(own.get(told.kind, usual), values(told, "short", locale))


def values(told: Told, length: str, locale: str) -> dict[str, str]:
    """What the placeholders stand for."""
    of_day = {"full": "full", "short": "EEE d.M." if locale == "de" else "short"}[length]
    return {
        "Name": told.name,
        "Tag": format_date(told.starts.date(), of_day, locale=locale),
        "Uhrzeit": format_time(told.starts.time(), "short", locale=locale)
        + (" Uhr" if locale == "de" else ""),
        "Dauer": str(told.minutes),
        "Link": told.link,
        "Adresse": told.host,
        "Code": told.code,
        "Telefon": told.phone,
        "Praxis": told.practice,
    }


def _template(told: Told, texts: Texts, translate: Translate) -> str:
    if told.kind is Kind.CANCEL:
        return translate(CANCEL)
    if told.kind is Kind.CONFIRM:
        return translate(CONFIRM)
    if told.kind is Kind.CHANGE:
        return translate(CHANGE_BY_PHONE if told.by_phone else CHANGE)
    if told.by_phone:
        return translate(BY_PHONE)
    if told.kind is Kind.REMINDER:
        return texts.reminder or translate(REMINDER)
    return texts.invitation or translate(INVITATION)

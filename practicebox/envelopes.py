"""From a message in the outbox to what goes over the wire. Part of the composition root, because it
needs the records of the store and the words of `post`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from practicebox.post import calendar_file, message, sms
from practicebox.post.accounts import SetUp
from practicebox.post.calendar_file import CalendarFile, Event
from practicebox.post.mail import Mail, NotSent, Trouble, is_address
from practicebox.post.message import Told, Translate
from practicebox.post.sms import Sms
from practicebox.practice import link
from practicebox.practice.reminders import Kind, Way
from practicebox.store.outbox.planning import Pending
from practicebox.store.outbox.rows import Content
from practicebox.store.records import Practice

LOCALE = "de"  # of patients


@dataclass(frozen=True)
class Envelope:
    """A message as it goes out, and what its row says from then on."""

    payload: Mail | Sms
    content: Content


@dataclass(frozen=True)
class Writer:
    """What all messages of one round have in common."""

    set_up: SetUp
    practice: Practice
    public_url: str
    now: Callable[[], datetime]
    translate: Translate

    def write(self, pending: Pending) -> Envelope:
        """The message, addressed; raise `NotSent` where that can't be."""
        known, told = pending.message.content, self._told(pending)
        patient = pending.appointment.patient
        if known.way is Way.SMS:
            to = sms.number(known.to if known.name else patient.phone)
            text = message.sms(told, self.set_up.texts, self.translate, LOCALE)
            return Envelope(Sms(to, text), _settled(known, to))
        to = known.to if known.name else patient.email
        if not is_address(to):
            raise NotSent(Trouble.ADDRESS)
        return Envelope(self._mail(pending, told, to), _settled(known, to))

    def _mail(self, pending: Pending, told: Told, to: str) -> Mail:
        account = self.set_up.mail
        assert account, "only ways that are set up are written for"
        domain = account.sender.partition("@")[2]
        return Mail(
            to=to,
            subject=message.subject(told, account.name, self.translate, LOCALE),
            text=message.text(told, self.set_up.texts, self.translate, LOCALE),
            date=self.now(),
            message_id=f"{pending.message.id}@{domain}",
            calendar=self._calendar(pending, told, to),
        )

    def _calendar(self, pending: Pending, told: Told, to: str) -> CalendarFile | None:
        account = self.set_up.mail
        if told.kind in (Kind.REMINDER, Kind.CONFIRM) or account is None:
            return None
        event = Event(
            uid=f"{pending.appointment.id}@practicebox",
            sequence=pending.message.content.sequence,
            title=message.title(account.name, self.translate),
            starts=told.starts,
            minutes=told.minutes,
            sender=account.sender,
            to=to,
            made=self.now(),
        )
        return calendar_file.make(event, "CANCEL" if told.kind is Kind.CANCEL else "REQUEST")

    def _told(self, pending: Pending) -> Told:
        appointment, known = pending.appointment, pending.message.content
        profile = self.practice.profile
        starts = known.starts or appointment.starts
        return Told(
            kind=pending.message.kind,
            by_phone=appointment.kind == "phone",
            name=known.name or appointment.patient.name,
            starts=starts.astimezone(ZoneInfo(self.practice.time_zone)),
            minutes=known.minutes or appointment.minutes,
            link=link.address(self.public_url, appointment.link),
            host=urlsplit(self.public_url).netloc,
            code=appointment.codes.patient,
            phone=profile.phone,
            practice=profile.name,
        )


def _settled(known: Content, to: str) -> Content:
    """What stays in the row. Of somebody whose appointment it no longer is, nothing does."""
    if known.name:
        return Content(known.way, sequence=known.sequence)
    return replace(known, to=to)

"""Which messages are due when: pure, from plan, agreement and time.

A message is wanted once for each way (e-mail, SMS) that the patient has agreed to. What was due
while the box was locked or off still goes out as long as it is of use: a reminder until the next
one is due or the appointment begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from practicebox.practice.confirmation import LATER

USUAL = (timedelta(hours=24), timedelta(minutes=10))  # before the appointment
LONGEST = timedelta(days=14)  # before it; more than that nobody remembers
MOST = 4  # reminders of one appointment
FIRST_RETRY = timedelta(minutes=1)  # doubled each time …
LAST_RETRY = timedelta(minutes=30)  # … up to this: greylisting ends within half an hour
PREPARED = timedelta(hours=48)  # how far ahead a locked box can go on by itself


class Kind(StrEnum):
    """What a message says."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    CHANGE = "change"  # of the time
    CANCEL = "cancel"
    CONFIRM = "confirm"  # please do: that it took place


class Way(StrEnum):
    """How it gets there."""

    MAIL = "mail"
    SMS = "sms"


class State(StrEnum):
    """What has become of it."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"  # the provider has confirmed that
    FAILED = "failed"
    DOUBT = "doubt"  # it may have gone; never sent again by itself
    WITHDRAWN = "withdrawn"  # no longer wanted


# Whoever has one of these has heard of the appointment, or may have.
HEARD = frozenset({State.SENT, State.SENDING, State.DOUBT})


@dataclass(frozen=True)
class Plan:
    """An appointment as far as reminders need it."""

    starts: datetime  # aware
    minutes: int
    known_since: datetime  # aware: planned, or agreed to be written to, whichever came later

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)


def dues(plan: Plan, leads: Iterable[timedelta], now: datetime) -> list[datetime]:
    """When reminders of an appointment are to go out, those that still make sense.

    What was due before anybody knew of the appointment was never wanted; of several that are late
    only the last one is.
    """
    wanted = sorted({plan.starts - lead for lead in leads})
    wanted = [due for due in wanted if due > plan.known_since]
    if plan.starts <= now:
        return []
    late = [due for due in wanted if due <= now]
    return late[-1:] + [due for due in wanted if due > now]


def useful_until(kind: Kind, plan: Plan) -> datetime:
    """From when on a message no longer helps anybody."""
    if kind is Kind.CONFIRM:
        return plan.ends + LATER
    return plan.ends if kind is Kind.INVITATION else plan.starts


def next_try(tries: int, now: datetime, until: datetime) -> datetime | None:
    """When to try again after the `tries`-th failure; None when that would be too late."""
    pause = min(FIRST_RETRY * 2 ** min(max(tries - 1, 0), 10), LAST_RETRY)
    return now + pause if now + pause < until else None

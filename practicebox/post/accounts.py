"""What the practice has set up for its messages, read from the values that the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from practicebox.post.mail import Account
from practicebox.post.sms import Gateway
from practicebox.practice.message_text import Texts
from practicebox.practice.reminders import USUAL, Way

MAIL, SMS, TEXTS = "mail", "sms", "message_texts"  # names of sealed settings


@dataclass(frozen=True)
class SetUp:
    """Everything that sending needs."""

    mail: Account | None = None
    sms: Gateway | None = None
    texts: Texts = field(default_factory=Texts)
    leads: tuple[timedelta, ...] = USUAL

    @property
    def ways(self) -> frozenset[Way]:
        """The ways by which messages can go."""
        ways = {Way.MAIL: self.mail, Way.SMS: self.sms}
        return frozenset(way for way, account in ways.items() if account)

    @property
    def shown_name(self) -> str:
        """The name that the practice shows to everybody who sees a message."""
        return self.mail.name if self.mail else ""


def read(mail: Mapping[str, Any], sms: Mapping[str, Any], texts: Mapping[str, Any]) -> SetUp:
    """What was kept under the three names; empty where nothing was."""
    own = {name: texts.get(name, "") for name in ("invitation", "reminder", "sms")}
    minutes = texts.get("minutes")
    return SetUp(
        mail=Account(**mail) if mail.get("host") else None,
        sms=Gateway(**{k: v for k, v in sms.items() if k != "cents"}) if sms.get("url") else None,
        texts=Texts(**own),
        leads=USUAL if minutes is None else tuple(timedelta(minutes=each) for each in minutes),
    )

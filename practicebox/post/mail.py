"""E-mail through the practice's own mailbox: one connection, several messages, every failure named.

Knows SMTP submission (RFC 6409) with STARTTLS or TLS from the start (RFC 8314) and checks
certificates; without encryption it speaks to this very machine alone. Knows nothing of patients or
appointments. `aiosmtplib` is imported with the first connection.

What matters most to the caller is whether a message may have gone: until the last byte of it the
server has nothing to deliver (RFC 5321 section 4.2.5), after it only the answer tells. So whatever
happens between the two is `InDoubt`, everything before it is `NotSent`.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from practicebox.post.calendar_file import CalendarFile

if TYPE_CHECKING:
    import datetime

    import aiosmtplib

PATIENCE = 20.0  # seconds for one answer; slow providers greet after 5 to 10 on purpose
LONGEST_ADDRESS = 254  # characters (RFC 5321 section 4.5.3.1.3, less the angle brackets)
HERE = {"localhost", "127.0.0.1", "::1"}
OUR_NAME = (
    "[127.0.0.1]"  # an address literal (RFC 5321 section 4.1.3): our name is nobody's business
)

Security = Literal["starttls", "tls", "plain"]
SECURITIES: tuple[Security, ...] = ("starttls", "tls", "plain")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Trouble(StrEnum):
    """Why a message did not go out."""

    LOGIN = "login"  # name or password refused
    CERTIFICATE = "certificate"  # the server can't show that it is who it says
    ENCRYPTION = "encryption"  # no STARTTLS, or TLS fails
    HOST = "host"  # no such name
    NO_ANSWER = "no_answer"  # nobody there, or hung up
    HUNG = "hung"  # somebody there who says nothing
    REFUSED = "refused"  # for good (5yz)
    LATER = "later"  # not now (4yz)
    ADDRESS = "address"  # not an address that mail can be sent to
    GARBAGE = "garbage"  # what answers doesn't speak the protocol


# Trying again with the same account and address can't help; somebody has to change something.
FOR_GOOD = frozenset({Trouble.REFUSED, Trouble.ADDRESS})


class NotSent(Exception):
    """Nothing has gone out. `trouble` says why; the server's own words are left out, since they
    may quote the address."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class InDoubt(Exception):
    """The whole message has left, and no answer came: it may or may not have gone out."""


@dataclass(frozen=True)
class Account:
    """The practice's mailbox, as its provider describes it."""

    host: str
    port: int
    security: Security
    user: str = field(repr=False)
    password: str = field(repr=False)
    sender: str  # address
    name: str = ""  # shown beside it


@dataclass(frozen=True, repr=False)  # no log may show whom a message is for
class Mail:
    """One message to one person."""

    to: str
    subject: str
    text: str
    date: datetime.datetime  # aware
    message_id: str  # without angle brackets; the same for every try, so that copies can be told
    calendar: CalendarFile | None = None


class Line:
    """An open connection to the mailbox."""

    def __init__(self, client: aiosmtplib.SMTP, account: Account) -> None:
        self._client = client
        self._account = account

    @property
    def is_open(self) -> bool:
        """Whether another message can go through it."""
        return self._client.is_connected

    async def send(self, mail: Mail) -> None:
        """Hand a message over; raise `NotSent` or `InDoubt`."""
        from aiosmtplib import SMTPDataError, SMTPException

        body = as_bytes(mail, self._account)
        try:
            await self._client.mail(self._account.sender)
            await self._client.rcpt(mail.to)
        except (SMTPException, OSError) as error:
            await self._begin_anew()
            raise NotSent(trouble_of(error)) from None
        try:
            await self._client.data(body)
        except SMTPDataError as error:
            await self._begin_anew()
            raise NotSent(trouble_of(error)) from None
        except (SMTPException, OSError, TimeoutError):
            raise InDoubt from None

    async def _begin_anew(self) -> None:
        """Let the server forget a message that was not finished (RFC 5321 section 4.1.1.5)."""
        from aiosmtplib import SMTPException

        with suppress(SMTPException, OSError):
            await self._client.rset()


@asynccontextmanager
async def line(
    account: Account, trust: ssl.SSLContext | None = None, *, patience: float = PATIENCE
) -> AsyncIterator[Line]:
    """Connect, encrypt and log in; raise `NotSent`. `trust` None: the system's authorities."""
    import aiosmtplib

    if account.security == "plain" and account.host not in HERE:
        raise NotSent(Trouble.ENCRYPTION)
    client = aiosmtplib.SMTP(
        hostname=account.host,
        port=account.port,
        local_hostname=OUR_NAME,
        timeout=patience,
        use_tls=account.security == "tls",
        start_tls=account.security == "starttls",
        tls_context=None if account.security == "plain" else trust or ssl.create_default_context(),
    )
    try:
        await client.connect()
        await client.ehlo()
        if account.user:
            await client.login(account.user, account.password)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise NotSent(trouble_of(error)) from None
    try:
        yield Line(client, account)
    finally:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
        client.close()


def is_address(text: str) -> bool:
    """Whether mail can be sent to `text`: one plain address and nothing around it."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def trouble_of(error: BaseException) -> Trouble:
    """What an exception of the connection means."""
    import aiosmtplib

    chain = list(_causes(error))
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in chain):
        return Trouble.CERTIFICATE
    if any(isinstance(each, ssl.SSLError) for each in chain):
        return Trouble.ENCRYPTION
    if any(isinstance(each, socket.gaierror) for each in chain):
        return Trouble.HOST
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        return Trouble.LOGIN
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _by_code(error.code)
    if isinstance(error, (aiosmtplib.SMTPTimeoutError, TimeoutError)):
        return Trouble.HUNG
    if isinstance(error, aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPConnectError | OSError):
        return Trouble.NO_ANSWER
    # STARTTLS or a way to log in is missing among what the server offers
    return Trouble.ENCRYPTION if "STARTTLS" in str(error) else Trouble.LOGIN


def as_bytes(mail: Mail, account: Account) -> bytes:
    """The message as it goes over the wire (RFC 5322); raise `NotSent` for a bad address."""
    if not is_address(mail.to) or not is_address(account.sender):
        raise NotSent(Trouble.ADDRESS)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((" ".join(account.name.split()), account.sender))
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = f"<{mail.message_id}>"
    # Nobody's holiday notice has to answer a machine (RFC 3834 section 5).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.calendar:
        message.add_attachment(
            mail.calendar.content,
            maintype="text",
            subtype="calendar",
            filename=mail.calendar.file_name,
            params={"method": mail.calendar.method, "charset": "utf-8"},
        )
    return message.as_bytes()


def _by_code(code: int) -> Trouble:
    if 400 <= code < 500:
        return Trouble.LATER
    return Trouble.REFUSED if 500 <= code < 600 else Trouble.GARBAGE


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found

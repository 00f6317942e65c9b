"""A real SMTP server for tests, with a certificate of its own; it keeps what it was given."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from practicebox.post.mail import Account, Security
from tests.stun.relay.certificate import certificate_for

USER, PASSWORD = "praxis", "ein Geheimnis 7"
OK = "250 OK"


@dataclass
class Mailbox:
    """What a server has taken, and what it answers."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    at_rcpt: Callable[[str], str] = lambda address: OK
    at_data: Callable[[int], str] = lambda number: OK
    login: str = ""  # what a login is answered with; empty: looked at
    delay: float = 0.0  # seconds before a message is confirmed

    def account(self, security: Security = "starttls", **changes: Any) -> Account:
        """The account of this mailbox."""
        fields = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": security,
            "user": "" if security == "plain" else USER,
            "password": PASSWORD,
            "sender": "praxis@example.org",
        }
        return Account(**{**fields, **changes})

    def messages(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        parsed = [email.message_from_bytes(each, policy=default) for each in self.taken]
        return [each for each in parsed if isinstance(each, EmailMessage)]

    # Called by aiosmtpd, by these names.

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_rcpt(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.at_data(len(self.taken))
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(content)
            self.to += envelope.rcpt_tos
        await asyncio.sleep(self.delay)
        return answer

    def judge(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Whether somebody may log in (aiosmtpd's "authenticator")."""
        if self.login:
            return AuthResult(success=False, handled=False, message=self.login)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


@cache
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's, and that of a client who trusts its certificate."""
    with TemporaryDirectory() as folder:
        chain, key = certificate_for(Path(folder))
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(chain, key)
        client = ssl.create_default_context(cafile=str(chain))
    return server, client


@asynccontextmanager
async def smtp_server(security: Security = "starttls") -> AsyncIterator[Mailbox]:
    """A server on a free port."""
    mailbox, loop = Mailbox(), asyncio.get_running_loop()
    server_side, _ = contexts()

    spoken: list[SMTP] = []

    def serve() -> SMTP:
        with_starttls = {"tls_context": server_side, "require_starttls": True}
        spoken.append(
            protocol := SMTP(
                mailbox,
                hostname="mail.example.org",
                authenticator=mailbox.judge,
                auth_required=security == "starttls",
                auth_require_tls=security == "starttls",
                loop=loop,
                **(with_starttls if security == "starttls" else {}),  # type: ignore[arg-type]  # both known
            )
        )
        return protocol

    listening = await loop.create_server(
        serve, "127.0.0.1", 0, ssl=server_side if security == "tls" else None
    )
    mailbox.port = listening.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        listening.close()
        await listening.wait_closed()
        for protocol in spoken:
            for transport in (protocol.transport, protocol._original_transport):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()
        await asyncio.sleep(0)

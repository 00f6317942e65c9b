"""E-mail against a real SMTP server, with its certificate, its refusals and its silence."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from practicebox.post import calendar_file
from practicebox.post.calendar_file import CalendarFile, Event, Method
from practicebox.post.mail import Account, InDoubt, Mail, NotSent, Security, Trouble, line
from tests.post.smtp_world import Mailbox, contexts, smtp_server

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2027, 1, 18, 11, 0, tzinfo=UTC)
WITH_TLS: tuple[Security, ...] = ("starttls", "tls")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def mail(to: str = "alice@example.org", file: CalendarFile | None = None) -> Mail:
    return Mail(to, "Ihr Termin", "Guten Tag, Alice Krejčová", NOON, "1@example.org", file)


def event(sequence: int = 0, starts: datetime | None = None) -> Event:
    at = starts or datetime(2027, 1, 19, 15, 30, tzinfo=BERLIN)
    to, sender = "alice@example.org", "praxis@example.org"
    return Event("abc@practicebox", sequence, "Termin", at, 45, sender, to, NOON)


async def send(account: Account, message: Mail, *, patience: float = 5) -> None:
    _, trust = contexts()
    async with line(account, trust, patience=patience) as opened:
        await opened.send(message)


async def trouble(account: Account, *, patience: float = 5) -> Trouble:
    with pytest.raises(NotSent) as caught:
        await send(account, mail(), patience=patience)
    return caught.value.trouble


@asynccontextmanager
async def odd_server(serve: Serve) -> AsyncIterator[Account]:
    """Something that listens and isn't quite a mail server."""
    writers: list[asyncio.StreamWriter] = []

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    server = await asyncio.start_server(noted, "127.0.0.1", 0)
    try:
        yield Mailbox(server.sockets[0].getsockname()[1]).account("plain")
    finally:
        server.close()
        await server.wait_closed()
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@pytest.mark.parametrize("security", ["starttls", "tls", "plain"])
async def test_a_message_arrives_as_it_was_written(security: Security) -> None:
    async with smtp_server(security) as mailbox:
        account = mailbox.account(security, name="Praxis Müller")
        await send(account, mail())
    (message,) = mailbox.messages()
    assert mailbox.to == ["alice@example.org"]
    assert message["From"] == "Praxis Müller <praxis@example.org>"
    assert message["Message-ID"] == "<1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Guten Tag, Alice Krejčová"


async def test_several_messages_go_through_one_line_also_after_a_refusal() -> None:
    async with smtp_server() as mailbox:
        mailbox.at_rcpt = lambda to: "550 no such user" if to.startswith("gone") else "250 OK"
        _, trust = contexts()
        async with line(mailbox.account(), trust) as opened:
            await opened.send(mail())
            with pytest.raises(NotSent) as caught:
                await opened.send(mail("gone@example.org"))
            await opened.send(mail("bob@example.org"))
    assert caught.value.trouble is Trouble.REFUSED
    assert mailbox.to == ["alice@example.org", "bob@example.org"]


async def test_a_calendar_file_can_be_read_by_calendars() -> None:
    async with smtp_server() as mailbox:
        await send(mailbox.account(), mail(file=calendar_file.make(event(3), "REQUEST")))
    (message,) = mailbox.messages()
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "termin.ics"
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (entry,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], entry["UID"], entry["SEQUENCE"]) == (
        "REQUEST",
        "abc@practicebox",
        3,
    )
    assert entry["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert entry.decoded("dtstart") == datetime(2027, 1, 19, 15, 30, tzinfo=BERLIN)
    assert entry.decoded("dtend") == datetime(2027, 1, 19, 16, 15, tzinfo=BERLIN)
    assert entry["SUMMARY"] == "Termin"


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_a_withdrawal_names_the_same_event(method: Method, status: str) -> None:
    calendar = icalendar.Calendar.from_ical(calendar_file.make(event(1), method).content)
    (entry,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], entry["STATUS"]) == (method, status)
    assert entry["UID"] == "abc@practicebox"


def test_an_appointment_while_the_clocks_change_has_its_real_length() -> None:
    starts = datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)  # half an hour before 3 o'clock
    file = calendar_file.make(event(0, starts), "REQUEST")
    (entry,) = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert entry.decoded("dtend").astimezone(UTC) - starts.astimezone(UTC) == (
        datetime(2027, 3, 28, 1, 15, tzinfo=UTC) - datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    )


async def test_a_refused_login_is_named() -> None:
    async with smtp_server() as mailbox:
        assert await trouble(mailbox.account(password="falsch")) is Trouble.LOGIN
        mailbox.login = "454 4.7.0 temporary failure"
        assert await trouble(mailbox.account()) is Trouble.LATER


async def test_an_untrusted_certificate_is_never_talked_to() -> None:
    for security in WITH_TLS:
        async with smtp_server(security) as mailbox:
            with pytest.raises(NotSent) as caught:
                async with line(mailbox.account(security), ssl.create_default_context()):
                    pass
            assert caught.value.trouble is Trouble.CERTIFICATE
            assert not mailbox.taken


async def test_a_certificate_of_another_name_is_refused() -> None:
    async with smtp_server("tls") as mailbox:
        assert await trouble(mailbox.account("tls", host="localhost")) is Trouble.CERTIFICATE


async def test_a_server_without_starttls_gets_no_password() -> None:
    async with smtp_server("plain") as mailbox:
        assert await trouble(mailbox.account("starttls")) is Trouble.ENCRYPTION


async def test_without_encryption_only_this_machine_is_spoken_to() -> None:
    account = Mailbox(25).account("plain", host="mail.example.org")
    assert await trouble(account) is Trouble.ENCRYPTION


async def test_a_host_that_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
    account = Mailbox(587).account(host="mail.nirgends.invalid")
    assert await trouble(account) is Trouble.HOST


async def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert await trouble(Mailbox(port).account()) is Trouble.NO_ANSWER


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with odd_server(silent) as account:
        assert await trouble(account, patience=0.2) is Trouble.HUNG


async def test_a_server_that_hangs_up() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with odd_server(rude) as account:
        assert await trouble(account) is Trouble.NO_ANSWER


async def test_something_else_that_answers() -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    async with odd_server(web) as account:
        assert await trouble(account, patience=0.5) in {Trouble.GARBAGE, Trouble.NO_ANSWER}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("550 no such user", Trouble.REFUSED), ("451 greylisted", Trouble.LATER)],
)
async def test_a_refused_mailbox_is_told_from_one_that_is_busy(
    answer: str, expected: Trouble
) -> None:
    async with smtp_server() as mailbox:
        mailbox.at_rcpt = lambda to: answer
        assert await trouble(mailbox.account()) is expected
        mailbox.at_rcpt, mailbox.at_data = lambda to: "250 OK", lambda number: answer
        assert await trouble(mailbox.account()) is expected
    assert not mailbox.taken


async def test_no_answer_to_a_whole_message_is_a_doubt() -> None:
    async with smtp_server() as mailbox:
        mailbox.delay = 1
        with pytest.raises(InDoubt):
            await send(mailbox.account(), mail(), patience=0.3)
    assert len(mailbox.taken) == 1


@pytest.mark.parametrize(
    "to",
    [
        *("", "alice", "alice@", "a@b", "alice@example.org\nBcc: all@example.org"),
        *("ä@example.org", "alice@example.org, bob@example.org"),
        *("Alice <alice@example.org>", f"{'a' * 250}@b.de"),
    ],
)
async def test_what_is_no_address_is_not_sent_to(to: str) -> None:
    async with smtp_server() as mailbox:
        with pytest.raises(NotSent) as caught:
            await send(mailbox.account(), mail(to))
    assert caught.value.trouble is Trouble.ADDRESS
    assert not mailbox.taken


async def test_no_line_break_reaches_a_header() -> None:
    async with smtp_server() as mailbox:
        odd = Mail("alice@example.org", "Ihr\r\nBcc: x@y.de\r\nTermin", "Text", NOON, "1@a.de")
        await send(mailbox.account(name="Praxis\r\nBcc: x@y.de"), odd)
    (message,) = mailbox.messages()
    assert message["Bcc"] is None
    assert message["Subject"] == "Ihr Bcc: x@y.de Termin"


def test_nothing_secret_is_in_a_traceback() -> None:
    account = Mailbox(1).account(password="sehr geheim")
    assert "sehr geheim" not in repr(account)
    assert "alice" not in repr(mail())

"""SMS through a gateway's HTTP interface: one request a message, every failure named.

Knows the interfaces of two German gateways and a plain one for others. `aiohttp` is imported with
the first message. What goes through a gateway is read there: that is for the practice and the
patient to agree upon, and the text says as little as possible.

seven.io: https://docs.seven.io/en/rest-api/endpoints/sms (key in `X-Api-Key`; answers JSON with a
number in `success`, 100 for sent). sipgate: https://api.sipgate.com/v2/doc, `sendWebSms` (token id
and token by Basic authentication; 204 for sent).
"""

from __future__ import annotations

import base64
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from practicebox.post.mail import HERE, InDoubt, NotSent, Trouble

PATIENCE = 20.0  # seconds for the whole request
LONGEST_ANSWER = 64 * 1024  # bytes; the real ones have under one KiB

Interface = Literal["seven", "sipgate", "own"]
URLS: dict[Interface, str] = {
    "seven": "https://gateway.seven.io/api/sms",
    "sipgate": "https://api.sipgate.com/v2/sessions/sms",
}
_NUMBER = re.compile(r"\+?[0-9]{6,15}")
# seven.io's numbers; whatever isn't listed is an error of ours that trying again won't mend.
_SEVEN = {100: None, 101: Trouble.REFUSED, 500: Trouble.LATER, 600: Trouble.LATER}
_SEVEN |= {900: Trouble.LOGIN, 901: Trouble.LOGIN, 902: Trouble.LOGIN, 903: Trouble.LOGIN}


@dataclass(frozen=True)
class Gateway:
    """The practice's account with a gateway."""

    interface: Interface
    url: str
    user: str = field(default="", repr=False)  # sipgate: id of the token
    secret: str = field(default="", repr=False)  # key or token
    sender: str = ""  # name or number; sipgate: the extension, "s0"


@dataclass(frozen=True, repr=False)  # no log may show whom a message is for
class Sms:
    """One message to one person."""

    to: str  # as `number` gives it
    text: str


def number(typed: str) -> str:
    """A number in international form, "+49…"; raise `NotSent` for what is none."""
    digits = re.sub(r"[\s()/.\-]|\(0\)", "", typed.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("0"):
        digits = f"+49{digits[1:]}"
    if not _NUMBER.fullmatch(digits):
        raise NotSent(Trouble.ADDRESS)
    return digits


def is_url(url: str) -> bool:
    """Whether a gateway may be reached there: HTTPS, or this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in HERE))


async def send(
    gateway: Gateway, sms: Sms, trust: ssl.SSLContext | None = None, *, patience: float = PATIENCE
) -> None:
    """Hand a message over; raise `NotSent` or `InDoubt`."""
    import aiohttp

    if not is_url(gateway.url):
        raise NotSent(Trouble.ENCRYPTION)
    limit = aiohttp.ClientTimeout(total=patience, sock_connect=patience / 2)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=False) as session,
            session.post(
                gateway.url,
                ssl=trust or True,
                allow_redirects=False,
                **_request(gateway, sms),
            ) as answer,
        ):
            body = await answer.content.read(LONGEST_ANSWER)
    except aiohttp.ClientConnectorCertificateError:
        raise NotSent(Trouble.CERTIFICATE) from None
    except aiohttp.ClientConnectorSSLError:
        raise NotSent(Trouble.ENCRYPTION) from None
    except aiohttp.ClientConnectorDNSError:
        raise NotSent(Trouble.HOST) from None
    except aiohttp.ClientConnectorError:
        raise NotSent(Trouble.NO_ANSWER) from None
    except aiohttp.ConnectionTimeoutError:
        raise NotSent(Trouble.HUNG) from None
    except (aiohttp.ClientError, TimeoutError):
        raise InDoubt from None  # the request was on its way
    _judge(gateway, answer.status, body)


def _request(gateway: Gateway, sms: Sms) -> dict[str, Any]:
    if gateway.interface == "sipgate":
        said = {"smsId": gateway.sender or "s0", "recipient": sms.to, "message": sms.text}
        pair = base64.b64encode(f"{gateway.user}:{gateway.secret}".encode()).decode()  # RFC 7617
        return {"json": said, "headers": {"Authorization": f"Basic {pair}"}}
    said = {"to": sms.to, "text": sms.text}
    if gateway.sender:
        said["from"] = gateway.sender
    if gateway.interface == "seven":
        return {
            "json": said,
            "headers": {"X-Api-Key": gateway.secret, "Accept": "application/json"},
        }
    headers = {"Authorization": f"Bearer {gateway.secret}"} if gateway.secret else {}
    return {"json": said, "headers": headers}


def _judge(gateway: Gateway, status: int, body: bytes) -> None:
    if status in (401, 402, 403):
        raise NotSent(Trouble.LOGIN)
    if status in (408, 425, 429, 503):
        raise NotSent(Trouble.LATER)
    if 400 <= status < 500:
        raise NotSent(Trouble.REFUSED)
    if not 200 <= status < 300:
        raise InDoubt  # a redirection or a fault inside: nobody knows how far it got
    if gateway.interface == "seven":
        _judge_seven(body)


def _judge_seven(body: bytes) -> None:
    """Its answer of 200 says nothing yet; the number in it does."""
    try:
        said = json.loads(body)
        code = int(said["success"] if isinstance(said, Mapping) else said)
    except (ValueError, KeyError, TypeError):
        raise InDoubt from None
    trouble = _SEVEN.get(code, Trouble.REFUSED)
    if trouble:
        raise NotSent(trouble)

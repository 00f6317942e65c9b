"""Known browsers: who has come in once with a right code or link may type freely.

A guesser floods the box from everywhere, but has no such cookie; so what slows guesses down never
meets a patient who has been here before (OWASP, "device cookies"). The cookie names no person and
no appointment: a day, and one of 4,096 budgets of failures which all browsers of an appointment
share, so that nobody gets a fresh budget by joining again. The box keeps no list of cookies.
"""

from __future__ import annotations

import hmac
import struct
from datetime import date

from practicebox.practice import link

DAYS = 400  # that a cookie counts, as long as browsers keep it (RFC 6265bis)
BUDGETS = 1 << 12
MAC_BYTES = 16

_BODY = struct.Struct("!HH")  # days since `EPOCH`, budget
EPOCH = date(2020, 1, 1)


class NotKnown(Exception):
    """The cookie is none of ours, or too old."""


def cookie(key: bytes, appointment_id: str, today: date) -> str:
    """What a browser is given that has come in to an appointment; `key` has 32 bytes."""
    digest = hmac.digest(key, b"budget\0" + appointment_id.encode(), "sha256")
    body = _BODY.pack(_days(today), int.from_bytes(digest[:2]) % BUDGETS)
    return link.encode(body + _mac(key, body))


def budget(key: bytes, value: str, today: date) -> bytes:
    """The budget of failures (2 bytes) that a cookie names; raise `NotKnown`."""
    try:
        packed = link.decode(value)
    except link.NotALink:
        raise NotKnown from None
    body, mac = packed[: _BODY.size], packed[_BODY.size :]
    if not hmac.compare_digest(mac, _mac(key, body)):
        raise NotKnown
    days, _ = _BODY.unpack(body)
    if _days(today) - days > DAYS:
        raise NotKnown
    return body[2:]


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"known\0" + body, "sha256")[:MAC_BYTES]


def _days(today: date) -> int:
    return max((today - EPOCH).days, 0) % (1 << 16)

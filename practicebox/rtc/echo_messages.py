"""What a browser, the box and the echo say to each other, and how long it may be.

Browser and box talk by WebSocket text frames, box and echo by lines; both are one JSON object. The
SDP is handed on unread: only the echo, a process without keys and data, parses it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

MAX_SDP = 24 * 1024  # characters; of one camera and one microphone it is 4 to 6 KiB
MAX_CANDIDATE = 512
MAX_MID = 32
MAX_LINE = 64 * 1024  # bytes of one message, ICE servers and JSON's escapes included
MAX_MESSAGES = 64  # from one browser: an offer and its candidates


class EchoProtocolError(Exception):
    """A message that no page of ours sends."""


@dataclass(frozen=True)
class Offer:
    """The browser's offer; its candidates may follow."""

    sdp: str


@dataclass(frozen=True)
class Candidate:
    """One candidate of the browser, an empty one after the last (W3C WebRTC)."""

    candidate: str
    mid: str | None
    index: int | None  # sdpMLineIndex


def parse(text: str) -> Offer | Candidate:
    """Read what a browser sent; raise `EchoProtocolError` for everything else."""
    fields = read(text.encode("utf-8", "surrogatepass"))
    if fields.get("kind") == "offer":
        return Offer(_text(fields.get("sdp"), MAX_SDP))
    if fields.get("kind") != "candidate":
        raise EchoProtocolError
    mid, index = fields.get("mid"), fields.get("index")
    return Candidate(
        candidate=_text(fields.get("candidate"), MAX_CANDIDATE),
        mid=None if mid is None else _text(mid, MAX_MID),
        index=None if index is None else _small(index),
    )


def read(line: bytes) -> Mapping[str, object]:
    """The object in one line or frame; raise `EchoProtocolError`."""
    try:
        if len(line) > MAX_LINE:
            raise EchoProtocolError
        fields = json.loads(line)
    except (ValueError, RecursionError):  # 1,000 times "[" exhausts the decoder's stack
        raise EchoProtocolError from None
    if not isinstance(fields, dict):
        raise EchoProtocolError
    return fields


def dump(fields: Mapping[str, object]) -> bytes:
    """One line."""
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise EchoProtocolError
    return value


def _small(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 16:
        raise EchoProtocolError
    return value

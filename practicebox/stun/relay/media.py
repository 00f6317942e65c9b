"""What may pass the relay: STUN, DTLS and SRTP, told by the first byte (RFC 7983 section 7).

Everything else a consultation never sends, but somebody might who wants to talk to other programs
in the practice's network.
"""

from __future__ import annotations

from practicebox.stun.message import HEADER, MAGIC_COOKIE

STUN = range(0, 4)
MEDIA = bytes([*range(20, 64), *range(128, 192)])  # DTLS, SRTP and SRTCP
COOKIE = MAGIC_COOKIE.to_bytes(4, "big")


def may_pass(payload: bytes, media: bytes = MEDIA) -> bool:
    """Whether a datagram is one that two browsers in a call exchange.

    `media`: the first bytes that need no closer look.
    """
    if not payload:
        return False
    if payload[0] in media:
        return True
    is_stun = payload[0] in STUN and len(payload) >= HEADER.size
    return is_stun and payload[4:8] == COOKIE

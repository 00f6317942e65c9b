"""How many parts an SMS has (3GPP TS 23.038): each of them costs. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"  # an escape and a character: two places
BASIC, EXTENDED = frozenset(_BASIC), frozenset(_EXTENDED)


@dataclass(frozen=True)
class Parts:
    """What a text takes."""

    count: int
    places: int  # taken
    is_basic: bool  # GSM 7-bit; otherwise UCS-2, with less than half the room


def parts(text: str) -> Parts:
    """One text takes 160 places (UCS-2: 70); several parts take 153 (67) each, less their header.

    No part ends within an escape or a surrogate pair, so such a one leaves a place empty.
    """
    is_basic = all(each in BASIC or each in EXTENDED for each in text)
    widths = [_width(each, is_basic) for each in text]
    alone, joined = (160, 153) if is_basic else (70, 67)
    places = sum(widths)
    if places <= alone:
        return Parts(1, places, is_basic)
    count, room = 1, joined
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return Parts(count, places, is_basic)


def _width(character: str, is_basic: bool) -> int:
    if is_basic:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1

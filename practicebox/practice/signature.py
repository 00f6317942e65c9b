"""A signature drawn by finger, as text: strokes of points, `12,80 15,78;40,60 44,61`. Pure.

Whole numbers in a frame of `WIDTH` by `HEIGHT`; a picture of it has no size, so it looks the same
on a phone and on paper.
"""

from __future__ import annotations

import re

WIDTH, HEIGHT = 1000, 300
LONGEST = 32 * 1024  # characters; a minute of writing has about 12,000
_POINT = r"\d{1,4},\d{1,3}"
_STROKES = re.compile(rf"{_POINT}(?: {_POINT})*(?:;{_POINT}(?: {_POINT})*)*", re.ASCII)


class NotASignature(ValueError):
    """The text is none that a page of ours has written."""


def read(text: str) -> str:
    """The signature, as it is kept; empty for none. Raise `NotASignature`."""
    if not text:
        return ""
    if len(text) > LONGEST or not _STROKES.fullmatch(text):
        raise NotASignature
    for x, y in (map(int, point.split(",")) for point in text.replace(";", " ").split()):
        if x > WIDTH or y > HEIGHT:
            raise NotASignature
    return text


def lines(text: str) -> list[str]:
    """The strokes, each as the points of an SVG polyline; a dot is a line of no length."""
    strokes = text.split(";") if text else []
    return [stroke if " " in stroke else f"{stroke} {stroke}" for stroke in strokes]


def svg(text: str) -> str:
    """The signature as a picture for paper."""
    drawn = "".join(f'<polyline points="{points}"/>' for points in lines(text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none"'
        ' stroke="#000" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">'
        f"{drawn}</svg>"
    )

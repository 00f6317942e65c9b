"""QR codes as SVG for pages and letters, and as characters for a terminal.

Knows modules and how they are drawn. Knows nothing of what a code leads to. Everything is
level M (a fold, a stain or 15 % of the modules may be lost) with the quiet zone of four
modules that ISO/IEC 18004 section 6.3.8 asks for. `qrcode` is imported at the first code
drawn, because it costs 40 ms and 5 MiB that a box without letters doesn't need.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

QUIET_ZONE = 4  # modules on every side
LONGEST = 213  # bytes: version 10 at level M; at 45 mm its 57 modules are 0.79 mm each
_WHITE_ON_BLACK = "\x1b[38;5;231m\x1b[48;5;16m"  # fixed colours of the 256: no theme changes them
_PLAIN = "\x1b[0m"
_HALF_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}

Modules = list[list[bool]]  # rows from the top; True is dark


class TooLong(ValueError):
    """More text than a code of 45 mm can hold for a camera at arm's length."""


def svg(text: str, *, quiet_zone: int = QUIET_ZONE) -> str:
    """An SVG element of two paths, dark on white in any colour scheme.

    It has no size, id, style or label: the element around it gives size and name.
    """
    modules = _modules(text)
    size = len(modules) + 2 * quiet_zone
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path fill="#000" d="{"".join(_bars(modules, quiet_zone))}"/></svg>'
    )


def terminal(text: str) -> str:
    """Lines of half blocks, two rows of modules a line, white on black in fixed colours.

    The light modules are the ink, so the picture is right on a dark terminal even where the
    colours are filtered out.
    """
    rows = _with_quiet_zone(_modules(text))
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(_WHITE_ON_BLACK + _line(upper, lower) + _PLAIN for upper, lower in pairs)


def _modules(text: str) -> Modules:
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    data = text.encode()
    if len(data) > LONGEST:
        raise TooLong
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(data, optimize=0)
    code.make()
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _bars(modules: Modules, offset: int) -> Iterator[str]:
    """One closed bar for each run of dark modules: half the bytes of single squares."""
    for y, row in enumerate(modules, offset):
        x = offset
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length


def _with_quiet_zone(modules: Modules) -> Modules:
    side = [False] * QUIET_ZONE
    empty = [False] * (len(modules) + 2 * QUIET_ZONE)
    inner = [side + row + side for row in modules]
    return [[*empty] for _ in side] + inner + [[*empty] for _ in side]


def _line(upper: list[bool], lower: list[bool]) -> str:
    return "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))

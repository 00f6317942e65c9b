"""The handbook as it lies in the package: chapters in reading order, and its pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from practicebox.practice.handbook import Chapter, parse

ORDER = (
    *("firstday", "day", "plan", "letter", "change", "calendar", "patients", "messages"),
    *(
        "consultation",
        "conference",
        "consents",
        "confirmations",
        "billing",
        "figures",
        "software",
        "check",
        "patient",
    ),
    *("opening", "people", "passkeys", "backup", "reach", "trouble"),
)
FOLDER = "de/handbook"
_PICTURE = re.compile(r"[a-z-]{1,40}")


class NoSuchPicture(LookupError):
    """No picture has this name."""


@cache
def chapters() -> Mapping[str, Chapter]:
    """All chapters, read once."""
    folder = files("practicebox.locale").joinpath(FOLDER)
    read = {id_: parse(id_, folder.joinpath(f"{id_}.md").read_text("utf-8")) for id_ in ORDER}
    return MappingProxyType(read)


def picture(name: str) -> bytes:
    """A PNG; raise `NoSuchPicture`."""
    if not _PICTURE.fullmatch(name):
        raise NoSuchPicture
    try:
        return files("practicebox.locale").joinpath(FOLDER, f"{name}.png").read_bytes()
    except FileNotFoundError:
        raise NoSuchPicture from None

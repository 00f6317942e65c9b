"""Which treatments which payer pays for by video: dated data, of which this only selects.

The list comes as text: `treatments.toml` as delivered, or the copy that the practice has changed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

PAYERS = ("gkv", "pkv", "self", "bg")
LONGEST = 80  # characters of a name
MOST = 40  # treatments


class NotTreatments(ValueError):
    """The text is no list of treatments."""


@dataclass(frozen=True)
class Treatment:
    """A treatment, by whom it is paid by video, and when that holds."""

    name: str
    payers: frozenset[str]
    since: date
    until: date | None = None  # the last day
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the entry is in force."""
        return self.since <= day and (self.until is None or day <= self.until)


def load(text: str) -> tuple[Treatment, ...]:
    """The list in a TOML text; raise `NotTreatments`."""
    try:
        return tuple(_read(entry) for entry in tomllib.loads(text)["treatment"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise NotTreatments(str(error)) from None


def dump(treatments: Sequence[Treatment]) -> str:
    """TOML that `load` reads; a string of JSON is one of TOML as well."""
    return "\n".join(_entry(one) for one in treatments) or "treatment = []\n"


def offered(treatments: Sequence[Treatment], day: date) -> list[Treatment]:
    """What is in force on a day, each name once."""
    return list({one.name: one for one in treatments if one.holds_on(day)}.values())


def is_paid(treatments: Sequence[Treatment], name: str, payer: str, day: date) -> bool | None:
    """Whether this payer pays for the treatment by video; None where nobody can say."""
    known = [one for one in treatments if one.name == name and one.holds_on(day)]
    if not payer or not known:
        return None
    return any(payer in one.payers for one in known)


def _read(entry: Mapping[str, Any]) -> Treatment:
    name, payers, since = entry["name"], frozenset(entry["payers"]), entry["from"]
    until = entry.get("until")
    is_good = (
        isinstance(name, str)
        and 0 < len(name) <= LONGEST
        and payers <= set(PAYERS)
        and type(since) is date
        and (until is None or type(until) is date)
    )
    if not is_good:
        raise NotTreatments(str(name))
    return Treatment(name, payers, since, until, str(entry.get("source", "")))


def _entry(one: Treatment) -> str:
    lines = [
        "[[treatment]]",
        f"name = {_quoted(one.name)}",
        f"payers = {json.dumps(sorted(one.payers))}",
        f"from = {one.since.isoformat()}",
        f"source = {_quoted(one.source)}",
    ]
    if one.until:
        lines.append(f"until = {one.until.isoformat()}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML; it takes JSON's escapes, except those of surrogates."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

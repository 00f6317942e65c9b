"""Billing hints: what may apply to a consultation, and how far a quarter's limits are used.

Selects from dated data (`billing.toml`, given as text) and knows no code itself. A hint is never a
claim that something is billable: PracticeBox is not certified for that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class NotRules(ValueError):
    """The text holds no billing rules."""


@dataclass(frozen=True)
class Limit:
    """How many consultations of a quarter count, of each clinician or of the practice."""

    per: str  # "clinician" or "practice"
    most: int
    least: int = 0  # below that nothing is paid


@dataclass(frozen=True)
class Rule:
    """A code that may apply, and when."""

    code: str
    system: str
    name: str
    payers: frozenset[str]
    kinds: frozenset[str]
    practices: frozenset[str]
    standings: frozenset[str] | None  # None: whoever it is
    treatments: frozenset[str] | None  # None: whatever it was
    since: date
    until: date | None
    why: str
    source: str
    limit: Limit | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Share:
    """How many of a quarter's cases may be treated by video only, in percent."""

    name: str
    payers: frozenset[str]
    practices: frozenset[str]
    since: date
    until: date | None
    percent: int
    source: str

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Rules:
    """The whole file."""

    rules: tuple[Rule, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Held:
    """A consultation that took place, as far as billing asks."""

    day: date
    kind: str
    payer: str
    standing: str
    treatment: str
    clinician: str  # an id
    patient: str  # an id


@dataclass(frozen=True)
class Counter:
    """How far a limit is used up; `whose` is a clinician's id, empty for the practice."""

    code: str
    name: str
    whose: str
    used: int
    limit: Limit
    source: str


def load(text: str) -> Rules:
    """The rules in a TOML text; raise `NotRules`."""
    try:
        content = tomllib.loads(text)
        return Rules(
            tuple(_rule(entry) for entry in content["rule"]),
            tuple(_share(entry) for entry in content.get("share", [])),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise NotRules(str(error)) from None


def hints(rules: Rules, practice: str, held: Held) -> list[Rule]:
    """What may apply to a consultation, in the order of the file."""
    return [rule for rule in rules.rules if _applies(rule, practice, held)]


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of a day's quarter."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    behind = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, behind - timedelta(days=1)


def counters(
    rules: Rules, practice: str, last: date, held: Sequence[Held], clinicians: Iterable[str]
) -> list[Counter]:
    """The limits in force on the last day of a quarter, and what of them `held` uses."""
    found = []
    for rule in rules.rules:
        if rule.limit is None or practice not in rule.practices or not rule.holds_on(last):
            continue
        counted = [one for one in held if _applies(rule, practice, one)]
        for whose in [""] if rule.limit.per == "practice" else list(clinicians):
            used = sum(whose in ("", one.clinician) for one in counted)
            found.append(Counter(rule.code, rule.name, whose, used, rule.limit, rule.source))
    return found


def share(rules: Rules, practice: str, last: date) -> Share | None:
    """The share in force on the last day of a quarter; None where there is none."""
    known = [one for one in rules.shares if practice in one.practices and one.holds_on(last)]
    return known[-1] if known else None


def by_video(one: Share, held: Iterable[Held]) -> int:
    """How many patients were seen by video: as many cases at most are by video only."""
    return len({h.patient for h in held if h.kind == "video" and h.payer in one.payers})


def _applies(rule: Rule, practice: str, held: Held) -> bool:
    return (
        rule.holds_on(held.day)
        and practice in rule.practices
        and held.kind in rule.kinds
        and held.payer in rule.payers
        and (rule.standings is None or held.standing in rule.standings)
        and (rule.treatments is None or held.treatment in rule.treatments)
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    limit = entry.get("limit")
    return Rule(
        code=_text(entry["code"]),
        system=_text(entry["system"]),
        name=_text(entry["name"]),
        payers=_texts(entry["payers"]),
        kinds=_texts(entry["kinds"]),
        practices=_texts(entry["practices"]),
        standings=_texts(entry["standings"]) if "standings" in entry else None,
        treatments=_texts(entry["treatments"]) if "treatments" in entry else None,
        **_dates(entry),
        why=_text(entry["why"]),
        source=_text(entry["source"]),
        limit=_limit(limit) if limit is not None else None,
    )


def _share(entry: Mapping[str, Any]) -> Share:
    return Share(
        name=_text(entry["name"]),
        payers=_texts(entry["payers"]),
        practices=_texts(entry["practices"]),
        **_dates(entry),
        percent=_number(entry["percent"]),
        source=_text(entry["source"]),
    )


def _limit(entry: Mapping[str, Any]) -> Limit:
    if entry["per"] not in ("clinician", "practice"):
        raise NotRules(str(entry["per"]))
    return Limit(entry["per"], _number(entry["most"]), _number(entry.get("least", 0)))


def _dates(entry: Mapping[str, Any]) -> dict[str, Any]:
    since, until = entry["from"], entry.get("until")
    if type(since) is not date or not (until is None or type(until) is date):
        raise NotRules("a day is expected")
    return {"since": since, "until": until}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotRules("a text is expected")
    return value


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise NotRules("a list is expected")
    return frozenset(_text(one) for one in value)


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise NotRules("a number is expected")
    return value

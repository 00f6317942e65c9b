"""Public holidays in Germany, by state: data and Easter.

Each state has a law of its own; the table below says what is in force from 2026 on, by names that
the pages put into words. Sources: the states' acts on Sundays and public holidays (among them
BayFTG art. 1, FeiertG BE § 1, SächsSFG § 1, FTG MV § 2, ThürFtG § 2, FTG BB § 2) and, for all of
them, art. 2 (2) of the Unification Treaty. Held against an independent list in the tests' data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

# Values: days from Easter Sunday, or month and day.
_EVERYWHERE: dict[str, int | tuple[int, int]] = {
    "new_year": (1, 1),
    "good_friday": -2,
    "easter_monday": 1,
    "labour_day": (5, 1),
    "ascension": 39,
    "whit_monday": 50,
    "unity": (10, 3),
    "christmas": (12, 25),
    "boxing_day": (12, 26),
}
_SOMEWHERE: dict[str, int | tuple[int, int]] = {
    "epiphany": (1, 6),
    "women": (3, 8),
    "easter": 0,
    "whit_sunday": 49,
    "corpus_christi": 60,
    "peace_festival": (8, 8),
    "assumption": (8, 15),
    "children": (9, 20),
    "reformation": (10, 31),
    "all_saints": (11, 1),
}
REPENTANCE = "repentance"  # the Wednesday before 23 November
ONCE: dict[tuple[str, date], str] = {("BE", date(2028, 6, 17)): "uprising"}  # FeiertG BE § 1

STATES: dict[str, tuple[str, ...]] = {
    "BW": ("epiphany", "corpus_christi", "all_saints"),
    "BY": ("epiphany", "corpus_christi", "all_saints"),
    "BY-M": ("epiphany", "corpus_christi", "assumption", "all_saints"),  # most municipalities
    "BY-A": ("epiphany", "corpus_christi", "peace_festival", "assumption", "all_saints"),
    "BE": ("women",),
    "BB": ("easter", "whit_sunday", "reformation"),
    "HB": ("reformation",),
    "HH": ("reformation",),
    "HE": ("corpus_christi",),
    "MV": ("women", "reformation"),
    "NI": ("reformation",),
    "NW": ("corpus_christi", "all_saints"),
    "RP": ("corpus_christi", "all_saints"),
    "SL": ("corpus_christi", "assumption", "all_saints"),
    "SN": ("reformation", REPENTANCE),
    "ST": ("epiphany", "reformation"),
    "SH": ("reformation",),
    "TH": ("children", "reformation"),
}


def holiday(day: date, state: str) -> str | None:
    """The name of the holiday that a day is in a state; None for an ordinary day."""
    return of_year(day.year, state).get(day)


@lru_cache(64)
def of_year(year: int, state: str) -> Mapping[date, str]:
    """All holidays of a year; none for a state that isn't known."""
    if state not in STATES:
        return {}
    rules = _EVERYWHERE | {name: _SOMEWHERE[name] for name in STATES[state] if name != REPENTANCE}
    found = {_date(year, rule): name for name, rule in rules.items()}
    if REPENTANCE in STATES[state]:
        found[_wednesday_before(date(year, 11, 23))] = REPENTANCE
    once = {day: name for (where, day), name in ONCE.items() if where == state}
    return found | {day: name for day, name in once.items() if day.year == year}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _date(year: int, rule: int | tuple[int, int]) -> date:
    return easter(year) + timedelta(days=rule) if isinstance(rule, int) else date(year, *rule)


def _wednesday_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - 2) % 7 or 7)

"""Billing hints: what may apply on which day, and how far a quarter's limits are used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as some

from practicebox.practice.billing import (
    Held,
    NotRules,
    by_video,
    counters,
    hints,
    load,
    quarter,
    share,
)

TEXT = files("practicebox.practice").joinpath("billing.toml").read_text("utf-8")
RULES = load(TEXT)
HELD = Held(date(2026, 11, 23), "video", "gkv", "existing", "", "anna", "p1")
RULE = """
[[rule]]
code = "1"
system = "X"
name = "X"
payers = ["gkv"]
kinds = ["video"]
practices = ["medical"]
from = 2027-01-01
why = "x"
source = "x"
"""


def codes(practice: str = "medical", **changes: object) -> list[str]:
    held = replace(HELD, **changes)  # type: ignore[arg-type]  # names of fields
    return [rule.code for rule in hints(RULES, practice, held)]


def test_what_may_apply_depends_on_payer_kind_and_practice() -> None:
    assert codes() == ["Pauschale", "01450", "01452", "88220"]
    assert codes(standing="new") == ["Pauschale", "01450", "01444", "88220"]
    assert codes(kind="phone") == []
    assert codes(payer="pkv") == ["1", "4", "5 (analog)"]
    assert codes(payer="self", kind="phone") == ["1", "4"]
    assert codes(payer="") == codes("counselling") == []
    assert codes("physiotherapy", treatment="Krankengymnastik") == ["KG per Video"]
    assert codes("physiotherapy", treatment="KGG") == []


@pytest.mark.parametrize(
    ("code", "day", "is_there"),
    [
        ("01451", date(2019, 9, 30), False),
        ("01451", date(2019, 10, 1), True),
        ("01451", date(2021, 9, 30), True),
        ("01451", date(2021, 10, 1), False),
        ("01444", date(2026, 12, 31), True),
        ("01444", date(2027, 1, 1), False),
        ("01452", date(2025, 3, 31), False),
        ("01452", date(2025, 4, 1), True),
    ],
)
def test_an_entry_shows_up_from_its_first_to_its_last_day(
    code: str, day: date, is_there: bool
) -> None:
    assert (code in codes(day=day, standing="")) is is_there


@given(some.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_no_entry_is_ever_shown_outside_of_its_days(day: date) -> None:
    for rule in hints(RULES, "medical", replace(HELD, day=day)):
        assert rule.since <= day and (rule.until is None or day <= rule.until)
        assert rule.source and rule.why
    shown = codes(day=day)
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize(("day", "most"), [(date(2025, 6, 30), 48), (date(2025, 9, 30), 18)])
def test_the_limit_of_the_supplement_is_that_of_its_quarter(day: date, most: int) -> None:
    held = [replace(HELD, day=day), replace(HELD, day=day, clinician="ben")]
    held += [replace(HELD, day=day, payer="pkv")]
    found = counters(RULES, "medical", day, held, ["anna", "ben", "cem"])
    assert [(one.code, one.whose, one.used, one.limit.most) for one in found] == [
        ("01450", "anna", 1, most),
        ("01450", "ben", 1, most),
        ("01450", "cem", 0, most),
    ]


def test_a_limit_of_the_practice_counts_everybody() -> None:
    day = date(2021, 9, 30)
    held = [replace(HELD, day=day), replace(HELD, day=day, clinician="ben")]
    last = counters(RULES, "medical", day, held, ["anna"])[-1]
    assert (last.code, last.whose, last.used, last.limit.least) == ("01451", "", 2, 15)


def test_the_share_counts_patients_not_consultations() -> None:
    now, before = share(RULES, "medical", HELD.day), share(RULES, "medical", date(2025, 3, 31))
    assert now and before and (now.percent, before.percent) == (50, 30)
    held = [HELD, HELD, replace(HELD, patient="p2"), replace(HELD, patient="p3", kind="phone")]
    assert by_video(now, held) == 2
    assert share(RULES, "physiotherapy", HELD.day) is None


@given(some.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_quarter_has_its_day_and_borders_on_the_next(day: date) -> None:
    first, last = quarter(day)
    assert first <= day <= last and first.day == 1 and first.month in (1, 4, 7, 10)
    assert quarter(last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert 90 <= (last - first).days + 1 <= 92


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rule = 3",
        RULE.replace("2027-01-01", "'soon'"),
        RULE.replace('["gkv"]', '"gkv"'),
        RULE.replace('name = "X"', "name = 3"),
        RULE.replace('why = "x"', ""),
        RULE + 'limit = { per = "town", most = 3 }',
        RULE + 'limit = { per = "practice", most = "3" }',
        RULE + "limit = { most = 3 }",
        RULE + "[[share]]\npercent = 3",
    ],
)
def test_what_is_no_list_of_rules_is_refused(text: str) -> None:
    load(RULE)
    with pytest.raises(NotRules):
        load(text)

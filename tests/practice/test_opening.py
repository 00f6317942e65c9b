"""Opening hours as people type them, what is unusual about a time, and what is left of a day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import opening
from practicebox.practice.opening import (
    DAY,
    Blocked,
    Found,
    Obstacle,
    Opening,
    Span,
    read_spans,
    without,
    write_spans,
)

MORNING, AFTERNOON = Span(8 * 60, 12 * 60), Span(14 * 60, 18 * 60)
WEEKDAYS = Opening(((MORNING, AFTERNOON),) * 4 + ((MORNING,),) + ((),) * 2, "BY")
SPANS = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(
    lambda two: Span(min(two), max(max(two), min(two) + 1))
)


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", ()),
        ("8-12, 14-18", (MORNING, AFTERNOON)),
        ("14:00 – 18:00; 8.00 – 12.00", (MORNING, AFTERNOON)),
        ("8-12 Uhr und 14-18 Uhr", (MORNING, AFTERNOON)),
        ("0-24", (Span(0, DAY),)),
        ("07:30-13:15", (Span(450, 795),)),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, spans: tuple[Span, ...]) -> None:
    assert read_spans(typed) == spans
    assert read_spans(write_spans(spans)) == spans


@pytest.mark.parametrize(
    "typed", ["8", "12-8", "8-8", "8-25", "8:75-12", "-1-5", "8-12, 11-14", "1-2,3-4,5-6,7-8", "zu"]
)
def test_other_hours_are_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        read_spans(typed)


@given(st.text())
def test_reading_raises_nothing_else(typed: str) -> None:
    try:
        read_spans(typed)
    except ValueError:
        pass


def at(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2027, month, day, hour, minute)


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        (at(18, 8), at(18, 9), []),  # a Monday
        (at(18, 11, 30), at(18, 12), []),
        (at(18, 11, 45), at(18, 12, 15), [Found(Obstacle.CLOSED)]),
        (at(18, 13), at(18, 13, 30), [Found(Obstacle.CLOSED)]),
        (at(22, 15), at(22, 16), [Found(Obstacle.CLOSED)]),  # Friday afternoon
        (at(23, 9), at(23, 10), [Found(Obstacle.CLOSED)]),
        (at(6, 9), at(6, 10), [Found(Obstacle.HOLIDAY, "epiphany")]),
        (at(18, 17, 50), at(19, 8, 10), [Found(Obstacle.CLOSED)]),
    ],
)
def test_what_is_unusual_about_a_time(starts: datetime, ends: datetime, found: list[Found]) -> None:
    assert WEEKDAYS.obstacles(starts, ends) == found


def test_while_no_hours_are_known_only_holidays_are_unusual() -> None:
    assert Opening().obstacles(at(24, 3), at(24, 4)) == []
    assert Opening().on(date(2027, 1, 24)) == (Span(0, DAY),)
    assert Opening(state="BY").obstacles(at(6, 9), at(6, 10))[0].what == "epiphany"


def test_a_blocked_time_is_for_all_or_for_one() -> None:
    def moment(hour: int) -> datetime:
        return datetime(2027, 1, 18, hour, tzinfo=UTC)

    all_of_us = Blocked("a", moment(9), moment(10), "", "Handwerker")
    one_of_us = Blocked("b", moment(11), moment(12), "eva", "Urlaub")
    both = [all_of_us, one_of_us]
    assert opening.blocks(both, moment(9), moment(10), "max") == [
        Found(Obstacle.BLOCKED, "Handwerker")
    ]
    assert opening.blocks(both, moment(10), moment(11), "eva") == []
    assert opening.blocks(both, moment(11), moment(12), "max") == []
    assert opening.blocks(both, moment(8), moment(13), "eva") == [
        Found(Obstacle.BLOCKED, "Handwerker"),
        Found(Obstacle.BLOCKED, "Urlaub"),
    ]
    found = opening.blocks(both, moment(8), moment(13), "eva")
    assert "Urlaub" not in repr(one_of_us) + repr(found)


@given(st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=4))
def test_what_is_left_is_exactly_what_was_not_taken(spans: list[Span], taken: list[Span]) -> None:
    def minutes(some: list[Span]) -> set[int]:
        return {minute for span in some for minute in range(span.begins, span.ends)}

    left = without(spans, taken)
    assert minutes(left) == minutes(spans) - minutes(taken)
    assert all(span.begins < span.ends for span in left)


def test_it_is_kept_and_found_again() -> None:
    assert opening.load(opening.dump(WEEKDAYS)) == WEEKDAYS
    assert opening.load(None) == Opening()

"""Moments as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.store.times import from_text, to_text

moments = st.datetimes(
    min_value=datetime(1900, 1, 2),
    max_value=datetime(2900, 1, 1),
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
).map(lambda moment: moment.replace(microsecond=0))


@given(moments)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    again = from_text(to_text(moment))
    assert again == moment
    assert again.tzinfo is UTC


@given(moments, moments)
def test_the_order_of_texts_is_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_text(datetime(2026, 3, 2, 12, 0))

"""Budgets of failures: what is forgiven when, and that they never grow."""

from hypothesis import given
from hypothesis import strategies as st

from practicebox.web.budgets import HOUR, Budgets, LastHour

KEY = bytes(16)
A, B = b"192.0.2", b"198.51.100"


def budgets() -> Budgets:
    return Budgets(KEY, size=3, per_hour=60)


def test_three_failures_are_free_and_the_fourth_waits_a_minute() -> None:
    of_all = budgets()
    for _ in range(3):
        assert of_all.wait(A, 1000.0) == 0
        of_all.spend(A, 1000.0)
    assert 59 < of_all.wait(A, 1000.0) <= 60
    assert of_all.wait(A, 1060.0) == 0


def test_another_source_has_a_budget_of_its_own() -> None:
    of_all = budgets()
    for _ in range(3):
        of_all.spend(A, 0.0)
    assert of_all.wait(A, 0.0) > 0
    assert of_all.wait(B, 0.0) == 0


def test_what_was_taken_beforehand_is_given_back() -> None:
    of_all = budgets()
    for _ in range(100):
        of_all.spend(A, 5.0)
        of_all.give_back(A)
    assert of_all.wait(A, 5.0) == 0


def test_who_goes_on_failing_waits_no_longer_than_who_stopped() -> None:
    of_all = budgets()
    for _ in range(1000):
        of_all.spend(A, 0.0)
    assert of_all.wait(A, 0.0) <= 60


@given(st.lists(st.floats(0, 600), min_size=1, max_size=200))
def test_in_any_hour_there_are_at_most_a_burst_and_an_hours_worth(steps: list[float]) -> None:
    of_all, now, failed = budgets(), 0.0, []
    for step in steps:
        now += step
        if not of_all.wait(A, now):
            of_all.spend(A, now)
            failed.append(now)
    for start in failed:
        assert sum(start <= time < start + HOUR for time in failed) <= 3 + 60 + 1


@given(st.lists(st.floats(0, 900), min_size=1, max_size=200))
def test_the_last_hour_is_counted_exactly(steps: list[float]) -> None:
    hour, now = LastHour(50), 0.0
    times: list[float] = []
    for step in steps:
        now += step
        count = hour.count(now)
        assert count == sum(now - HOUR < time for time in times)
        if count < 50:
            assert hour.until_below(50, now) == 0
            hour.note(now)
            times.append(now)
            continue
        later = now + hour.until_below(50, now)
        assert later > now
        assert LastHour.count(hour, later + 1e-6) < 50
        times = [time for time in times if time > later + 1e-6 - HOUR]
        now = later + 1e-6

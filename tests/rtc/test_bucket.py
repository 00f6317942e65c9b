from hypothesis import given
from hypothesis import strategies as st

from practicebox.rtc.bucket import Bucket


def test_a_full_bucket_gives_its_size_at_once_and_then_nothing() -> None:
    bucket = Bucket(size=4, per_second=2)
    assert [bucket.take(1, now=0.0) for _ in range(5)] == [True, True, True, True, False]


def test_tokens_come_back_at_the_rate() -> None:
    bucket = Bucket(size=4, per_second=2)
    assert bucket.take(4, now=0.0)
    assert not bucket.take(1, now=0.25)
    assert bucket.take(1, now=0.5)
    assert not bucket.take(1, now=0.5)


def test_a_bucket_never_holds_more_than_its_size() -> None:
    bucket = Bucket(size=4, per_second=2)
    assert bucket.take(4, now=0.0)
    assert not bucket.take(5, now=1000.0)
    assert bucket.take(4, now=1000.0)


def test_a_refusal_costs_nothing() -> None:
    bucket = Bucket(size=4, per_second=2)
    assert bucket.take(3, now=0.0)
    assert not bucket.take(2, now=0.0)
    assert bucket.take(1, now=0.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 5)), max_size=60))
def test_no_more_is_given_than_one_size_and_the_rate_over_time(
    wishes: list[tuple[int, float]],
) -> None:
    bucket = Bucket(size=100, per_second=10)
    now = given_out = 0.0
    for tokens, pause in wishes:
        now += pause
        if bucket.take(tokens, now):
            given_out += tokens
    assert given_out <= 100 + 10 * now + 1e-6

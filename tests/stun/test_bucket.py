import pytest

from practicebox.stun.bucket import BURST, RATE, SLOTS, Bucket, source_of

KEY = bytes(range(16))
HERE, THERE = source_of("192.0.2.1"), source_of("192.0.2.2")


def bucket(*, rate: float = 2.0, burst: int = 3) -> Bucket:
    return Bucket(KEY, rate=rate, burst=burst)


def test_a_burst_is_served_and_then_no_more() -> None:
    some = bucket()
    assert [some.take(HERE, 100.0) for _ in range(5)] == [True, True, True, False, False]


def test_tokens_come_back_with_time() -> None:
    some = bucket()
    for _ in range(4):
        some.take(HERE, 100.0)
    assert [some.take(HERE, now) for now in (100.4, 100.5, 100.6, 101.0, 101.1)] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_asking_in_vain_costs_nothing() -> None:
    some = bucket()
    for _ in range(1000):
        some.take(HERE, 100.0)
    assert some.take(HERE, 100.5)


def test_a_long_pause_fills_no_more_than_the_burst() -> None:
    some = bucket()
    some.take(HERE, 100.0)
    assert [some.take(HERE, 1e9) for _ in range(4)] == [True, True, True, False]


def test_one_source_does_not_spend_the_tokens_of_another() -> None:
    some = bucket()
    while some.take(HERE, 100.0):
        pass
    assert some.take(THERE, 100.0)


def test_sources_that_ask_at_once_are_judged_one_by_one() -> None:
    asked = [HERE, THERE, HERE, HERE, HERE, THERE]
    assert bucket().take_each(asked, 100.0) == [True, True, True, True, False, True]


@pytest.mark.parametrize("burst", [1, 7, BURST])
def test_the_burst_is_exact_at_every_rate(burst: int) -> None:
    for rate in (RATE, 3.0, 0.1, 1e6):
        some = bucket(rate=rate, burst=burst)
        assert sum(some.take_each([HERE] * (burst + 5), 12345.678)) == burst


def test_a_flood_of_sources_takes_no_memory_and_shuts_nobody_out_for_long() -> None:
    some = bucket(rate=RATE, burst=BURST)
    memory = some._full_at.buffer_info()
    for number in range(2 * SLOTS):
        some.take(number.to_bytes(4, "big"), 100.0)
    assert some._full_at.buffer_info() == memory
    assert len(some._full_at) == SLOTS
    assert some.take(HERE, 100.0)


def test_who_shares_a_bucket_depends_on_the_key() -> None:
    def neighbours(key: bytes) -> set[int]:
        some = Bucket(key, rate=1.0, burst=1)
        some.take(HERE, 100.0)
        return {n for n in range(20 * SLOTS) if not some.take(n.to_bytes(8, "big"), 100.0)}

    assert neighbours(bytes(16)) != neighbours(bytes(15) + b"\1")


def test_three_hundred_patients_behind_one_address_are_served() -> None:
    some = bucket(rate=RATE, burst=BURST)
    arrivals = [some.take(HERE, 100.0 + patient / 300) for patient in range(300) for _ in range(8)]
    keepalives = [some.take(HERE, 110.0 + n / 120) for n in range(120 * 60)]
    assert all(arrivals)
    assert all(keepalives)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_a_source_is_an_address_or_a_64_bit_prefix(one: str, other: str, same: bool) -> None:
    assert (source_of(one) == source_of(other)) is same

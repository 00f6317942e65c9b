"""Names of networks in the log: one a day, and nothing to go back by."""

from datetime import date

import pytest

from practicebox.appliance.sources import DailyNames, network_of

MONDAY, TUESDAY = date(2027, 1, 18), date(2027, 1, 19)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "c00002"),
        ("::ffff:192.0.2.9", "c00002"),
        ("2001:db8:1:2::3", "20010db80001"),
        ("fe80::1%eth0", "fe8000000000"),
        ("", ""),
        ("box.local", ""),
    ],
)
def test_a_network_is_a_24_or_a_48(host: str, network: str) -> None:
    assert network_of(host).hex() == network


def test_one_network_has_one_name_for_a_day() -> None:
    names = DailyNames()
    assert names.name("192.0.2.7", MONDAY) == names.name("192.0.2.200", MONDAY)
    assert names.name("192.0.2.7", MONDAY) != names.name("192.0.3.7", MONDAY)


def test_tomorrow_nobody_knows_todays_names() -> None:
    names = DailyNames()
    first = names.name("192.0.2.7", MONDAY)
    assert names.name("192.0.2.7", TUESDAY) != first
    assert names.name("192.0.2.7", MONDAY) != first  # its salt is gone


def test_two_boxes_have_nothing_in_common() -> None:
    assert DailyNames().name("192.0.2.7", MONDAY) != DailyNames().name("192.0.2.7", MONDAY)

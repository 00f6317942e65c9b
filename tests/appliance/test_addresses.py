"""Which addresses are near."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface

import pytest

from practicebox.appliance import addresses

OWN = tuple(ip_interface(text) for text in ("192.168.7.20/24", "2003:a:b:c::20/64", "fe80::1/64"))


@pytest.mark.parametrize(
    ("address", "is_near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.7.99", True),
        ("10.8.0.2", True),  # a practice with two networks
        ("::ffff:192.168.7.99", True),
        ("fe80::1%eth0", True),
        ("fd12::1", True),
        ("2003:a:b:c:1:2:3:4", True),  # a public address, but of our own network
        ("2003:a:b:d::1", False),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_near_is_what_is_private_or_in_a_network_of_ours(address: str, is_near: bool) -> None:
    assert addresses.is_near(address, OWN) == is_near


def test_this_machine_has_a_loopback_with_its_network() -> None:
    found = addresses.interfaces()
    assert ip_interface("127.0.0.1/8") in found
    assert "127.0.0.1" in addresses.reachable(found)


def test_link_local_addresses_of_ipv6_are_of_no_use_to_a_browser() -> None:
    assert addresses.reachable(OWN) == {"192.168.7.20", "2003:a:b:c::20"}
    assert all(ip_address(address) for address in addresses.reachable(OWN))

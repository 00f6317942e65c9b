"""The machine's own addresses, as this machine has them."""

import socket
from ipaddress import ip_interface

import pytest

from practicebox.appliance import addresses, lan


def test_the_address_of_the_lan_is_one_of_ours() -> None:
    found = lan.address(socket.AF_INET)
    ours = {str(one.ip) for one in addresses.interfaces()}
    assert found is None or found in ours
    assert found is None or not found.startswith("127.")


def test_without_a_way_out_the_first_private_address_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = ("127.0.0.1/8", "169.254.1.1/16", "203.0.113.5/24", "192.168.1.5/24", "fd00::5/64")
    monkeypatch.setattr(addresses, "interfaces", lambda: tuple(map(ip_interface, ours)))
    monkeypatch.setattr(lan, "_OUTSIDE", {socket.AF_INET: "256.0.0.1", socket.AF_INET6: "x"})
    assert lan.address(socket.AF_INET) == "192.168.1.5"
    assert lan.address(socket.AF_INET6) == "fd00::5"
    monkeypatch.setattr(addresses, "interfaces", lambda: (ip_interface("203.0.113.5/24"),))
    assert lan.address(socket.AF_INET) is None


def test_our_own_addresses_are_looked_up_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    own = lan.OwnAddresses(lambda: now[0])
    monkeypatch.setattr(addresses, "interfaces", lambda: (ip_interface("192.168.1.5/24"),))
    assert own("192.168.1.5")
    assert not own("192.168.1.6")
    monkeypatch.setattr(addresses, "interfaces", lambda: (ip_interface("192.168.1.6/24"),))
    now[0] = 4.9
    assert own("192.168.1.5")
    now[0] = 5.0
    assert own("192.168.1.6")
    assert not own("192.168.1.5")

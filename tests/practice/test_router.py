"""Which router entry is missing, and who is still inside the practice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practicebox.practice.router import (
    Entry,
    Hop,
    Line,
    Name,
    entries,
    is_at_home,
    is_public,
    judge,
    learned,
    missing,
    opened,
)

LINE = Line(
    public_url="https://Video.Example.org",
    hosts=("192.168.178.10", "2001:db8:1::10"),
    networks=("192.168.178.0/24", "2001:db8:1::/64"),
    gateway="192.168.178.1",
)
DOOR = Entry("TCP", 443, "192.168.178.10", 8444)
UDP = Entry("UDP", 3478, "192.168.178.10", 3478)
TCP = Entry("TCP", 3478, "192.168.178.10", 3478)
ALL = frozenset(Hop)


def line(**changes: object) -> Line:
    return replace(LINE, **changes)  # type: ignore[arg-type]  # fields as the tests name them


@pytest.mark.parametrize(
    ("hop", "worked", "entry"),
    [
        (Hop.NAME, set(), None),
        (Hop.TCP, {Hop.NAME}, DOOR),
        (Hop.CERTIFICATE, {Hop.TCP}, None),
        (Hop.SOCKET, {Hop.TCP}, None),
        (Hop.STUN, {Hop.TCP}, UDP),
        (Hop.RELAY_UDP, {Hop.TCP}, UDP),
        (Hop.RELAY_UDP, {Hop.STUN}, None),  # the port is open, so it's the relay
        (Hop.RELAY_TCP, {Hop.TCP}, TCP),
        (Hop.RELAY_TCP, ALL - {Hop.RELAY_TCP}, TCP),
        (Hop.RELAY_TLS, {Hop.TCP}, None),  # the port of the page itself
    ],
)
def test_each_hop_that_fails_names_its_entry(
    hop: Hop, worked: set[Hop], entry: Entry | None
) -> None:
    assert missing(hop, worked, LINE) == ((entry,) if entry else ())


@pytest.mark.parametrize("hop", [Hop.RELAY_UDP, Hop.RELAY_TCP, Hop.RELAY_TLS])
def test_no_entry_of_ours_helps_an_external_relay(hop: Hop) -> None:
    assert missing(hop, set(), line(relay="external")) == ()


def test_the_entries_have_the_real_ports() -> None:
    other = line(public_url="https://video.example.org:4443", patients_port=9444, stun_port=9478)
    assert entries(other) == (
        Entry("TCP", 4443, "192.168.178.10", 9444),
        Entry("UDP", 9478, "192.168.178.10", 9478),
        Entry("TCP", 9478, "192.168.178.10", 9478),
    )
    assert entries(line(relay="never")) == (DOOR, UDP)
    assert entries(line(public_url="http://video.example.org"))[0].outside == 80


def test_a_box_that_does_not_know_its_address_still_names_the_ports() -> None:
    assert missing(Hop.TCP, set(), line(hosts=())) == (Entry("TCP", 443, "", 8444),)


def test_who_came_by_ipv6_is_let_in_there_too() -> None:
    ipv6 = Entry("UDP", 3478, "2001:db8:1::10", 3478)
    assert missing(Hop.STUN, {Hop.TCP}, LINE, by_ipv6=True) == (UDP, ipv6)
    for hosts in (("192.168.178.10",), ("192.168.178.10", "fd00::10")):
        assert missing(Hop.STUN, {Hop.TCP}, line(hosts=hosts), by_ipv6=True) == (UDP,)
    assert opened(DOOR, LINE) == Entry("TCP", 8444, "2001:db8:1::10", 8444)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("198.51.100.10", True),
        ("203.0.113.9", True),
        ("2001:db8::1", True),
        ("::ffff:198.51.100.10", True),
        ("10.0.0.1", False),
        ("172.31.255.255", False),
        ("172.32.0.1", True),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("100.127.255.255", False),
        ("100.128.0.1", True),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("0.0.0.0", False),
        ("224.0.0.251", False),
        ("::", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("ff02::fb", False),
        ("::ffff:192.168.0.1", False),
    ],
)
def test_public_is_what_everybody_can_send_to(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("addresses", "name"),
    [
        ((), Name.NOTHING),
        (("198.51.100.10",), Name.PUBLIC),
        (("192.168.178.10", "2001:db8::1"), Name.PUBLIC),
        (("192.168.178.10",), Name.INSIDE),
        (("100.64.0.9",), Name.CARRIER),
        (("100.64.0.9", "192.168.178.10"), Name.CARRIER),
    ],
)
def test_a_name_is_judged_by_where_it_leads(addresses: tuple[str, ...], name: Name) -> None:
    assert judge(addresses) is name


@pytest.mark.parametrize(
    ("address", "at_home"),
    [
        ("203.0.113.2", False),
        ("::ffff:203.0.113.2", False),
        ("2001:db8:2::40", False),
        ("192.168.178.77", True),
        ("192.168.0.9", True),  # guests' Wi-Fi of the same router
        ("198.51.100.10", True),  # the practice's own address: turned round at the router
        ("::ffff:198.51.100.10", True),
        ("2001:db8:1::77", True),  # an address of the practice, public though it is
        ("fe80::1%eth0", True),
        ("127.0.0.1", True),
        ("", True),
        ("unknown", True),
    ],
)
def test_a_phone_is_at_home_when_it_comes_from_inside(address: str, at_home: bool) -> None:
    assert is_at_home(address, LINE, {"198.51.100.10"}) is at_home


@pytest.mark.parametrize(
    ("looked_up", "address"),
    [
        (("198.51.100.10",), "198.51.100.10"),
        (("198.51.100.10", "2001:db8::1"), "198.51.100.10"),
        (("198.51.100.10", "198.51.100.11"), None),  # which of them is this line's?
        (("192.168.178.10",), None),  # the resolver of the practice knows it by its inner address
        (("100.64.0.9",), None),
        (("2001:db8::1",), None),
        ((), None),
    ],
)
def test_the_public_address_is_learned_only_where_it_is_certain(
    looked_up: tuple[str, ...], address: str | None
) -> None:
    assert learned(looked_up) == address

import ipaddress
import socket
from collections.abc import Callable

import pytest

from practicebox.stun.attributes import Address
from practicebox.stun.message import decode
from practicebox.stun.relay.acl import LOWEST_PORT, is_special
from practicebox.stun.relay.numbers import Method, TurnAttribute
from tests.stun.relay.words import BOX, BOX_V6, DOCTOR, DOCTOR_V6, MEDIA, V6_WISH, code, raw_peer
from tests.stun.relay.world import Practice, Somebody, World

SPECIAL_V4 = [
    "0.0.0.0", "0.0.0.1", "0.255.255.255",
    "127.0.0.1", "127.0.0.0", "127.0.1.1", "127.255.255.255",
    "169.254.0.0", "169.254.1.1", "169.254.169.254", "169.254.255.255",
    "192.0.0.0", "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.0.255",
    "192.88.99.1", "192.88.99.255",
    "224.0.0.0", "224.0.0.1", "224.0.0.251", "232.1.1.1", "239.255.255.250", "239.255.255.255",
    "240.0.0.0", "240.0.0.1", "250.1.2.3", "255.255.255.254", "255.255.255.255",
]  # fmt: skip
SPECIAL_V6 = [
    "::", "::1", "::2", "::ffff", "::1:0", "::ffff:ffff",
    "100::", "100::1", "100::ffff:ffff:ffff:ffff",
    "64:ff9b::", "64:ff9b::1", "64:ff9b:1::", "64:ff9b:1::1", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "2001::", "2001::1", "2001:0:ffff::1",
    "2002::", "2002::1", "2002:ffff:ffff::1",
    "fe80::", "fe80::1", "fe80::ffff:ffff:ffff:ffff", "febf::1", "fe90::1",
    "fec0::1", "feff::1",
    "ff00::", "ff01::1", "ff02::1", "ff02::2", "ff02::fb", "ff05::2", "ff0e::1", "ffff::1",
]  # fmt: skip
OWN = [BOX, BOX_V6, "10.0.0.2", "2001:db8::2"]
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "mapped": lambda v4: bytes(10) + b"\xff\xff" + v4,
    "compatible": lambda v4: bytes(12) + v4,
    "translated": lambda v4: bytes(8) + b"\xff\xff\0\0" + v4,
    "nat64": lambda v4: bytes.fromhex("0064ff9b") + bytes(8) + v4,
    "nat64 for local use": lambda v4: bytes.fromhex("0064ff9b0001") + bytes(6) + v4,
    "nat64 /48": lambda v4: bytes.fromhex("0064ff9b0001") + v4[:2] + b"\0" + v4[2:] + bytes(5),
    "6to4": lambda v4: b"\x20\x02" + v4 + bytes(9) + b"\1",
    "teredo server": lambda v4: bytes.fromhex("20010000") + v4 + bytes(8),
    "teredo client": lambda v4: bytes.fromhex("20010000") + bytes(8) + bytes(b ^ 255 for b in v4),
    "isatap": lambda v4: bytes.fromhex("fd00000000000000") + bytes.fromhex("00005efe") + v4,
    "isatap, universal": lambda v4: bytes.fromhex("2001067c00000001") + b"\2\0\x5e\xfe" + v4,
}


def hosts() -> list[tuple[str, bytes]]:
    """Every address that nobody may reach, with the bytes that stand in a packet."""
    found = [(f"{host} plain", ipaddress.ip_address(host).packed) for host in SPECIAL_V4]
    found += [(f"{host} plain", ipaddress.ip_address(host).packed) for host in SPECIAL_V6 + OWN]
    for host in [*SPECIAL_V4, DOCTOR[0], BOX, "10.0.0.2", "8.8.8.8"]:
        packed = ipaddress.IPv4Address(host).packed
        found += [(f"{host} {name}", encode(packed)) for name, encode in ENCODINGS.items()]
    return found


TABLE = hosts()


def generous_world() -> World:
    """The authority allows everything; the fence alone must hold."""
    return World(Practice(hosts=None), own=frozenset(OWN))


def asked(client: Somebody, method: Method, packed: bytes, port: int = 50000) -> int:
    client.world.clock.now += 0.01  # not faster than a client may ask
    identifier = next(client.world.identifiers)
    attributes = [raw_peer(packed, port, identifier)]
    if method is Method.CHANNEL_BIND:
        attributes.append((TurnAttribute.CHANNEL_NUMBER, b"\x40\x00\0\0"))
    answer = client.say(client.signed(method, tuple(attributes), identifier))
    assert answer is not None
    return code(decode(answer))


def test_the_table_is_long_enough() -> None:
    assert len(SPECIAL_V4) + len(SPECIAL_V6) >= 60
    assert len(TABLE) > 400


@pytest.mark.parametrize("method", [Method.CREATE_PERMISSION, Method.CHANNEL_BIND])
def test_no_special_address_is_reached_in_any_encoding(method: Method) -> None:
    world = generous_world()
    client, client_v6 = world.client("room/a"), world.client("room/b")
    client.allocate()
    client_v6.allocate(V6_WISH)
    seen = {
        name: asked(client if len(packed) == 4 else client_v6, method, packed)
        for name, packed in TABLE
    }
    assert {name: code for name, code in seen.items() if code != 403} == {}
    for one in (client, client_v6):
        assert one.ports.to_peers == []


@pytest.mark.parametrize("host", SPECIAL_V4 + SPECIAL_V6)
def test_a_send_indication_reaches_no_special_address(host: str) -> None:
    world = generous_world()
    client = world.client()
    client.allocate(*([V6_WISH] if ":" in host else []))
    client.send((host, 50000), MEDIA)
    assert client.ports.to_peers == []


@pytest.mark.parametrize("peer", [DOCTOR, ("10.1.2.3", 50000), ("100.64.0.9", 50000)])
def test_ordinary_hosts_are_reached_where_the_authority_says_so(peer: Address) -> None:
    client = generous_world().client()
    client.allocate()
    assert client.permit(peer) == 0
    client.send(peer, MEDIA)
    assert client.ports.to_peers == [(peer, MEDIA)]


@pytest.mark.parametrize("peer", [DOCTOR_V6, ("2003:e5:17::9", 50000), ("2a02::1", 50000)])
def test_ordinary_v6_hosts_are_reached_too(peer: Address) -> None:
    client = generous_world().client()
    client.allocate(V6_WISH)
    assert client.permit(peer) == 0
    client.send(peer, MEDIA)
    assert client.ports.to_peers == [(peer, MEDIA)]


def test_a_host_is_refused_where_nobody_of_the_room_is() -> None:
    client = World().client()
    client.allocate()
    assert client.permit(("192.168.1.21", 50000)) == 403
    assert client.bind(0x4000, ("192.168.1.21", 50000)) == 403


def test_one_forbidden_host_among_permitted_ones_forbids_them_all() -> None:
    client = World().client()
    client.allocate()
    assert client.permit(DOCTOR, ("192.168.1.21", 50000)) == 403
    client.send(DOCTOR, MEDIA)
    assert client.ports.to_peers == []


@pytest.mark.parametrize("port", [0, 1, 53, 123, 161, LOWEST_PORT - 1])
def test_ports_of_services_are_not_reached(port: int) -> None:
    client = World().client()
    client.allocate()
    assert client.bind(0x4000, (DOCTOR[0], port)) == 403
    assert client.permit((DOCTOR[0], port)) == 0  # a permission is for a host (section 9)
    client.send((DOCTOR[0], port), MEDIA)
    assert client.ports.to_peers == []


def test_the_own_addresses_may_be_a_question() -> None:
    world = World(Practice(hosts=None), own=lambda host: host.startswith("10."))
    client = world.client()
    client.allocate()
    assert client.permit(("10.9.9.9", 50000)) == 403
    assert client.permit(("11.9.9.9", 50000)) == 0


@pytest.mark.parametrize("text", ["fe80::1%eth0", "fd00::1%0", "localhost", "", "1.2.3", "::g"])
def test_what_is_no_plain_address_is_special(text: str) -> None:
    assert is_special(text)


def test_every_encoding_is_one_that_sockets_understand() -> None:
    for _, packed in TABLE:
        family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
        assert socket.inet_pton(family, socket.inet_ntop(family, packed)) == packed

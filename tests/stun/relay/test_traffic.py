"""Permissions, channels and what passes them (RFC 8656 sections 9 to 12, RFC 7983)."""

import pytest

from practicebox.stun.attributes import Address, decode_xor_address
from practicebox.stun.message import decode
from practicebox.stun.registry import MessageClass
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.media import MEDIA as MEDIA_BYTES
from practicebox.stun.relay.media import may_pass
from practicebox.stun.relay.numbers import Method, TurnAttribute
from tests.stun.relay.words import DOCTOR, DOCTOR_V6, MEDIA, V6_WISH, channel_data, code
from tests.stun.relay.world import World, with_channel, with_permission

NEIGHBOUR = (DOCTOR[0], DOCTOR[1] + 1)
STUN = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12)


def test_a_send_indication_reaches_a_permitted_peer() -> None:
    client = with_permission(World())
    client.send(DOCTOR, MEDIA)
    client.send(NEIGHBOUR, MEDIA)  # permissions are for hosts
    assert client.ports.to_peers == [(DOCTOR, MEDIA), (NEIGHBOUR, MEDIA)]


def test_nothing_is_sent_without_a_permission() -> None:
    client = World().client()
    client.allocate()
    client.send(DOCTOR, MEDIA)
    assert client.ports.to_peers == []


@pytest.mark.parametrize("peer", [DOCTOR, DOCTOR_V6])
def test_what_a_peer_sends_is_indicated(peer: Address) -> None:
    world = World()
    client = world.client()
    client.allocate(*([V6_WISH] if ":" in peer[0] else []))
    client.permit(peer)
    world.arrives(client, peer, MEDIA)
    indication = decode(client.ports.to_clients[0])
    assert (indication.message_class, indication.method) == (MessageClass.INDICATION, Method.DATA)
    value = indication.value(TurnAttribute.XOR_PEER_ADDRESS) or b""
    assert decode_xor_address(value, indication.transaction_id) == peer
    assert indication.value(TurnAttribute.DATA) == MEDIA


def test_what_a_stranger_sends_is_dropped() -> None:
    world = World()
    client = with_permission(world)
    world.arrives(client, ("192.168.1.99", 50000), MEDIA)
    assert client.ports.to_clients == []


def test_a_channel_carries_both_ways() -> None:
    world = World()
    client = with_channel(world)
    client.say(channel_data(0x4000, MEDIA) + b"\0\0\0")  # padding may follow (section 12.5)
    world.arrives(client, DOCTOR, MEDIA)
    assert client.ports.to_peers == [(DOCTOR, MEDIA)]
    assert client.ports.to_clients == [channel_data(0x4000, MEDIA)]


def test_the_neighbour_of_a_bound_peer_is_indicated() -> None:
    world = World()
    client = with_channel(world)
    world.arrives(client, NEIGHBOUR, MEDIA)
    assert decode(client.ports.to_clients[0]).method == Method.DATA


@pytest.mark.parametrize(
    "datagram",
    [
        channel_data(0x4001, MEDIA),
        channel_data(0x4000, MEDIA)[:-1],
        channel_data(0x4000, b""),
        b"\x40\x00\x00",
        b"\x40\x00",
        b"\x40",
        b"",
    ],
)
def test_channel_data_that_makes_no_sense_is_dropped(datagram: bytes) -> None:
    client = with_channel(World())
    assert client.say(datagram) is None
    assert client.ports.to_peers == []


def test_a_channel_and_a_peer_belong_to_each_other() -> None:
    client = with_channel(World())
    assert client.bind(0x4000, NEIGHBOUR) == 400
    assert client.bind(0x4001, DOCTOR) == 400
    assert client.bind(0x4000, DOCTOR) == 0
    assert client.bind(0x4001, NEIGHBOUR) == 0


@pytest.mark.parametrize(
    ("number", "refusal"), [(0x3FFF, 400), (0x4FFF, 0), (0x7FFF, 0), (0x8000, 400), (0, 400)]
)
def test_channel_numbers_have_a_range(number: int, refusal: int) -> None:
    client = World().client()
    client.allocate()
    assert client.bind(number, DOCTOR) == refusal


def test_requests_without_a_peer_or_a_number_are_bad() -> None:
    client = World().client()
    client.allocate()
    number = (TurnAttribute.CHANNEL_NUMBER, b"\x40\x00\0\0")
    half = (TurnAttribute.XOR_PEER_ADDRESS, b"\0\1\0")
    assert code(client.ask(Method.CREATE_PERMISSION)) == 400
    assert code(client.ask(Method.CREATE_PERMISSION, half)) == 400
    assert code(client.ask(Method.CHANNEL_BIND, number)) == 400
    assert code(client.ask_about(Method.CHANNEL_BIND, [DOCTOR])) == 400
    assert code(client.ask(Method.CHANNEL_BIND, (TurnAttribute.CHANNEL_NUMBER, b"\x40"))) == 400


def test_a_peer_of_the_other_family_is_a_mismatch() -> None:
    client = World().client()
    client.allocate()
    assert client.permit(DOCTOR_V6) == 443
    assert client.bind(0x4000, DOCTOR_V6) == 443


def test_only_what_a_call_consists_of_passes() -> None:
    passing = {first for first in range(256) if may_pass(bytes((first,)) + bytes(99))}
    assert passing == {*range(20, 64), *range(128, 192)}
    assert passing == set(MEDIA_BYTES)
    assert may_pass(STUN)
    assert may_pass(b"\x03" + STUN[1:])
    assert not may_pass(STUN[:-1])
    assert not may_pass(b"\x04" + STUN[1:])
    assert not may_pass(b"\x00\x01\x00\x00\x21\x12\xa4\x43" + bytes(12))
    assert not may_pass(b"")


@pytest.mark.parametrize("payload", [b"GET / HTTP/1.1", b"\x00\x01", b"\x40\x00\x00\x00", b"\xff"])
def test_the_filter_works_in_both_directions(payload: bytes) -> None:
    world = World()
    client = with_channel(world)
    client.say(channel_data(0x4000, payload))
    client.send(DOCTOR, payload)
    world.arrives(client, DOCTOR, payload)
    assert (client.ports.to_peers, client.ports.to_clients) == ([], [])


def test_an_indication_that_demands_something_unknown_is_dropped() -> None:
    client = with_permission(World())
    client.send(DOCTOR, MEDIA, (0x001A, b""))  # DONT-FRAGMENT (section 11.2)
    client.send(DOCTOR, MEDIA, (0x9999, b""))
    assert len(client.ports.to_peers) == 1


def test_a_request_with_the_number_of_an_indication_is_dropped() -> None:
    client = with_permission(World())
    assert client.say(b"\x00\x16\x00\x00" + STUN[4:]) is None
    assert client.say(b"\x00\x17\x00\x00" + STUN[4:]) is None


def test_a_client_with_an_allocation_may_ask_for_its_address_too() -> None:
    client = with_permission(World())
    answer = client.say(STUN)
    assert answer is not None
    assert answer[:2] == b"\x01\x01"


def test_more_than_the_bit_rate_is_dropped_each_way() -> None:
    world = World(limits=Limits(bit_rate=80_000, burst=1.0))  # 10,000 bytes a second
    client = with_channel(world)
    packet = b"\x80" + bytes(959)  # 1,000 bytes with what a packet counts for
    for _ in range(100):
        client.say(channel_data(0x4000, packet))
        world.arrives(client, DOCTOR, packet)
    assert len(client.ports.to_clients) in (10, 11)
    assert len(client.ports.to_peers) < 11  # the requests before have cost something
    world.pass_time(1.0)
    for _ in range(100):
        world.arrives(client, DOCTOR, packet)
    assert len(client.ports.to_clients) in (20, 21)


def test_requests_cost_something_of_the_bit_rate() -> None:
    world = World()
    client = with_permission(world)
    answers = [client.say(STUN) for _ in range(1000)]
    assert 300 < sum(answer is not None for answer in answers) < 400

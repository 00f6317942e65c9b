"""Allocate and Refresh (RFC 8656 sections 7 and 8), and who may ask (RFC 8489 section 9.2)."""

import pytest

from practicebox.stun.attributes import decode_xor_address
from practicebox.stun.integrity import has_integrity
from practicebox.stun.message import decode
from practicebox.stun.registry import Attribute
from practicebox.stun.relay.numbers import Method, TurnAttribute
from tests.stun.relay.words import BOX, BOX_V6, UDP_WISH, V4_WISH, V6_WISH, code
from tests.stun.relay.world import World

LIFETIME = TurnAttribute.LIFETIME


def seconds(number: int) -> tuple[int, bytes]:
    return LIFETIME, number.to_bytes(4, "big")


def test_an_allocation_has_an_address_of_the_box() -> None:
    world = World()
    client = world.client()
    answer = client.ask(Method.ALLOCATE, UDP_WISH)
    relayed = answer.value(TurnAttribute.XOR_RELAYED_ADDRESS) or b""
    mapped = answer.value(Attribute.XOR_MAPPED_ADDRESS) or b""
    assert decode_xor_address(relayed, answer.transaction_id) == (BOX, 40000)
    assert decode_xor_address(mapped, answer.transaction_id) == client.path.client
    assert answer.value(LIFETIME) == (600).to_bytes(4, "big")
    assert answer.value(Attribute.SOFTWARE) is None


def test_answers_are_signed() -> None:
    client = World().client()
    client.challenged()
    success = client.say(client.signed(Method.ALLOCATE, (UDP_WISH,)))
    refusal = client.say(client.signed(Method.ALLOCATE, ()))
    for answer in (success, refusal):
        assert answer is not None
        assert has_integrity(answer, client.key)


@pytest.mark.parametrize(
    ("asked", "given"),
    [(None, 600), (0, 600), (1, 600), (900, 900), (3600, 3600), (2**32 - 1, 3600)],
)
def test_a_lifetime_is_kept_within_limits(asked: int | None, given: int) -> None:
    wishes = [] if asked is None else [seconds(asked)]
    answer = World().client().ask(Method.ALLOCATE, UDP_WISH, *wishes)
    assert answer.value(LIFETIME) == given.to_bytes(4, "big")


def test_ipv6_is_relayed_where_it_is_asked_for() -> None:
    world = World()
    assert world.client("room/a").allocate()[0] == BOX
    assert world.client("room/b").allocate(V4_WISH)[0] == BOX
    assert world.client("room/c").allocate(V6_WISH)[0] == BOX_V6


@pytest.mark.parametrize(
    ("wishes", "refusal"),
    [
        ((), 400),
        (((TurnAttribute.REQUESTED_TRANSPORT, b"\x11"),), 400),
        (((TurnAttribute.REQUESTED_TRANSPORT, b"\x06\0\0\0"),), 442),
        ((UDP_WISH, (TurnAttribute.REQUESTED_ADDRESS_FAMILY, b"\x03\0\0\0")), 440),
        ((UDP_WISH, (TurnAttribute.REQUESTED_ADDRESS_FAMILY, b"\x01")), 400),
        ((UDP_WISH, V4_WISH, (TurnAttribute.ADDITIONAL_ADDRESS_FAMILY, b"\x02\0\0\0")), 400),
        ((UDP_WISH, (TurnAttribute.EVEN_PORT, b"\x80")), 508),
        ((UDP_WISH, (TurnAttribute.EVEN_PORT, b"")), 400),
        ((UDP_WISH, (TurnAttribute.RESERVATION_TOKEN, bytes(8))), 508),
        ((UDP_WISH, (TurnAttribute.RESERVATION_TOKEN, bytes(8)), V4_WISH), 400),
        ((UDP_WISH, seconds(600), (0x001A, b"")), 420),  # DONT-FRAGMENT
        ((UDP_WISH, (0x7777, b"")), 420),
        ((UDP_WISH, (LIFETIME, b"\1")), 400),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused(
    wishes: tuple[tuple[int, bytes], ...], refusal: int
) -> None:
    world = World()
    assert code(world.client().ask(Method.ALLOCATE, *wishes)) == refusal
    assert len(world.relay.table) == 0


def test_unknown_attributes_are_named() -> None:
    answer = World().client().ask(Method.ALLOCATE, UDP_WISH, (0x001A, b""), (0x9999, b""))
    assert answer.value(Attribute.UNKNOWN_ATTRIBUTES) == b"\x00\x1a"


def test_without_ipv6_there_is_no_ipv6() -> None:
    world = World()
    world.relay.hosts.pop(next(family for family, host in world.relay.hosts.items() if ":" in host))
    assert code(world.client().ask(Method.ALLOCATE, UDP_WISH, V6_WISH)) == 440


def test_when_no_socket_can_be_had_there_is_no_capacity() -> None:
    world = World()
    world.no_sockets = True
    assert code(world.client().ask(Method.ALLOCATE, UDP_WISH)) == 508
    assert len(world.relay.table) == 0


def test_a_repeated_request_gets_the_same_answer() -> None:
    world = World()
    client = world.client()
    client.challenged()
    request = client.signed(Method.ALLOCATE, (UDP_WISH,), b"the same one")
    assert client.say(request) == client.say(request)
    assert len(world.relay.table) == 1


def test_a_second_allocation_at_the_same_place_is_a_mismatch() -> None:
    client = World().client()
    client.allocate()
    client.challenged()
    again = client.signed(Method.ALLOCATE, (UDP_WISH,), b"another one.")
    answer = client.say(again)
    assert answer is not None
    assert code(decode(answer)) == 437


def test_a_refresh_keeps_an_allocation_alive() -> None:
    world = World()
    client = world.client()
    client.allocate()
    world.pass_time(500)
    assert client.ask(Method.REFRESH).value(LIFETIME) == (600).to_bytes(4, "big")
    world.pass_time(500)
    assert len(world.relay.table) == 1
    world.pass_time(101)
    assert len(world.relay.table) == 0
    assert client.ports.is_closed


def test_a_refresh_of_zero_ends_it() -> None:
    world = World()
    client = world.client()
    client.allocate()
    assert client.ask(Method.REFRESH, seconds(0)).value(LIFETIME) == bytes(4)
    assert len(world.relay.table) == 0
    assert client.ports.is_closed
    assert code(client.ask(Method.REFRESH)) == 437


@pytest.mark.parametrize(
    ("family", "refusal"), [(V4_WISH, 0), (V6_WISH, 443), ((V4_WISH[0], b"\x09\0\0\0"), 440)]
)
def test_a_refresh_names_the_right_family(family: tuple[int, bytes], refusal: int) -> None:
    client = World().client()
    client.allocate()
    assert code(client.ask(Method.REFRESH, family)) == refusal


@pytest.mark.parametrize("method", [Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND])
def test_without_an_allocation_there_is_a_mismatch(method: Method) -> None:
    assert code(World().client().ask(method)) == 437


def test_an_allocation_belongs_to_the_user_who_made_it() -> None:
    world = World()
    owner = world.client("room/patient")
    owner.allocate()
    other = world.client("room/doctor", owner.path.client)
    assert code(other.ask(Method.REFRESH, seconds(0))) == 441
    assert len(world.relay.table) == 1

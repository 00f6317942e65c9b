"""Two allocations of one room meet inside the process; nothing else is at our own address."""

from practicebox.stun.message import decode
from practicebox.stun.relay.numbers import TurnAttribute
from tests.stun.relay.words import BOX, MEDIA, channel_data
from tests.stun.relay.world import Practice, Somebody, World


def pair(world: World, first: str = "room/a", second: str = "room/b") -> tuple[Somebody, Somebody]:
    one, other = world.client(first), world.client(second)
    one.allocate()
    other.allocate()
    return one, other


def test_two_of_a_room_meet_inside_the_relay() -> None:
    world = World(Practice(hosts=[]))
    one, other = pair(world)
    to_one, to_other = one.ports.allocation.relayed, other.ports.allocation.relayed
    assert one.permit(to_other) == 0
    one.send(to_other, MEDIA)
    assert other.ports.to_clients == []  # it has not permitted the first one
    assert other.bind(0x4000, to_one) == 0
    one.send(to_other, MEDIA)
    assert other.ports.to_clients == [channel_data(0x4000, MEDIA)]
    other.say(channel_data(0x4000, MEDIA))
    assert decode(one.ports.to_clients[0]).value(TurnAttribute.DATA) == MEDIA
    assert one.ports.to_peers == other.ports.to_peers == []


def test_two_of_different_rooms_do_not() -> None:
    world = World(Practice(hosts=[]))
    one, other = pair(world, "room/a", "elsewhere/b")
    assert one.permit(other.ports.allocation.relayed) == 403


def test_the_own_address_leads_to_the_room_only_and_never_out() -> None:
    world = World(Practice(hosts=None))
    one, other = pair(world)
    third = world.client("elsewhere/c")
    third.allocate()
    assert one.permit(other.ports.allocation.relayed) == 0
    for allocation in (one, third):
        one.send(allocation.ports.allocation.relayed, MEDIA)
    one.send((BOX, 8443), MEDIA)
    assert one.bind(0x4000, (BOX, 8443)) == 0  # permitted is the host, in here
    one.say(channel_data(0x4000, MEDIA))
    assert one.ports.to_peers == []
    assert third.ports.to_clients == []

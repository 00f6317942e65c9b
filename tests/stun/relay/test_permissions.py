"""How long a peer is permitted, and a channel bound (RFC 8656 sections 9 and 12)."""

from practicebox.stun.message import decode
from practicebox.stun.relay.numbers import Method
from tests.stun.relay.words import DOCTOR, MEDIA, channel_data
from tests.stun.relay.world import Somebody, World, with_channel


def test_a_permission_ends_after_five_minutes_and_its_channel_pauses() -> None:
    world = World()
    client = with_channel(world)
    world.pass_time(301)
    client.say(channel_data(0x4000, MEDIA))
    world.arrives(client, DOCTOR, MEDIA)
    assert (client.ports.to_peers, client.ports.to_clients) == ([], [])
    client.permit(DOCTOR)
    client.say(channel_data(0x4000, MEDIA))
    assert client.ports.to_peers == [(DOCTOR, MEDIA)]


def test_a_channel_ends_after_ten_minutes() -> None:
    world = World()
    client = with_channel(world)
    world.pass_time(299)
    client.permit(DOCTOR)
    client.ask(Method.REFRESH)
    world.pass_time(299)
    client.permit(DOCTOR)
    world.pass_time(3)
    client.say(channel_data(0x4000, MEDIA))
    world.arrives(client, DOCTOR, MEDIA)
    assert client.ports.to_peers == []
    assert decode(client.ports.to_clients[0]).method == Method.DATA
    assert client.bind(0x4001, DOCTOR) == 0


def says_something(client: Somebody) -> bool:
    """Whether a packet in the channel still reaches the doctor."""
    before = len(client.ports.to_peers)
    client.say(channel_data(0x4000, MEDIA))
    return len(client.ports.to_peers) > before


def test_who_leaves_the_practice_is_reached_for_five_minutes_more() -> None:
    world = World()
    client = with_channel(world)
    world.pass_time(100)
    world.authority.hosts = set()
    world.pass_time(150)
    assert says_something(client)
    assert client.bind(0x4000, DOCTOR) == 403
    assert client.permit(DOCTOR) == 403
    assert says_something(client)
    world.pass_time(51)
    assert not says_something(client)


def test_a_reload_at_the_wrong_moment_does_not_end_a_call() -> None:
    world = World()
    client = with_channel(world)
    world.pass_time(235)
    there, world.authority.hosts = world.authority.hosts, set()
    world.pass_time(5)
    assert client.permit(DOCTOR) == 0
    world.authority.hosts = there
    for _ in range(4):
        world.pass_time(60)
        assert says_something(client)
    assert client.permit(DOCTOR) == 0


def test_asking_again_and_again_keeps_nobody_permitted_who_has_left() -> None:
    world = World()
    client = with_channel(world)
    world.authority.hosts = set()
    world.pass_time(59)
    assert client.permit(DOCTOR) == 0
    codes = []
    for _ in range(5):
        world.pass_time(49)
        codes.append(client.permit(DOCTOR))
    assert codes == [403] * 5
    assert not says_something(client)

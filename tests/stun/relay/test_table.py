"""How many allocations there may be, and which of them goes when one more is wanted."""

import tracemalloc

import pytest

from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method
from practicebox.stun.relay.path import Transport
from tests.stun.relay.words import BOX, DOCTOR, UDP_WISH, V6_WISH, code
from tests.stun.relay.world import World


def test_the_newest_of_a_participant_wins_without_waiting() -> None:
    world = World(limits=Limits(per_participant=1))
    old, new = world.client(), world.client()
    old.allocate()
    new.allocate()
    assert old.ports.is_closed
    assert not new.ports.is_closed
    assert code(old.ask(Method.REFRESH)) == 437


def test_the_one_silent_longest_makes_room() -> None:
    world = World(limits=Limits(per_participant=3))
    clients = [world.client() for _ in range(4)]
    for client in clients[:3]:
        client.allocate()
        world.pass_time(1)
    clients[0].permit(DOCTOR)  # it is still there
    world.pass_time(1)
    clients[3].allocate()
    assert [client.ports.is_closed for client in clients] == [False, True, False, False]


def test_transports_participants_and_rooms_count_for_themselves() -> None:
    world = World(limits=Limits(per_participant=1))
    clients = [world.client(transport=transport) for transport in Transport]
    clients += [world.client("room/doctor"), world.client("another/patient")]
    for client in clients:
        client.allocate()
    assert len(world.relay.table) == 5


@pytest.mark.slow
def test_ten_thousand_wishes_of_all_kinds_of_people_meet_a_limit() -> None:
    world = World(limits=Limits(allocations=64))
    codes = [
        code(world.client(f"room{number}/p").ask(Method.ALLOCATE, UDP_WISH))
        for number in range(10_000)
    ]
    assert codes == [0] * 64 + [508] * 9_936


@pytest.mark.slow
def test_ten_thousand_wishes_of_one_person_meet_a_quota() -> None:
    world = World()
    seen = [code(world.client().ask(Method.ALLOCATE, UDP_WISH)) for _ in range(10_000)]
    assert seen == [0] * 30 + [486] * 9_970
    world.pass_time(10)
    assert code(world.client().ask(Method.ALLOCATE, UDP_WISH)) == 0


@pytest.mark.slow
def test_memory_does_not_grow_with_wishes() -> None:
    world = World(limits=Limits(allocations=64, churn_burst=100_000, churn_rate=1e6))

    def wish(times: int) -> None:
        for number in range(times):
            world.client(f"room{number}/p").ask(Method.ALLOCATE, UDP_WISH)

    wish(200)
    tracemalloc.start()
    try:
        wish(200)
        before, _ = tracemalloc.get_traced_memory()
        wish(1000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


def test_when_the_relay_is_full_one_s_own_place_can_still_be_taken() -> None:
    world = World(limits=Limits(allocations=1, per_participant=1))
    world.client("room/a").allocate()
    assert code(world.client("room/b").ask(Method.ALLOCATE, UDP_WISH)) == 508
    world.client("room/a").allocate()
    assert len(world.relay.table) == 1


def test_permissions_are_limited() -> None:
    world = World(limits=Limits(permissions=2))
    world.authority.hosts = None
    client = world.client()
    client.allocate()
    assert client.permit(("10.0.0.3", 5000), ("10.0.0.4", 5000)) == 0
    assert client.permit(("10.0.0.5", 5000)) == 508
    assert client.permit(("10.0.0.4", 5000)) == 0
    world.pass_time(301)
    assert client.permit(("10.0.0.5", 5000)) == 0


def test_channels_are_limited() -> None:
    world = World(limits=Limits(channels=2))
    client = world.client()
    client.allocate()
    codes = [client.bind(0x4000 + number, (DOCTOR[0], 50_000 + number)) for number in range(3)]
    assert codes == [0, 0, 508]


def test_a_client_that_goes_ends_its_allocation() -> None:
    world = World()
    client = world.client()
    client.allocate()
    world.relay.end(client.path)
    world.relay.end(client.path)
    assert client.ports.is_closed
    assert len(world.relay.table) == 0


def test_closing_the_relay_ends_them_all() -> None:
    world = World()
    clients = [world.client("room/a"), world.client("room/b")]
    clients[0].allocate()
    assert clients[1].allocate(V6_WISH)[0] != BOX
    world.relay.close()
    assert all(client.ports.is_closed for client in clients)

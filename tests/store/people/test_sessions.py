"""Sessions: found by token, ended by time, logout and revocation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.conditions import Locked, NoSession
from tests.store.world import World, raw_bytes, reading


async def test_a_session_is_found_by_its_token(world: World) -> None:
    session = await world.store.session(world.session.token)
    assert session == world.session
    assert session.user.person.last_name == "Sommer"


@pytest.mark.parametrize("token", ["", "x", "\ud800", "A" * 10_000])
async def test_an_unknown_token_has_no_session(world: World, token: str) -> None:
    with pytest.raises(NoSession):
        await world.store.session(token)


async def test_after_logout_there_is_no_session(world: World) -> None:
    await world.store.logout(world.session.token)
    with pytest.raises(NoSession):
        await world.store.session(world.session.token)
    await world.store.logout(world.session.token)


async def test_twelve_idle_hours_end_a_session(world: World) -> None:
    world.clock.advance(timedelta(hours=11, minutes=59))
    await world.store.session(world.session.token)
    world.clock.advance(timedelta(hours=11, minutes=59))
    await world.store.session(world.session.token)
    world.clock.advance(timedelta(hours=12))
    with pytest.raises(NoSession):
        await world.store.session(world.session.token)


async def test_seven_days_end_a_session_however_busy(world: World) -> None:
    for _ in range(7 * 24 - 1):
        world.clock.advance(timedelta(hours=1))
        await world.store.session(world.session.token)
    world.clock.advance(timedelta(hours=1))
    with pytest.raises(NoSession):
        await world.store.session(world.session.token)


async def test_a_busy_session_is_not_written_at_every_request(world: World) -> None:
    written = await world.store.last_write()
    world.clock.advance(timedelta(minutes=4))
    await world.store.session(world.session.token)
    assert await world.store.last_write() == written
    world.clock.advance(timedelta(minutes=1))
    await world.store.session(world.session.token)
    assert await world.store.last_write() == world.clock()


async def test_a_session_outlives_a_restart_but_the_keys_do_not(world: World) -> None:
    await world.restart()
    with pytest.raises(Locked):
        await world.store.session(world.session.token)
    with pytest.raises(NoSession):
        await world.store.session("another")
    await world.log_in()
    assert (await world.store.session(world.session.token)).user == world.session.user


async def test_old_sessions_are_forgotten_at_the_next_login(world: World) -> None:
    world.clock.advance(timedelta(hours=12))
    await world.log_in()
    with reading(world.path) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


async def test_the_token_is_not_in_the_database(world: World) -> None:
    assert world.session.token.encode() not in raw_bytes(world.path)
    assert world.session.token not in repr(world.session)

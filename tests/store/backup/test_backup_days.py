"""What the box does by itself: a backup a day, and its proof as soon as that is possible."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from practicebox.store.backup import backup
from practicebox.store.backup import work as backup_work
from practicebox.store.backup.backup import is_due
from practicebox.store.backup.conditions import BackupTruncated
from practicebox.store.backup.ledger import Level
from practicebox.store.backup.work import Overview, Place
from tests.store.backup.backup_world import backup_of, make_quietly, place_of
from tests.store.world import World, reading


async def test_a_day_has_one_backup_and_the_next_morning_another(world: World) -> None:
    async def count() -> int:
        await world.store.backups.tend()
        return len((await world.store.backups.overview()).ledger.entries)

    assert (await count(), await count()) == (1, 1)
    world.clock.advance(timedelta(hours=14))  # 01:00 UTC: not yet
    assert await count() == 1
    world.clock.advance(timedelta(hours=2))
    assert (await count(), await count()) == (2, 2)


async def test_a_locked_night_is_proved_after_the_login(world: World) -> None:
    world.store.lock()
    await world.store.backups.tend()
    await world.store.backups.tend_proof()
    newest = (await world.store.backups.overview()).ledger.newest
    assert newest and newest.level is Level.COPY
    await world.log_in()
    await world.store.backups.tend_proof()
    newest = (await world.store.backups.overview()).ledger.newest
    assert newest and newest.level is Level.WHOLE


async def test_a_backup_that_is_no_good_is_made_again_but_not_at_once(world: World) -> None:
    path = await backup_of(world)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BackupTruncated):
        await world.store.backups.prove()
    await world.store.backups.tend()
    assert len(list(path.parent.iterdir())) == 1
    world.clock.advance(timedelta(hours=7))
    await world.store.backups.tend()
    newest = (await world.store.backups.overview()).ledger.newest
    assert newest and newest.level is Level.WHOLE


async def test_another_stick_gets_its_backup_the_same_day(world: World) -> None:
    path = await backup_of(world)
    path.unlink()
    await world.store.backups.tend()
    assert len(list(path.parent.iterdir())) == 1


async def test_a_departure_asks_for_a_new_backup(world: World) -> None:
    await world.store.backups.tend()
    with reading(world.path) as connection:
        connection.execute("UPDATE practice SET generation = 2")
    overview = await world.store.backups.overview()
    assert is_due(overview, 2, world.clock()) and not is_due(overview, 1, world.clock())


async def test_a_folder_that_does_not_answer_keeps_no_page_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive hangs: every look waits, and only one of them in the folder."""
    await world.store.backups.make()
    may_answer, looks = threading.Event(), []
    look = backup_work.look

    def hang(place: Place) -> Overview:
        looks.append(place)
        assert may_answer.wait(20)
        return look(place)

    monkeypatch.setattr(backup_work, "look", hang)
    monkeypatch.setattr(backup, "PATIENCE", 0.05)
    for _ in range(3):
        overview = await world.store.backups.overview()
        assert (overview.unreachable, len(overview.ledger.entries)) == ("missing", 1)
    assert len(looks) == 1
    may_answer.set()
    monkeypatch.setattr(backup, "PATIENCE", 20.0)
    assert (await world.store.backups.overview()).unreachable == ""


async def test_the_newest_that_was_opened_completely_is_never_thrown_away(world: World) -> None:
    whole = await world.store.backups.make()
    world.store.lock()
    for _ in range(40):
        world.clock.advance(timedelta(days=1))
        make_quietly(place_of(world), world)
        backup_work.throw_away(place_of(world), world.clock())
    overview = await world.store.backups.overview()
    assert overview.files[0].name == whole.name
    assert 14 + 3 <= len(overview.files) <= 14 + 4 + 1
    remembered = {entry.name for entry in overview.ledger.entries}
    assert {each.name for each in overview.files} <= remembered

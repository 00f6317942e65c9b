"""The end of operation: what notice means, and that nothing at all is left afterwards."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from practicebox.store import ending
from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import AlreadyFounded, NotFounded
from practicebox.store.ending import MARK, NoNotice
from practicebox.store.sql.database import NAME
from practicebox.store.vault.boxkey import NAME as BOX_KEY
from tests.store.world import Boxes, World, founding

BY = By("user", "device")
MINUTE = timedelta(minutes=1)


async def test_notice_names_the_last_day_and_the_moment_after_it(world: World) -> None:
    notice = await world.store.operation.give(BY)
    assert notice.last == date(2026, 6, 30)
    assert notice.over.isoformat() == "2026-06-30T22:00:00+00:00"
    assert await world.store.operation.notice() == notice
    page = await world.store.audit.page(Filter(actions=frozenset({Action.NOTICE_GIVEN})), 5)
    (noted,) = page.entries
    assert isinstance(noted, Noted)
    assert (noted.entry.actor, noted.entry.detail) == ("user", "2026-06-30")


async def test_a_second_notice_changes_nothing(world: World) -> None:
    first = await world.store.operation.give(BY)
    world.clock.advance(timedelta(days=40))
    assert await world.store.operation.give(BY) == first


async def test_revoking_resets_the_period(world: World) -> None:
    await world.store.operation.give(BY)
    await world.store.operation.revoke(BY)
    assert await world.store.operation.notice() is None
    with pytest.raises(NoNotice):
        await world.store.operation.revoke(BY)
    world.clock.advance(timedelta(days=40))
    assert (await world.store.operation.give(BY)).last == date(2026, 9, 30)


async def test_it_is_over_when_the_last_day_is_over_and_not_before(world: World) -> None:
    assert not await world.store.operation.is_over()
    notice = await world.store.operation.give(BY)
    world.clock.moment = notice.over - MINUTE
    assert not await world.store.operation.is_over()
    world.clock.advance(MINUTE)
    assert await world.store.operation.is_over()


async def test_notice_survives_a_restart_and_works_on_a_locked_box(world: World) -> None:
    notice = await world.store.operation.give(BY)
    await world.restart()
    world.clock.moment = notice.over
    assert await world.store.operation.is_over()


async def test_a_damaged_notice_deletes_nothing(world: World) -> None:
    notice = await world.store.operation.give(BY)
    earlier = '["2026-03-02T11:00:00Z", "2026-03-02", "2026-03-02T12:00:00Z", "00"]'
    world.clock.moment = notice.over
    for value in ("", "{}", "[1, 2, 3, 4]", earlier):
        await world.store.settings.keep("ending", value)
        assert not await world.store.operation.is_over()


async def test_without_a_practice_there_is_nothing_to_give_notice_of(
    boxes: Boxes, tmp_path: Path
) -> None:
    store = await boxes.open(tmp_path / "data")
    with pytest.raises(NotFounded):
        await store.operation.give(BY)


async def test_afterwards_the_box_is_empty_and_can_be_founded_anew(world: World) -> None:
    await world.store.appointments.add(world.draft("Canary, Cora"))
    extra = world.path / "tls" / "authority.pem"
    extra.parent.mkdir(exist_ok=True)
    extra.write_text("the name of the practice")
    (world.path / "copies" / "deep").mkdir(parents=True)
    (world.path / "copies" / "deep" / "practicebox.db.before-upgrade").write_bytes(b"x" * 5000)
    key = (world.path / BOX_KEY).read_bytes()
    inodes = {path.stat().st_ino for path in world.path.rglob("*") if path.is_file()}
    await world.store.operation.erase()
    await world.restart()
    assert await world.store.practice() is None
    assert {path.name for path in world.path.rglob("*")} <= {
        NAME,
        f"{NAME}-wal",
        f"{NAME}-shm",
        BOX_KEY,
        "backups",
    }
    assert (world.path / BOX_KEY).read_bytes() != key
    assert inodes
    await world.store.found(founding())


async def test_keys_and_rows_are_overwritten_at_once(world: World) -> None:
    await world.store.appointments.add(world.draft("Canary, Cora"))
    sealed = b"".join(
        await world.store._box.database.run(
            lambda c: [row[0] for row in c.execute("SELECT wrapped FROM subjects")]
        )
    )[:60]
    assert sealed in (world.path / NAME).read_bytes() + (world.path / f"{NAME}-wal").read_bytes()
    await world.store.operation.erase()
    assert not world.store.vault.is_unlocked
    with pytest.raises(AlreadyFounded):  # or the new practice would go with the old one
        await world.store.found(founding())
    left = (world.path / NAME).read_bytes() + (world.path / f"{NAME}-wal").read_bytes()
    assert sealed not in left
    assert await world.store.practice() is None


def test_files_are_overwritten_before_they_go(tmp_path: Path) -> None:
    """A second name for the same file shows what became of its bytes."""
    for name in (NAME, BOX_KEY, "other"):
        (tmp_path / name).write_bytes(b"secret" * 1000)
        os.link(tmp_path / name, tmp_path.parent / f"{tmp_path.name}-{name}")
    (tmp_path / MARK).touch()
    assert ending.finish(tmp_path)
    assert list(tmp_path.iterdir()) == []
    for name in (NAME, BOX_KEY, "other"):
        left = (tmp_path.parent / f"{tmp_path.name}-{name}").read_bytes()
        assert b"secret" not in left
        assert len(left) == 6000


def test_a_link_out_of_the_folder_is_cut_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_text("not ours")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "link").symlink_to(outside / "letter.txt")
    (folder / "folder").symlink_to(outside)
    (folder / MARK).touch()
    ending.finish(folder)
    assert (outside / "letter.txt").read_text() == "not ours"
    assert list(folder.iterdir()) == []


def test_without_the_mark_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"data")
    assert not ending.finish(tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"data"


@pytest.mark.parametrize("calls", range(0, 24, 2))
def test_a_deletion_that_was_killed_goes_on_at_the_next_start(
    tmp_path: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any of the calls that change the disk; the mark goes last."""
    for name in (NAME, f"{NAME}-wal", BOX_KEY, "audit.mark"):
        (tmp_path / name).write_bytes(b"secret" * 100)
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "doors.pem").write_bytes(b"secret")
    (tmp_path / MARK).touch()
    left = calls

    class Killed(BaseException):
        pass

    def killing(function: object) -> object:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return function(*arguments, **named)  # type: ignore[operator]  # an os function

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", killing(os.write))
        patch.setattr(os, "fsync", killing(os.fsync))
        patch.setattr(Path, "unlink", killing(Path.unlink))
        patch.setattr(Path, "rmdir", killing(Path.rmdir))
        try:
            ending.finish(tmp_path)
        except Killed:
            assert (tmp_path / MARK).exists() or not list(tmp_path.iterdir())
    ending.finish(tmp_path)
    assert list(tmp_path.iterdir()) == []

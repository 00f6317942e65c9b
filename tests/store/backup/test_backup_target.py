"""The folder for backups: what stays in it, and each way in which it fails by its name."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.store.backup.conditions import (
    TargetBroken,
    TargetFailed,
    TargetForbidden,
    TargetFull,
    TargetMissing,
    TargetReadOnly,
)
from practicebox.store.backup.target import Found, Target, named_failures, surplus
from tests.store.backup.backup_world import make_quietly, place_of
from tests.store.world import World

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)  # a Friday
TAG = "0123abcd"


def night(back: int, hour: int = 2) -> Found:
    made = (NOW - timedelta(days=back)).replace(hour=hour)
    return Found(f"practicebox-{TAG}-{made:%Y%m%d-%H%M%S}-0000.backup", made, 1000)


def kept(backups: list[Found], proven: str | None = None) -> set[int]:
    """How many days ago the backups that stay were made."""
    gone = surplus(backups, proven, NOW)
    return {(NOW.date() - each.made.date()).days for each in backups if each not in gone}


def test_fourteen_days_and_four_weeks_stay() -> None:
    # 5, 12, 19 and 26 days ago was a Sunday: the newest of its week.
    assert kept([night(back) for back in range(60)]) == {*range(14), 19, 26}


def test_of_a_day_the_last_one_stays() -> None:
    backups = [night(0, 1), night(0, 2), night(1, 8), night(1, 9)]
    assert {each.made.hour for each in backups if each not in surplus(backups, None, NOW)} == {2, 9}


def test_the_newest_and_the_newest_proven_one_stay_however_old() -> None:
    backups = [night(400), night(300), night(200)]
    assert kept(backups, backups[1].name) == {300, 200}
    assert kept(backups) == {200}


def test_what_claims_to_be_from_the_future_stays() -> None:
    assert kept([night(-30), night(-30, 3), night(0)]) == {-30, 0}


@given(st.sets(st.integers(min_value=0, max_value=500)), st.data())
def test_nothing_stays_longer_than_35_days_but_the_newest_and_the_proven(
    nights: set[int], data: st.DataObject
) -> None:
    backups = [night(back) for back in nights]
    proven = data.draw(st.sampled_from([None, *backups]))
    stay = kept(backups, proven.name if proven else None)
    always = {min(nights)} if nights else set()
    if proven:
        always |= {(NOW.date() - proven.made.date()).days}
    assert always <= stay
    assert max(stay - always, default=0) <= 35
    assert len(stay) <= 14 + 4 + 2
    recent = sorted(nights)[:14]
    assert {back for back in recent if back < 35} <= stay


def test_only_files_of_this_box_are_seen_and_deleted(tmp_path: Path) -> None:
    target = Target(tmp_path, TAG, is_own=False)
    others = [
        "practicebox-ffffffff-20260301-020000-0000.backup",
        f"practicebox-{TAG}-20260301-020000-0000.backup.txt",
        f"practicebox-{TAG}-.backup",
        "Urlaub.jpg",
        "practicebox-ffffffff-20260301-020000-0000.backup.part",
    ]
    ours = night(0).name
    for name in (*others, ours, f"{night(3).name}.part"):
        (tmp_path / name).write_bytes(b"x")
    assert [each.name for each in target.backups()] == [ours]
    target.prepare(tmp_path)
    target.remove([ours])
    assert {each.name for each in tmp_path.iterdir()} == set(others)
    with pytest.raises(AssertionError):
        target.remove(["Urlaub.jpg"])


def test_a_file_is_there_completely_or_not_at_all(tmp_path: Path) -> None:
    target = Target(tmp_path, TAG, is_own=False)
    with pytest.raises(ZeroDivisionError), target.writing(night(0).name, (0, 0)) as file:
        file.write(b"half")
        assert [each.suffix for each in tmp_path.iterdir()] == [".part"]
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with target.writing(night(0).name, (0, 0)) as file:
        file.write(b"all")
    [path] = tmp_path.iterdir()
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == (
        night(0).name,
        b"all",
        0o600,
    )


def test_a_chosen_folder_is_never_made(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with pytest.raises(TargetMissing):
        Target(stick, TAG, is_own=False).prepare(tmp_path)
    with pytest.raises(TargetMissing):
        Target(stick, TAG, is_own=False).backups()
    assert not stick.exists()
    assert Target(stick, TAG, is_own=True).prepare(tmp_path) is False
    assert stick.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        (errno.ENOENT, TargetMissing),
        (errno.ENOTCONN, TargetMissing),
        (errno.ESTALE, TargetMissing),
        (errno.ENOSPC, TargetFull),
        (errno.EDQUOT, TargetFull),
        (errno.EROFS, TargetReadOnly),
        (errno.EACCES, TargetForbidden),
        (errno.EIO, TargetBroken),
        (errno.EINVAL, TargetBroken),
    ],
)
def test_every_failure_has_its_name(code: int, condition: type[TargetFailed]) -> None:
    with pytest.raises(condition), named_failures():
        raise OSError(code, os.strerror(code))


STICK = """
import asyncio, subprocess, sys
from pathlib import Path
from practicebox.store.backup.conditions import TargetFailed
from practicebox.store.store import Store
from tests.store.world import CHEAP, Clock, founding

folder = Path(sys.argv[1])
stick = folder / "stick"

def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)

async def word(store):
    try:
        await store.backups.make()
    except TargetFailed as condition:
        overview = await store.backups.overview()
        assert overview.ledger.trouble.word == condition.word
        return condition.word
    assert (await store.backups.overview()).ledger.trouble is None
    return "good"

async def main():
    stick.mkdir()
    mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(stick))
    store = await Store.open(folder / "data", now=Clock(), costs=CHEAP, backup_folder=stick)
    try:
        await store.found(founding())
        print(await word(store))
        assert (await store.backups.overview()).is_apart
        mount("-o", "remount,ro", str(stick))
        print(await word(store))
        mount("-o", "remount,rw,size=17m", str(stick))
        (stick / "film.mp4").write_bytes(bytes(16 * 1024 * 1024))
        print(await word(store))
        left = [p.name for p in stick.iterdir() if p.suffix == ".part"]
        assert not left
        subprocess.run(["umount", str(stick)], check=True)
        print(await word(store))  # the bare folder on the disk of the box
        assert list(stick.iterdir()) == []
        assert (await store.backups.overview()).unreachable == "missing"
        mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(stick))
        print(await word(store))
    finally:
        await store.close()

asyncio.run(main())
"""


@pytest.mark.slow
def test_a_real_stick_that_is_read_only_full_and_pulled_out(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", STICK, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["good", "read-only", "full", "missing", "good"], done.stderr


async def test_what_root_writes_belongs_to_the_box(world: World) -> None:
    """`sudo practicebox backup`, while the service runs as a user of its own."""
    if os.geteuid() != 0:
        pytest.skip("files can be given away by root only")
    await world.stop()
    for path in (world.path, *world.path.iterdir()):
        os.chown(path, 4321, 4321)
    make_quietly(place_of(world), world)
    found = {path.name: path.stat().st_uid for path in world.path.rglob("*")}
    assert set(found.values()) == {4321}, found
    assert {"backups.json", "backup.lock", "backups"} <= set(found)

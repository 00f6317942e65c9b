"""What the model of a power cut lets survive; `python -m tests.proof powercuts` cuts."""

from __future__ import annotations

from random import Random

import pytest

from tests.faults.disk import Change
from tests.faults.power import SECTOR, Fate, Platter

ONES, TWOS = b"1" * 4 * SECTOR, b"2" * 4 * SECTOR
NEW, SYNC, SYNC_FOLDER = (
    Change("C", "db", 0, b""),
    Change("S", "db", 0, b""),
    Change("S", "", 0, b""),
)
MANY = 300  # draws of what survives


def disk(*changes: Change) -> Platter:
    platter = Platter()
    for change in changes:
        platter.take(change)
    return platter


def outcomes(platter: Platter, fate: Fate) -> set[bytes | None]:
    return {platter.after(fate, Random(number)).get("db") for number in range(MANY)}


def written(data: bytes, at: int = 0) -> Change:
    return Change("W", "db", at, data)


@pytest.mark.parametrize("fate", Fate)
def test_what_was_synced_with_its_name_is_sure(fate: Fate) -> None:
    platter = disk(NEW, SYNC_FOLDER, written(ONES), SYNC)
    assert outcomes(platter, fate) == {ONES}


def test_a_name_that_was_not_synced_may_be_missing() -> None:
    platter = disk(NEW, written(ONES), SYNC)
    assert outcomes(platter, Fate.LOST) == {None}
    assert outcomes(platter, Fate.REORDERED) == {None, ONES}


def test_writes_that_were_not_synced_survive_in_any_order() -> None:
    platter = disk(NEW, SYNC_FOLDER, written(ONES), SYNC, written(TWOS), written(ONES, len(ONES)))
    assert outcomes(platter, Fate.LOST) == {ONES}
    assert outcomes(platter, Fate.REORDERED) == {ONES, TWOS, ONES + ONES, TWOS + ONES}


def test_a_write_may_be_torn_between_sectors() -> None:
    platter = disk(NEW, SYNC_FOLDER, written(ONES), SYNC, written(TWOS))
    torn = outcomes(platter, Fate.TORN)
    assert len(torn) == 16
    for content in torn:
        assert content is not None
        sectors = {content[at : at + SECTOR] for at in range(0, len(content), SECTOR)}
        assert sectors <= {b"1" * SECTOR, b"2" * SECTOR}


def test_a_removed_file_may_come_back_and_a_moved_one_have_its_old_name() -> None:
    before = (NEW, SYNC_FOLDER, written(ONES), SYNC)
    assert outcomes(disk(*before, Change("U", "db", 0, b"")), Fate.LOST) == {ONES}
    assert outcomes(disk(*before, Change("U", "db", 0, b""), SYNC_FOLDER), Fate.LOST) == {None}
    moved = disk(*before, Change("M", "db", 0, b"backups/db"))
    assert moved.after(Fate.LOST, Random(0)) == {"db": ONES}
    names = {tuple(moved.after(Fate.TORN, Random(n))) for n in range(MANY)}
    assert names == {("db",), ("backups/db",)}


def test_a_truncation_is_a_write_like_others() -> None:
    platter = disk(NEW, SYNC_FOLDER, written(ONES), SYNC, Change("T", "db", SECTOR, b""))
    assert outcomes(platter, Fate.REORDERED) == {ONES, ONES[:SECTOR]}

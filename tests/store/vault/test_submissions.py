"""What patients hand in while the vault is locked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.conditions import Locked, SealBroken
from tests.store.world import NOON, World, raw_bytes, reading


async def test_a_locked_box_takes_submissions_and_cannot_read_them(world: World) -> None:
    await world.restart()
    first = await world.store.submit("document", b"Befund\n\0\xff")
    world.clock.advance(timedelta(minutes=1))
    second = await world.store.submit("technical check", b"")
    with pytest.raises(Locked):
        await world.store.submissions()
    await world.log_in()
    found = await world.store.submissions()
    assert [(s.id, s.kind, s.payload) for s in found] == [
        (first, "document", b"Befund\n\0\xff"),
        (second, "technical check", b""),
    ]
    assert [s.received for s in found] == [NOON, NOON + timedelta(minutes=1)]


async def test_a_submission_moved_to_another_row_is_refused(world: World) -> None:
    await world.store.submit("document", b"Befund")
    with reading(world.path) as connection:
        connection.execute("UPDATE submissions SET id = 'AAAAAAAAAAAAAAAA'")
    with pytest.raises(SealBroken):
        await world.store.submissions()


async def test_a_truncated_submission_is_refused(world: World) -> None:
    await world.store.submit("document", b"Befund")
    with reading(world.path) as connection:
        connection.execute("UPDATE submissions SET sealed = substr(sealed, 1, 40)")
    with pytest.raises(SealBroken):
        await world.store.submissions()


async def test_neither_kind_nor_content_is_in_the_files(world: World) -> None:
    await world.store.submit("document-kind", b"Befund-Inhalt")
    assert b"document-kind" not in raw_bytes(world.path)
    assert b"Befund-Inhalt" not in raw_bytes(world.path)


async def test_a_kind_is_one_line(world: World) -> None:
    with pytest.raises(ValueError, match="line"):
        await world.store.submit("two\nlines", b"")

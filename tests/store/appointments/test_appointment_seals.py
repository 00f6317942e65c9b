"""Appointments whose rows were tampered with."""

from __future__ import annotations

from datetime import date

import pytest

from practicebox.store.conditions import (
    SealBroken,
)
from tests.store.world import World, reading


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE subjects SET wrapped = ? WHERE id = ?",
        "UPDATE appointments SET sealed = ? WHERE id = ?",
    ],
)
async def test_a_row_moved_from_another_appointment_is_refused(world: World, spoil: str) -> None:
    one = await world.store.appointments.add(world.draft())
    other = await world.store.appointments.add(world.draft())
    column, table = ("wrapped", "subjects") if "subjects" in spoil else ("sealed", "appointments")
    with reading(world.path) as connection:
        query = f"SELECT {column} FROM {table} WHERE id = ?"
        (moved,) = connection.execute(query, (other.id,)).fetchone()
        connection.execute(spoil, (moved, one.id))
    with pytest.raises(SealBroken):
        await world.store.appointments.get(one.id)
    await world.store.appointments.delete(one.id)  # a damaged one can still be removed
    assert await world.store.appointments.get(other.id) == other


async def test_a_truncated_row_is_refused(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    with reading(world.path) as connection:
        connection.execute("UPDATE appointments SET sealed = substr(sealed, 1, length(sealed) - 1)")
    with pytest.raises(SealBroken):
        await world.store.appointments.get(added.id)


async def test_a_day_page_moved_to_another_day_is_refused(world: World) -> None:
    await world.store.appointments.add(world.draft())
    with reading(world.path) as connection:
        connection.execute("UPDATE day_pages SET day = '2026-03-03'")
    world.store.appointments.forget()
    with pytest.raises(SealBroken):
        await world.store.appointments.day(date(2026, 3, 3))

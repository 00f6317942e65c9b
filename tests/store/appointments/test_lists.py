"""Lists of appointments: by day, upcoming, past, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from practicebox.store.conditions import NotACursor
from practicebox.store.records import Entry
from tests.store.world import NOON, World


def names(entries: Sequence[Entry]) -> list[str]:
    return [entry.patient_name for entry in entries]


async def plan(world: World, **starts: datetime) -> None:
    await world.store.appointments.add_all(
        [world.draft(name, moment, 30) for name, moment in starts.items()]
    )


async def test_a_day_is_sorted_by_start(world: World) -> None:
    await plan(world, late=NOON + timedelta(hours=3), early=NOON - timedelta(hours=3), noon=NOON)
    assert names(await world.store.appointments.day(NOON.date())) == ["early", "noon", "late"]
    assert names(await world.store.appointments.day(NOON.date())) == ["early", "noon", "late"]


async def test_a_shown_list_belongs_to_whoever_asked(world: World) -> None:
    await plan(world, noon=NOON)
    (await world.store.appointments.day(NOON.date())).clear()
    assert names(await world.store.appointments.day(NOON.date())) == ["noon"]


@pytest.mark.parametrize(
    ("starts", "day"),
    [
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), date(2026, 3, 2)),  # 00:30 in winter
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),  # 23:59 in summer
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # a day of 23 hours
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # a day of 25 hours
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
async def test_a_day_is_that_of_the_practices_wall_calendar(
    world: World, starts: datetime, day: date
) -> None:
    await plan(world, x=starts)
    for offset in (-1, 0, 1):
        entries = await world.store.appointments.day(day + timedelta(days=offset))
        assert names(entries) == (["x"] if offset == 0 else [])


async def test_the_hour_that_comes_twice_is_told_apart(world: World) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    await plan(world, second=first + timedelta(hours=1), first=first)
    assert names(await world.store.appointments.day(date(2026, 10, 25))) == ["first", "second"]


async def test_upcoming_begins_with_what_is_under_way(world: World) -> None:
    await plan(
        world,
        over=NOON - timedelta(minutes=30),
        now=NOON - timedelta(minutes=29),
        next=NOON + timedelta(hours=1),
        tomorrow=NOON + timedelta(days=1),
    )
    appointments = world.store.appointments
    assert names(await appointments.upcoming(NOON, 10)) == ["now", "next", "tomorrow"]
    assert names(await appointments.upcoming(NOON, 2)) == ["now", "next"]
    assert names(await appointments.upcoming(NOON, 0)) == []


async def test_past_begins_with_what_was_last(world: World) -> None:
    await plan(
        world,
        yesterday=NOON - timedelta(days=1),
        earlier=NOON - timedelta(hours=2),
        over=NOON - timedelta(minutes=30),
        now=NOON - timedelta(minutes=29),
    )
    appointments = world.store.appointments
    assert names(await appointments.past(NOON, 10)) == ["over", "earlier", "yesterday"]
    assert names(await appointments.past(NOON, 1)) == ["over"]


async def test_a_whole_day_appointment_of_yesterday_is_still_upcoming(world: World) -> None:
    draft = world.draft("long", NOON - timedelta(hours=23), 24 * 60)
    await world.store.appointments.add(draft)
    assert names(await world.store.appointments.upcoming(NOON, 10)) == ["long"]


@pytest.mark.parametrize("forget", [False, True])
async def test_pages_of_a_list_join_without_gap_or_overlap(world: World, forget: bool) -> None:
    drafts = [
        world.draft(f"{hours}", NOON + timedelta(hours=hours // 2 * 7), 30)  # always two at once
        for hours in range(-20, 20)
    ]
    await world.store.appointments.add_all(drafts)
    appointments = world.store.appointments
    upcoming = await appointments.upcoming(NOON, 100)
    past = await appointments.past(NOON, 100)
    assert len(upcoming) + len(past) == len(drafts)
    assert upcoming == sorted(upcoming, key=lambda e: (e.starts, e.id))
    assert past == sorted(past, key=lambda e: (e.starts, e.id), reverse=True)
    for whole, turn in ((upcoming, appointments.upcoming), (past, appointments.past)):
        joined: list[Entry] = []
        cursor = None
        for _ in range(0, len(whole), 3):
            page = await turn(NOON, 3, cursor)
            joined += page
            cursor = page[-1].cursor
            if forget:
                appointments.forget()
        assert joined == whole
        assert await turn(NOON, 3, cursor) == []


@pytest.mark.parametrize(
    "text", ["", ".", "x.y", "2026-03-02T11:00:00.abc", "2026-03-02", "2026-99-02T11:00:00Z.a"]
)
async def test_a_cursor_that_is_none_is_refused(world: World, text: str) -> None:
    with pytest.raises(NotACursor):
        await world.store.appointments.upcoming(NOON, 1, text)


async def test_a_list_from_memory_equals_one_from_the_database(world: World) -> None:
    await plan(world, **{f"p{day}": NOON + timedelta(days=day) for day in range(-90, 90)})
    for turn in (world.store.appointments.upcoming, world.store.appointments.past):
        world.store.appointments.forget()
        fresh = await turn(NOON, 50)
        assert await turn(NOON, 50) == fresh
        assert len(fresh) == 50


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("krejč", ["Krejčová, Alice"]),
        ("KREJCOVA", ["Krejčová, Alice"]),
        ("alice krej", ["Krejčová, Alice"]),
        ("lic", ["Krejčová, Alice"]),
        ("mueller", ["Müller, Jürgen", "Müller-Lüdenscheidt, Eva"]),
        ("Müller", ["Müller, Jürgen", "Müller-Lüdenscheidt, Eva"]),
        ("lüdenscheidt müller", ["Müller-Lüdenscheidt, Eva"]),
        ("soren MØLLER", ["Møller, Søren"]),
        ("alice müller", []),  # two people of one day
        ("", ["Krejčová, Alice", "Müller, Jürgen", "Müller-Lüdenscheidt, Eva", "Møller, Søren"]),
        ("zzz", []),
    ],
)
async def test_a_part_of_the_name_finds(world: World, text: str, found: list[str]) -> None:
    people = ["Krejčová, Alice", "Müller, Jürgen", "Müller-Lüdenscheidt, Eva", "Møller, Søren"]
    await world.store.appointments.add_all(
        [world.draft(name, NOON + timedelta(hours=i)) for i, name in enumerate(people)]
    )
    assert names(await world.store.appointments.search(text, 10, past=False, now=NOON)) == found


async def test_search_tells_past_from_upcoming(world: World) -> None:
    await plan(world, anna_old=NOON - timedelta(days=3), anna_new=NOON + timedelta(days=3))
    await plan(world, anna_older=NOON - timedelta(days=4))
    search = world.store.appointments.search
    assert names(await search("anna", 10, past=False, now=NOON)) == ["anna_new"]
    assert names(await search("anna", 10, past=True, now=NOON)) == ["anna_old", "anna_older"]
    assert names(await search("anna", 1, past=True, now=NOON)) == ["anna_old"]


async def test_search_follows_every_change(world: World) -> None:
    appointments = world.store.appointments

    async def found(text: str) -> list[str]:
        return names(await appointments.search(text, 10, past=False, now=NOON))

    assert await found("alice") == []
    alice = await appointments.add(world.draft("Alice"))
    assert await found("alice") == ["Alice"]
    await appointments.change(alice.id, world.draft("Bob", NOON + timedelta(days=200)))
    assert (await found("alice"), await found("bob")) == ([], ["Bob"])
    await appointments.delete(alice.id)
    assert await found("bob") == []
    await appointments.add(world.draft("Bob", NOON + timedelta(days=200)))
    assert await found("bob") == ["Bob"]


async def test_search_is_complete_beyond_one_step_of_the_index(world: World) -> None:
    await plan(world, **{f"p{day:03}": NOON + timedelta(days=day) for day in range(200)})
    await world.restart()
    await world.log_in()
    search = world.store.appointments.search
    for text in ("p000", "p064", "p128", "p199"):
        assert names(await search(text, 10, past=False, now=NOON)) == [text]


async def test_a_change_while_the_index_is_built_is_found(world: World) -> None:
    await plan(world, **{f"p{day:03}": NOON + timedelta(days=day) for day in range(150)})
    world.store.appointments.forget()
    agenda = world.store.appointments._open()
    assert not await world.store._box.database.run(agenda.index_some)
    await plan(world, early=NOON + timedelta(hours=3), late=NOON + timedelta(days=140, hours=3))
    first = await world.store.appointments.upcoming(NOON, 1)
    await world.store.appointments.delete(first[0].id)
    search = world.store.appointments.search
    assert names(await search("early", 10, past=False, now=NOON)) == ["early"]
    assert names(await search("late", 10, past=False, now=NOON)) == ["late"]
    assert names(await search("p000", 10, past=False, now=NOON)) == []
    assert len(await search("p", 500, past=False, now=NOON)) == 149


async def test_the_index_and_the_pages_are_dropped_when_the_vault_is_locked(world: World) -> None:
    await plan(world, anna=NOON)
    await world.store.appointments.search("anna", 1, past=False, now=NOON)
    world.store.lock()
    assert world.store.appointments._agenda is None
    assert not world.store.vault.is_unlocked

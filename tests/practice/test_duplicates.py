"""Who resembles whom: what people mistype, and no more than that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.duplicates import CROWD, Sketch, pairs, resembles, sketch

BORN = date(1944, 5, 12)
ALICE = sketch("a", "Alice Krejčová", BORN)


@pytest.mark.parametrize(
    ("name", "born", "is_like"),
    [
        ("Alice Krejčová", BORN, True),
        ("ALICE KREJCOVA", BORN, True),
        ("Krejčová, Alice", BORN, True),  # first and last name swapped
        ("Alice Krejčová", date(1944, 12, 5), True),  # day and month swapped
        ("Krejcova Alice", date(1944, 12, 5), True),
        ("Alica Krejčová", BORN, True),  # a wrong letter
        ("Alice Krejčovaa", BORN, True),  # one too many
        ("Alice Krejčov", BORN, True),  # one missing
        ("Alice Krečjová", BORN, True),  # two neighbours swapped
        ("Alice Krejčová", date(1945, 5, 12), True),  # one digit
        ("Alice Krejčová", None, True),
        ("Alica Krejčová", None, False),
        ("Alica Krejčová", date(1945, 5, 12), False),
        ("Alice Krejčová", date(1951, 8, 30), False),
        ("Alina Krejčova", BORN, False),
        ("Elias Krejčová", BORN, False),
        ("Alice Novak", BORN, False),
        ("Alice", BORN, False),
    ],
)
def test_who_resembles_alice(name: str, born: date | None, is_like: bool) -> None:
    other = sketch("b", name, born)
    assert resembles(ALICE, other) is resembles(other, ALICE) is is_like


def test_umlauts_and_leap_days() -> None:
    leap = date(1980, 2, 29)  # the 2nd of a 29th month is no day
    assert resembles(sketch("a", "Jörg Müller", leap), sketch("b", "Joerg Muller", leap))


entries = st.lists(
    st.tuples(
        st.sampled_from(["Ann Bo", "Bo Ann", "An Bo", "Cy Bo", "Anna Bo"]),
        st.sampled_from([None, date(1980, 1, 2), date(1980, 2, 1), date(1981, 1, 2)]),
    ),
    max_size=12,
)


@given(entries)
def test_the_pairs_are_those_that_comparing_all_would_find(
    people: list[tuple[str, date | None]],
) -> None:
    known = [sketch(str(n), name, born) for n, (name, born) in enumerate(people)]
    expected = {
        (a.id, b.id) for n, a in enumerate(known) for b in known[n + 1 :] if resembles(a, b)
    }
    found = [(one.id, other.id) for one, other in pairs(known)]
    assert len(found) == len(set(found)) and set(found) == expected


def test_twenty_thousand_are_compared_in_a_moment() -> None:
    """Everybody with one placeholder date, and everybody with the same name, stay affordable."""
    day = date(1900, 1, 1)
    crowd = [Sketch(str(n), (f"n{n}",), day) for n in range(20_000)]
    assert list(pairs(crowd)) == []
    same = [Sketch(str(n), ("a",), day + timedelta(days=n % 30_000)) for n in range(20_000)]
    assert len(list(pairs(same))) <= 2 * CROWD**2

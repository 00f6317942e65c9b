"""The search index finds just what looking through every name would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.names import bare, findable
from practicebox.store.patients.search import BLOCK, Found, NameIndex, NamePage

names = st.text("abü é", min_size=1, max_size=8)
pages = st.dictionaries(
    st.integers(0, 5), st.lists(names, min_size=0, max_size=3 * BLOCK), max_size=4
)


def page_of(number: int, people: list[str]) -> NamePage:
    lines = [f"{number}-{place}\t\t{name}" for place, name in enumerate(people)]
    return NamePage("\n".join(lines), "\n".join(map(findable, people)))


def looked_through(people: dict[int, list[str]], text: str) -> list[Found]:
    """Every name, the newest first."""
    words = bare(text).split()
    return [
        Found(f"{number}-{place}", name, None)
        for number in sorted(people, reverse=True)
        for place, name in reversed(list(enumerate(people[number])))
        if all(word in findable(name) for word in words)
    ]


@given(first=pages, then=pages, text=st.text("abue ", max_size=6), limit=st.integers(0, 60))
def test_it_finds_what_looking_through_finds(
    first: dict[int, list[str]], then: dict[int, list[str]], text: str, limit: int
) -> None:
    """Also after pages were replaced: what was on them before must not be found."""
    index = NameIndex()
    for people in (first, then):
        index.put({number: page_of(number, names) for number, names in people.items()})
    expected = looked_through({**first, **then}, text)
    assert index.find(text, limit) == expected[:limit]


def test_umlauts_and_diacritics_are_folded() -> None:
    index = NameIndex()
    index.put({0: page_of(0, ["Jürgen Müller", "Alice Krejčová", "Søren Møller", "Strauß"])})
    for typed, name in (
        ("mueller", "Jürgen Müller"),
        ("MÜLL", "Jürgen Müller"),
        ("krejcova", "Alice Krejčová"),
        ("ali krej", "Alice Krejčová"),
        ("moller", "Søren Møller"),
        ("Muller", "Jürgen Müller"),
        ("eller j", "Jürgen Müller"),
        ("Soeren", "Søren Møller"),
        ("auss", "Strauß"),
    ):
        assert [found.name for found in index.find(typed, 5)] == [name]


def test_an_empty_index_finds_nothing() -> None:
    for text in ("", "a", "abc"):
        assert NameIndex().find(text, 5) == []

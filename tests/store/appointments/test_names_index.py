"""The search index on its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.names import bare, findable
from practicebox.store.appointments.names import NamesIndex

words = st.text(alphabet="aeüß ,-Čč\n", max_size=8)


@given(st.lists(words, max_size=6), words)
def test_the_index_finds_what_comparing_every_name_finds(names: list[str], text: str) -> None:
    index = NamesIndex()
    index.put("2026-03-02", names)
    expected = [
        place
        for place, name in enumerate(names)
        if all(word in findable(name) for word in bare(text).split())
    ]
    assert [p for p in index.finder(text)("2026-03-02") if p < len(names)] == expected


def test_a_day_is_replaced_as_a_whole() -> None:
    index = NamesIndex()
    index.put("2026-03-02", ["Anna", "Bert"])
    index.put("2026-03-02", ["Carla", "Anna"])
    assert index.finder("anna")("2026-03-02") == [1]
    assert index.finder("bert")("2026-03-02") == []

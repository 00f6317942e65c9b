"""Who gets in and who makes room when a door is full."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from practicebox.web.crowd import Caps, Crowd
from practicebox.web.listener import DOORS, RESERVE, caps_of

CAPS = Caps(most=6, waiting=4, of_source=5, waiting_of_source=2)


class Door:
    """A crowd and the log of who was dropped."""

    def __init__(self, caps: Caps = CAPS) -> None:
        self.crowd = Crowd(caps)
        self.dropped: list[int] = []
        self.lingers = False  # dropped connections are closed later

    def enter(self, number: int, source: bytes = b"") -> bool:
        source = source or bytes([number])
        return self.crowd.enter(number, source, lambda: self._drop(number))

    def _drop(self, number: int) -> None:
        self.dropped.append(number)
        if not self.lingers:
            self.crowd.is_gone()


def test_the_one_that_waits_longest_makes_room() -> None:
    door = Door()
    for number in range(1, 7):
        assert door.enter(number)
    assert door.dropped == [1, 2] and len(door.crowd) == 4


def test_room_is_made_where_many_come_from() -> None:
    door = Door(replace(CAPS, waiting_of_source=4))
    for number, source in enumerate([b"honest", b"noisy", b"noisy", b"other", b"new"], 1):
        assert door.enter(number, source)
    assert door.dropped == [2]


def test_who_comes_faster_than_others_can_go_is_refused() -> None:
    door = Door()
    door.lingers = True
    assert [door.enter(number) for number in range(1, 13)] == [True] * 10 + [False] * 2
    door.crowd.is_gone()
    assert door.enter(13)


def test_who_is_at_work_is_never_dropped() -> None:
    door = Door()
    for number in range(1, 7):
        assert door.enter(number)
        door.crowd.work(number)
    assert not door.enter(7)
    assert door.dropped == [] and len(door.crowd) == 6
    door.crowd.rest(4)
    assert door.enter(7)
    assert door.dropped == [4]


def test_a_source_makes_room_among_its_own() -> None:
    door = Door()
    assert door.enter(1, b"honest")
    for number in range(2, 7):
        assert door.enter(number, b"noisy")
    assert door.dropped == [2, 3, 4]


def test_one_source_can_not_have_all_places() -> None:
    door = Door()
    for number in range(1, 6):
        assert door.enter(number, b"noisy")
        door.crowd.work(number)
    assert not door.enter(6, b"noisy")
    assert door.enter(6, b"honest")


def test_a_number_that_comes_again_is_another_connection() -> None:
    door = Door()
    assert door.enter(1)
    door.crowd.work(1)
    assert door.enter(1)
    assert len(door.crowd) == door.crowd.waiting == 1
    door.crowd.leave(1)
    door.crowd.leave(1)
    assert len(door.crowd) == 0


def test_what_was_dropped_is_forgotten_at_once() -> None:
    door = Door()
    for number in range(1, 7):
        door.enter(number)
    for gone in door.dropped:
        door.crowd.work(gone)
        door.crowd.rest(gone)
        door.crowd.leave(gone)
    assert len(door.crowd) == 4


Step = st.tuples(st.sampled_from(["enter", "work", "rest", "leave"]), st.integers(0, 12))


@given(st.lists(Step, max_size=120), st.integers(1, 4))
def test_no_caps_are_ever_passed(steps: list[tuple[str, int]], sources: int) -> None:
    door = Door()
    for deed, number in steps:
        if deed == "enter":
            door.enter(number, b"source %d" % (number % sources))
        else:
            getattr(door.crowd, deed)(number)
        crowd = door.crowd
        assert len(crowd) <= CAPS.most
        groups = crowd._sources.values()
        assert sum(group.all for group in groups) == len(crowd)
        assert sum(len(group.waiting) for group in groups) == crowd.waiting
        assert all(0 < group.all <= CAPS.of_source for group in groups)


def test_caps_stay_below_what_the_process_may_open() -> None:
    assert caps_of(20_000) == Caps()
    small = caps_of(1024)
    assert DOORS * small.most + RESERVE <= 1024 and small.waiting <= small.most // 2

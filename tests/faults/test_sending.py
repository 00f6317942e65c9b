"""Killed in the middle of sending: nobody gets anything twice, and every doubt is shown."""

from pathlib import Path

import pytest

from practicebox.practice.reminders import State
from tests.faults.sending import REMINDERS, kill_and_look

pytestmark = pytest.mark.slow


async def test_a_kill_in_the_middle_of_200_reminders_sends_nothing_twice(tmp_path: Path) -> None:
    left = await kill_and_look(tmp_path, [40, 120])
    sent = {id_ for id_, state in left.states.items() if state is State.SENT}
    doubt = {id_ for id_, state in left.states.items() if state is State.DOUBT}
    assert len(left.states) == REMINDERS
    assert sent | doubt == set(left.states)
    assert set(left.taken.values()) == {1}  # at most once
    assert sent <= set(left.taken)  # what counts as sent was confirmed
    assert len(doubt) <= 2  # one for each kill: messages go out one after the other
    assert left.page.count("vielleicht angekommen") == len(doubt)
    assert bool(doubt) == ("Nicht angekommen" in left.page)

"""kill -9 in the middle of sending 200 reminders, again and again: each at most once, doubts shown.

See `tests/faults/sending.py` for how.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from practicebox.practice.reminders import State
from tests.faults.sending import REMINDERS, kill_and_look

ROUNDS = {True: 1, False: 10}
KILLS = 4  # in one round


def main(short: bool) -> int:
    """Kill; print what was found; 0 if nothing went out twice and nothing is unaccounted for."""
    wrong = 0
    for number in range(ROUNDS[short]):
        kills = [20 + number + 40 * kill for kill in range(KILLS)]
        with tempfile.TemporaryDirectory() as place:
            left = asyncio.run(kill_and_look(Path(place), kills))
        twice = sum(count > 1 for count in left.taken.values())
        doubt = {id_ for id_, state in left.states.items() if state is State.DOUBT}
        sent = {id_ for id_, state in left.states.items() if state is State.SENT}
        lost = REMINDERS - len(sent | doubt) + len(sent - set(left.taken))
        unshown = len(doubt) - left.page.count("vielleicht angekommen")
        print(
            f"  {KILLS} kills: {len(sent)} sent, {len(doubt)} in doubt,"
            f" of these {len(doubt & set(left.taken))} had arrived; {twice} twice, {lost} lost"
        )
        wrong += twice + lost + unshown
    return 0 if not wrong else 1

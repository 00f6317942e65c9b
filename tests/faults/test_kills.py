"""The process is killed at changes of its files, from the set-up to the last deed: what it was in
the middle of is there wholly or not at all, and what it had promised is there.

A preloaded library (`disk.c`) sends SIGKILL just before a write, sync, truncation, new file,
removal or new name. `python -m tests.proof kills` does it at every one of them.
"""

from __future__ import annotations

import shutil

import pytest

from tests.faults.killing import Tally
from tests.proof.kills import kill

needs_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler for disk.c")
pytestmark = [pytest.mark.slow, needs_compiler]


def wrong(tallies: list[Tally]) -> list[str]:
    return [line for tally in tallies for line in (*tally.corrupt, *tally.torn, *tally.lost)]


def test_a_box_of_the_first_release_is_brought_up_to_date_or_left_alone() -> None:
    tallies = kill("upgrades", stride=23)
    assert wrong(tallies) == []
    (upgrade,) = [tally for tally in tallies if tally.deed == "upgrade"]
    assert upgrade.points >= 5


def test_half_deeds_and_broken_promises_are_found() -> None:
    tallies = {tally.deed: tally for tally in kill("bad_deeds", stride=1, deeds=("in_", "too_"))}
    assert tallies["in_two_halves"].torn
    assert tallies["too_early"].corrupt == []
    assert tallies["too_early"].torn or tallies["too_early"].lost

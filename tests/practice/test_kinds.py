"""Which forms an appointment needs, and which are missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.practice import kinds
from practicebox.practice.kinds import ITEMS, Tick, forms, handed_in, missing

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "standing", "count"),
    [
        ("video", "new", 5),
        ("video", "existing", 2),
        ("video", "", 2),
        ("phone", "new", 3),
        ("phone", "existing", 0),
        ("conference", "existing", 2),
    ],
)
def test_new_patients_bring_everything_existing_ones_what_is_about_video(
    kind: str, standing: str, count: int
) -> None:
    needed = forms(kind, standing)
    assert len(needed) == count and set(needed) <= ITEMS
    assert missing(kind, standing, ()) == needed
    assert missing(kind, standing, needed) == ()


def test_a_form_is_handed_in_once_and_since_the_first_time() -> None:
    earlier, later = Tick(NOW, "a"), Tick(NOW + timedelta(days=1), "b")
    own = {kinds.VIDEO_CONSENT: later}
    before = [{kinds.VIDEO_PRIVACY: later}, {kinds.VIDEO_PRIVACY: earlier}]
    there = handed_in(own, before)
    assert there == {kinds.VIDEO_CONSENT: later, kinds.VIDEO_PRIVACY: earlier}


def test_what_was_done_after_another_call_is_to_be_done_again() -> None:
    assert handed_in({}, [{kinds.FOLLOW_UP: Tick(NOW, "a")}]) == {}

"""The first start of this version on a box of the first release, and what follows it.

The data was written by that release itself: a practice with three appointments, a visit and
something handed in, at schema 5.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

from tests.faults.deeds import Deed, invite, start_again, stop
from tests.faults.life import Kept, Life

FIRST_RELEASE = Path(__file__).parents[1] / "data" / "box_with_schema_5.tar.xz"


async def upgrade(life: Life) -> None:
    with tarfile.open(FIRST_RELEASE) as archive:
        archive.extractall(life.folder.parent, filter="data")
    life.kept = Kept.read(life.folder.parent / "secret")
    life.begin()
    await life.open()
    life.done()


async def find_patients(life: Life) -> None:
    """The first login finds out which patients there are, and draws ids for them: nothing that two
    runs could be compared by, so nothing is killed here."""
    await life.log_in()
    life.begin()
    life.done()


SCENARIO: tuple[Deed, ...] = (upgrade, start_again, find_patients, invite, stop)

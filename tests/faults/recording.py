"""Records what a box writes and syncs through the whole scenario, and what it promised when.

A program, started with `disk.c` preloaded:

    python -m tests.faults.recording FOLDER [NORMAL]

leaves in FOLDER the data, `log` (see `disk.c`), `secret`, and `pictures.json`: what was to be seen
at each promise. With NORMAL SQLite syncs less: the control, which must lose something.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from practicebox.store.sql import database
from tests.faults.deeds import SCENARIO, Deed
from tests.faults.disk import Disk
from tests.faults.killing import DATA, SECRET, in_a_process, see
from tests.faults.life import Kept, Life
from tests.faults.picture import Picture

LOG, PICTURES = "log", "pictures.json"


def main() -> None:
    """Record; see the module's docstring."""
    folder = Path(sys.argv[1])
    if sys.argv[2:] == ["NORMAL"]:
        sync_less()
    folder.mkdir(parents=True)
    (folder / "moments").mkdir()
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, deed in enumerate(SCENARIO):
        record(deed, number, folder, log)
    secret = Kept.read(folder / SECRET).secret
    seen = [see(folder / "nothing" / DATA, b"")]
    moments = sorted((folder / "moments").iterdir(), key=lambda path: int(path.name))
    seen += [see(moment / DATA, secret) for moment in moments]
    (folder / PICTURES).write_text(json.dumps(seen))


def sync_less() -> None:
    """Take the pragma that DESIGN section 5 warns of, past the check that it's the other one."""
    pragmas = [each for each in database.PRAGMAS if each[0] != "synchronous"]
    database.PRAGMAS = (*pragmas, ("synchronous", "NORMAL", 1))


def record(deed: Deed, number: int, folder: Path, log: int) -> None:
    """Let a box live through one deed, and then end without a word."""
    data, secret, moments = folder / DATA, folder / SECRET, folder / "moments"
    disk = Disk()

    async def work(writing: int) -> None:
        def promise() -> None:
            """Somebody was told; keep what the folder looks like, past the recording."""
            disk.say("promised")
            disk.watch(data, -1)
            shutil.copytree(data, moments / f"{len(list(moments.iterdir()))}" / DATA)
            disk.watch(data, log)

        def begin() -> None:
            if data.exists():  # somebody has logged in
                promise()

        life = Life(data, f"{number} {deed.__name__}", begin, promise, Kept.read(secret))
        disk.watch(data, log)
        await deed(life)
        life.kept.write(secret)
        os._exit(0)  # without closing the database

    _, status = in_a_process(work)
    assert status == 0, deed.__name__


def load(folder: Path) -> tuple[list[Picture | str], bytes, bytes]:
    """Pictures, secret and log of a recording."""
    pictures: list[Picture | str] = json.loads((folder / PICTURES).read_text())
    return pictures, Kept.read(folder / SECRET).secret, (folder / LOG).read_bytes()


if __name__ == "__main__":
    main()

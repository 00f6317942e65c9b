"""The process is killed at every change of a file during set-up: no practice, or a complete one.

A preloaded library (`crash.c`) sends SIGKILL just before the N-th write, sync, rename, truncation
or removal under the data folder.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from practicebox.store.conditions import WrongCredentials
from tests.store.world import PASSWORD, Boxes, founding

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
AT_ONCE = 2  # processes
LONGEST = 60.0  # seconds for one set-up, also on a busy machine

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Run:
    """How a set-up ended."""

    status: int
    said: list[str]
    changes: int


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled `crash.c`."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (cc) to build crash.c with")
    path = tmp_path_factory.mktemp("library") / "crash.so"
    flags = ["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-O1"]
    subprocess.run([compiler, *flags, "-o", path, HERE / "crash.c", "-ldl"], check=True)
    return path


async def set_up(library: Path, folder: Path, kill_at: int | None) -> Run:
    """Run the set-up in a process of its own, killed at a change."""
    count = folder.with_suffix(".count")
    environment = dict(os.environ, LD_PRELOAD=str(library), PB_DIR=str(folder), PB_COUNT=str(count))
    if kill_at is not None:
        environment["PB_KILL_AT"] = str(kill_at)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.set_up",
        str(folder),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(process.communicate(), LONGEST)
    assert process.returncode is not None
    text = count.read_text() if count.exists() else ""
    return Run(process.returncode, output.decode().splitlines(), int(text or 0))


async def state_after(folder: Path, secret: bytes | None) -> str:
    """What is in the folder after the crash: "nothing" or "complete"; anything else fails."""
    boxes = Boxes()
    store = await boxes.open(folder)
    try:
        if await store.practice() is None:
            founded = await store.found(founding())  # the wizard simply starts again
            assert await store.login("sonne", "aenne", PASSWORD, founded.device_secret)
            return "nothing"
        if secret is None:  # killed after the commit, before the browser learned the secret
            await store.recover(founding().master_password)
            (user,) = await store.users()
            assert user.person == founding().person
            (device,) = await store.devices()
            assert device.name == founding().device_name
            with pytest.raises(WrongCredentials):
                await store.login("sonne", "aenne", "falsch", None)
        else:
            assert await store.login("sonne", "aenne", PASSWORD, secret)
        return "complete"
    finally:
        await boxes.close_all()


async def test_a_kill_at_any_change_leaves_no_practice_or_a_complete_one(
    library: Path, tmp_path: Path
) -> None:
    whole = await set_up(library, tmp_path / "whole", None)
    assert whole.status == 0
    assert whole.changes > 40, "the library sees the changes"
    numbers = iter(range(1, whole.changes + 1))
    outcomes: dict[int, tuple[str, str]] = {}

    async def worker() -> None:
        for number in numbers:
            folder = tmp_path / f"at{number}"
            run = await set_up(library, folder, number)
            assert run.status == -signal.SIGKILL, f"change {number} was reached"
            last, _, secret = run.said[-1].partition(" ")
            outcomes[number] = last, await state_after(folder, bytes.fromhex(secret) or None)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    assert len(outcomes) == whole.changes
    check(outcomes)


def check(outcomes: dict[int, tuple[str, str]]) -> None:
    """The practice appears once, while it is being founded, and what was said to exist exists."""
    states = [outcomes[number][1] for number in sorted(outcomes)]
    appears = states.index("complete")
    assert set(states[:appears]) == {"nothing"}
    assert set(states[appears:]) == {"complete"}
    assert {state for step, state in outcomes.values() if step == "open"} == {"nothing"}
    assert "nothing" in {state for step, state in outcomes.values() if step == "found"}
    assert {state for step, state in outcomes.values() if step == "founded"} == {"complete"}

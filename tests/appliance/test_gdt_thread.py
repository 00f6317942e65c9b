"""A folder that hangs: what waits for it, and what doesn't."""

from __future__ import annotations

import asyncio
import threading

import pytest

from practicebox.appliance.gdt_thread import FolderThread, StillRunning
from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble


async def test_a_call_that_hangs_is_told_and_the_next_one_is_not_begun() -> None:
    thread, back, begun = FolderThread(patience=0.05), threading.Event(), list[int]()
    with pytest.raises(StillRunning):
        await thread.run(back.wait, 20)
    with pytest.raises(FolderTrouble) as condition:
        await thread.run(begun.append, 1)
    assert condition.value.trouble is Trouble.GONE and begun == []
    back.set()
    async with asyncio.timeout(20):
        while True:
            try:
                await thread.run(begun.append, 2)
                break
            except (FolderTrouble, StillRunning):
                await asyncio.sleep(0.01)
    assert begun[-1] == 2
    thread.close()


async def test_what_a_call_raises_comes_out() -> None:
    def refuse() -> None:
        raise FolderTrouble(Trouble.FULL)

    thread = FolderThread()
    with pytest.raises(FolderTrouble):
        await thread.run(refuse)
    thread.close()

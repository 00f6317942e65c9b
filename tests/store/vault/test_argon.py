"""Argon2id runs beside the loop, one run at a time."""

from __future__ import annotations

import asyncio
import threading

import pytest

from practicebox.store.vault import argon
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import LEAST, Cost


class Runs:
    """Stands in for the computation and lets the test decide when it ends."""

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.under_way = 0
        self.most = 0
        self.begun = threading.Event()
        self.may_end = threading.Semaphore(0)

    def stretch(self, password: str, salt: bytes, cost: Cost) -> bytes:
        self.threads.append(threading.current_thread().name)
        self.under_way += 1
        self.begun.set()
        self.most = max(self.most, self.under_way)
        assert self.may_end.acquire(timeout=10)
        self.under_way -= 1
        return password.encode()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    runs = Runs()
    monkeypatch.setattr(argon, "stretch", runs.stretch)
    return runs


async def test_the_loop_goes_on_while_argon2id_runs(runs: Runs) -> None:
    queue = Argon()
    task = asyncio.create_task(queue.stretch("a", b"", LEAST))
    assert await asyncio.to_thread(runs.begun.wait, 10)
    assert runs.threads[0].startswith("argon2id")
    assert not task.done()
    runs.may_end.release()
    assert await task == b"a"
    queue.close()


async def test_never_two_runs_at_once_even_when_a_caller_is_gone(runs: Runs) -> None:
    queue = Argon()
    first = asyncio.create_task(queue.stretch("a", b"", LEAST))
    assert await asyncio.to_thread(runs.begun.wait, 10)
    first.cancel()
    runs.begun.clear()
    second = asyncio.create_task(queue.stretch("b", b"", LEAST))
    assert not await asyncio.to_thread(runs.begun.wait, 0.2)  # the first run is still under way
    runs.may_end.release(2)
    assert await second == b"b"
    assert runs.most == 1
    assert first.cancelled()
    queue.close()

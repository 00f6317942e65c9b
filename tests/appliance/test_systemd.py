import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.appliance.systemd import (
    READY,
    WATCHDOG,
    extend_line,
    notify,
    notify_address,
    status_line,
    watch,
    watchdog_interval,
)


@contextmanager
def service_manager(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.bind(address)
        yield sock


def test_lines_reach_a_socket_with_a_path(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with service_manager(path) as manager:
        notify(READY, status_line("Two\nlines"), environ={"NOTIFY_SOCKET": path})
        assert manager.recv(200) == b"READY=1\nSTATUS=Two lines"


def test_lines_reach_an_abstract_socket(tmp_path: Path) -> None:
    name = f"practicebox-{tmp_path.name}-{id(tmp_path)}"
    with service_manager("\0" + name) as manager:
        notify(READY, environ={"NOTIFY_SOCKET": "@" + name})
        assert manager.recv(200) == b"READY=1"


@pytest.mark.parametrize("value", ["", "vsock:2:1234", "relative/path"])
def test_without_a_service_manager_nothing_is_sent(value: str) -> None:
    assert notify_address({"NOTIFY_SOCKET": value}) is None
    notify(READY, environ={"NOTIFY_SOCKET": value})
    assert notify_address({}) is None


def test_a_service_manager_that_is_gone_is_logged_and_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    notify(READY, environ={"NOTIFY_SOCKET": str(tmp_path / "nobody")})
    assert [record.msg for record in caplog.records] == ["notify_failed"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_for_the_process_it_names(
    environ: dict[str, str], expected: timedelta | None
) -> None:
    assert watchdog_interval(environ, process=7) == expected


def test_more_time_is_asked_for_in_microseconds() -> None:
    assert extend_line(timedelta(seconds=1.5)) == "EXTEND_TIMEOUT_USEC=1500000"


async def test_the_watchdog_is_fed_again_and_again(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with service_manager(path) as manager:
        manager.setblocking(False)
        task = asyncio.create_task(watch({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000"}))
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            heard = [await loop.sock_recv(manager, 100) for _ in range(3)]
        assert heard == [WATCHDOG.encode()] * 3
        await ended(task)


async def test_a_stuck_event_loop_does_not_feed_the_watchdog(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with service_manager(path) as manager:
        manager.setblocking(False)
        task = asyncio.create_task(watch({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000"}))
        await asyncio.sleep(0)
        threading.Event().wait(0.02)  # ten intervals in which the loop does not turn
        assert manager.recv(100) == WATCHDOG.encode()
        with pytest.raises(BlockingIOError):
            manager.recv(100)
        await ended(task)


async def test_where_no_watchdog_is_asked_for_watching_ends_at_once() -> None:
    async with asyncio.timeout(5):
        await watch({})


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

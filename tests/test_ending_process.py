"""The end of operation of a real process: it deletes everything and goes on as an empty box."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from practicebox.store import ending
from practicebox.store.ending import Notice
from practicebox.store.store import Store
from practicebox.store.vault.boxkey import NAME as BOX_KEY
from tests.ports import free_ports
from tests.store.world import CHEAP, founding

pytestmark = pytest.mark.slow
HOUR = timedelta(hours=1)
PATIENCE = 30.0  # seconds for a start on a busy machine


async def founded_with_notice(folder: Path, over: datetime) -> None:
    store = await Store.open(folder, now=lambda: datetime.now(UTC), costs=CHEAP)
    try:
        await store.found(founding())
        box = store._box
        notice = Notice(over - 100 * 24 * HOUR, over.date(), over)
        await box.database.transaction(lambda c: ending._keep(c, box.key, notice))
    finally:
        await store.close()


def where_start_leads(port: int) -> str:
    """Where the staff door sends a browser that nobody is signed in with; empty while it starts."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().headers["Location"] or ""
    except OSError:
        return ""
    finally:
        connection.close()


def is_another(path: Path, key: bytes) -> bool:
    try:
        return path.read_bytes() not in {key, b""}
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, "the box has stopped"
        assert time.monotonic() < until, "that never came"
        time.sleep(0.05)


@pytest.mark.parametrize(("over", "leads_to"), [(-HOUR, "/setup"), (240 * HOUR, "/login")])
def test_the_box_empties_itself_when_it_is_over_and_not_before(
    tmp_path: Path, over: timedelta, leads_to: str
) -> None:
    data, (staff, patients, stun) = tmp_path / "data", free_ports(3)
    asyncio.run(founded_with_notice(data, datetime.now(UTC).replace(microsecond=0) + over))
    (data / "tls").mkdir()
    (data / "tls" / "old.pem").write_text("the name of the practice")
    key = (data / BOX_KEY).read_bytes()
    config = tmp_path / "box.toml"
    config.write_text(
        f'data_folder = "{data}"\n[staff]\nhost = "127.0.0.1"\nport = {staff}\n'
        f'[patients]\nhost = "127.0.0.1"\nport = {patients}\n[stun]\nport = {stun}\n'
        '[tls]\nmode = "off"\n'
    )
    command = [sys.executable, "-m", "practicebox", "serve", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = leads_to == "/setup"
        wait_until(lambda: not ends or is_another(data / BOX_KEY, key), process)
        wait_until(lambda: where_start_leads(staff) == leads_to, process)
        is_gone = is_another(data / BOX_KEY, key)
        assert is_gone is ends
        assert (data / "tls" / "old.pem").exists() is not is_gone
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()

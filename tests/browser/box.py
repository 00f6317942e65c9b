"""A box as its owner runs it: `practicebox serve` in a process of its own, with real ports."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_ports

CONFIG = """
data_folder = "{data}"
[staff]
host = "127.0.0.1"
port = {staff}
[patients]
host = "127.0.0.1"
port = {patients}
public_url = "http://127.0.0.1:{patients}"
[stun]
port = {stun}
"""
START = 60.0  # seconds, on a busy machine; bench/start.py measures it


@dataclass
class RunningBox:
    """The process, its addresses and its folder."""

    folder: Path
    staff_port: int
    patients_port: int
    stun_port: int
    process: asyncio.subprocess.Process

    @property
    def staff(self) -> str:
        return f"http://127.0.0.1:{self.staff_port}"

    @property
    def patients(self) -> str:
        return f"http://127.0.0.1:{self.patients_port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def temporary(self) -> Path:
        """The folder for temporary files that the process was given."""
        return self.folder / "tmp"

    async def stop(self) -> int:
        """SIGTERM; return the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 10)

    async def restart(self) -> None:
        """Stop it and start it again on the same folder and ports."""
        await self.stop()
        self.process = await _launch(self.folder)
        await _answers(self.staff_port)


@asynccontextmanager
async def running_box(folder: Path, disk: Path | None = None) -> AsyncIterator[RunningBox]:
    """A box on an empty data folder, which leads to the wizard; or on a copy of a data folder."""
    ports = free_ports(3)
    (folder / "tmp").mkdir(parents=True)
    if disk:
        shutil.copytree(disk, folder / "data")
    else:
        (folder / "data").mkdir()
    text = CONFIG.format(data=folder / "data", staff=ports[0], patients=ports[1], stun=ports[2])
    (folder / "practicebox.toml").write_text(text, "utf-8")
    box = RunningBox(folder, ports[0], ports[1], ports[2], await _launch(folder))
    try:
        await _answers(box.staff_port)
        yield box
    finally:
        await box.stop()


async def _launch(folder: Path) -> asyncio.subprocess.Process:
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "practicebox", "serve", "--config", str(folder / "practicebox.toml")),
            stdout=log,
            stderr=log,
            env={"TMPDIR": str(folder / "tmp"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )


async def _answers(port: int) -> None:
    async with asyncio.timeout(START):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return

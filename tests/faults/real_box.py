"""A box as a process of its own, on a disk of its own that a test can fill, protect or break."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import aiohttp

from practicebox.practice import link
from practicebox.store.store import Store
from tests.ports import free_port
from tests.store.world import CHEAP, PASSWORD, founding

STAFF, PATIENTS, STUN = "STAFF", "PATIENTS", "STUN"
PATIENCE = 30  # seconds for the start of a box on a busy machine
# A file system in memory for this process and its children alone, then the box in its place.
ON_A_SMALL_DISK = (
    'mount -t tmpfs -o size="$1" none "$2" && cp -a "$3/." "$2" && shift 3 && exec "$@"'
)
FILLER = "filler"


@dataclass
class Answer:
    """What the browser got."""

    status: int
    source: str

    @property
    def words(self) -> str:
        body = self.source.partition("<body")[2]
        return " ".join(unescape(re.sub("<[^>]*>", " ", body)).split())

    @property
    def kept(self) -> dict[str, str]:
        """The hidden fields of its form."""
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', self.source)
        return {name: unescape(value) for name, value in found}


@dataclass
class RealBox:
    """A running box and one logged-in browser."""

    process: asyncio.subprocess.Process
    folder: Path  # as seen from here, through the process where its disk is its own
    ports: Mapping[str, int]
    browser: aiohttp.ClientSession

    async def get(self, path: str, door: str = STAFF) -> Answer:
        async with self.browser.get(self._url(door, path)) as answer:
            return Answer(answer.status, await answer.text())

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        headers = {"Origin": self._url(STAFF, "")}
        url = self._url(STAFF, path)
        async with self.browser.post(
            url, data=dict(fields), headers=headers, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.text())

    def is_alive(self) -> bool:
        return self.process.returncode is None

    def fill(self) -> None:
        """Take all room on the disk."""
        with (self.folder / FILLER).open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        """Take it back."""
        (self.folder / FILLER).unlink()

    def _url(self, door: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[door]}{path}"


@asynccontextmanager
async def real_box(
    place: Path,
    *,
    size: str = "",
    library: Path | None = None,
    environ: Mapping[str, str] = {},
    secret: bytes | None = None,
) -> AsyncIterator[RealBox]:
    """Found a practice, start a box on it and open a browser; end it afterwards.

    With a `size` the data lies on a file system of that size (tmpfs(5)) of its own. With the
    `secret` of its first device there is a practice already.
    """
    data, disk = place / "data", place / "disk"
    secret = secret or await _found(data)
    disk.mkdir(exist_ok=True)
    ports = {door: free_port() for door in (STAFF, PATIENTS, STUN)}
    command = [sys.executable, "-m", "practicebox", "serve"]
    folder = data
    if size:
        folder = disk
        script = ["unshare", "-m", "sh", "-c", ON_A_SMALL_DISK, "sh", size, str(disk), str(data)]
        command = [*script, *command]
    settings = {f"PRACTICEBOX_{door}_PORT": str(port) for door, port in ports.items()}
    settings |= {f"PRACTICEBOX_{door}_HOST": "127.0.0.1" for door in (STAFF, PATIENTS)}
    settings |= {"PRACTICEBOX_DATA_FOLDER": str(folder), "PRACTICEBOX_TLS_MODE": "off"}
    if library:
        settings |= {"LD_PRELOAD": str(library), "PB_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **settings, **environ}, stderr=asyncio.subprocess.DEVNULL
    )
    seen = Path(f"/proc/{process.pid}/root{folder}") if size else folder
    jar = aiohttp.CookieJar(unsafe=True)  # cookies for an address
    headers = {"Accept": "text/html", "Accept-Language": "de"}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as browser:
        box = RealBox(process, seen, ports, browser)
        try:
            await _wait_until_open(box)
            browser.cookie_jar.update_cookies({"pb-device": link.encode(secret)})
            yield box
        finally:
            if box.is_alive():
                process.kill()
            await process.wait()


async def log_in(box: RealBox) -> None:
    """Let the first user log in."""
    fields = {"organisation": "sonne", "user": "aenne", "password": PASSWORD}
    answer = await box.post("/login", fields)
    assert answer.status == 303, answer.words


def planned(name: str) -> dict[str, str]:
    """The form of an appointment tomorrow; all are at the same time."""
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    fields = {"patient": name, "date": day, "time": "12:00", "minutes": "30", "overlap": "yes"}
    return {**fields, "reason": "Kontrolle"}


def has_own_disks() -> bool:
    """Whether this machine lets us mount in a namespace of our own."""
    return os.geteuid() == 0 and shutil.which("unshare") is not None


async def _found(data: Path) -> bytes:
    store = await Store.open(data, now=lambda: datetime.now(UTC), costs=CHEAP)
    try:
        return (await store.found(founding())).device_secret
    finally:
        await store.close()


async def _wait_until_open(box: RealBox) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert box.is_alive(), "the box doesn't start"
            try:
                await box.get("/login")
                return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)  # nobody tells when a port is open

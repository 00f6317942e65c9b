"""The echo of the technical check as the box sees it: started on demand, talked to, ended.

The echo itself is a process of its own (`echo_child`): aiortc adds 200 MB while it mirrors video
and stalls an event loop by up to 177 ms. It also needs memory that is writable and executable,
which the box's own service forbids itself and its children; so under systemd the echo is a service
of its own behind a socket. Either way the box holds a private line to it, and the echo ends when
that line does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from practicebox.rtc.echo_messages import MAX_LINE, EchoProtocolError, dump, read

MOST = 2  # at a time; each takes up to 200 MB and most of a core
LIFE = 20.0  # seconds; the child has the same, and an alarm behind it
ANSWER = 10.0  # seconds until the answer; a Raspberry Pi imports aiortc in three
GRACE = 1.0  # seconds that a child has to leave by itself once its line is closed
CHILD = (sys.executable, "-m", "practicebox.rtc.echo_child")


class EchoBusy(Exception):
    """As many echoes as the box can bear are running."""


class EchoFailed(Exception):
    """The echo couldn't be started, did not answer in time, or died."""


@dataclass(frozen=True)
class Line:
    """The private line to one child."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    finish: Callable[[], Awaitable[None]]  # called when the line is closed


Launch = Callable[[], Awaitable[Line]]


class Echo:
    """One running echo."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def send(self, message: Mapping[str, object]) -> None:
        """Say something to it; raise `EchoFailed` if it is gone."""
        try:
            self._line.writer.write(dump(message))
            await self._line.writer.drain()
        except (OSError, RuntimeError) as error:
            raise EchoFailed from error

    async def answer(self, seconds: float = ANSWER) -> str:
        """Its SDP answer; raise `EchoFailed`."""
        try:
            async with asyncio.timeout(seconds):
                line = await self._line.reader.readline()
            sdp = read(line).get("answer")
        except (OSError, ValueError, TimeoutError, EchoProtocolError) as error:
            raise EchoFailed from error
        if not isinstance(sdp, str):
            raise EchoFailed
        return sdp

    async def over(self) -> None:
        """Wait until it has ended by itself."""
        with suppress(OSError, ValueError):
            while await self._line.reader.readline():
                pass


class Echoes:
    """Starts echoes, a few at a time."""

    def __init__(self, launch: Launch, most: int = MOST) -> None:
        self._launch, self._most = launch, most
        self.running = 0

    @asynccontextmanager
    async def begin(self, ice: Sequence[Mapping[str, object]]) -> AsyncIterator[Echo]:
        """An echo that ends with the block; raise `EchoBusy` or `EchoFailed`."""
        if self.running >= self._most:
            raise EchoBusy
        self.running += 1
        try:
            line = await self._start()
            try:
                echo = Echo(line)
                await echo.send({"ice": list(ice)})
                yield echo
            finally:
                line.writer.close()
                await asyncio.shield(asyncio.ensure_future(line.finish()))
        finally:
            self.running -= 1

    async def _start(self) -> Line:
        try:
            return await self._launch()
        except OSError as error:
            raise EchoFailed from error


async def spawn(command: Sequence[str] = CHILD) -> Line:
    """The echo as a child process, with pipes; raise `OSError`."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libraries may print addresses there
        limit=MAX_LINE,
        cwd="/",
        env={"PYTHONPATH": str(Path(__file__).parents[2])},  # nothing of ours: it needs none of it
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None

    async def finish() -> None:
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            process.kill()
            await process.wait()

    return Line(process.stdout, process.stdin, finish)


async def connect(path: Path) -> Line:
    """The echo behind a UNIX socket where systemd starts one per connection; raise `OSError`."""
    reader, writer = await asyncio.open_unix_connection(path, limit=MAX_LINE)

    async def finish() -> None:
        with suppress(OSError):
            await writer.wait_closed()

    return Line(reader, writer, finish)


def launcher(socket: str) -> Launch:
    """How this box starts echoes: by the socket, if it has been given one, else as a child."""
    path = Path(socket)
    return (lambda: connect(path)) if socket else spawn

"""The echo's process: `python -m practicebox.rtc.echo_child`, one for each technical check.

Reads lines from its standard input and writes lines to its standard output (`echo_messages`).
Knows no key, no data folder and no log. Ends when the line is closed, when the browser is gone, or
after 20 seconds; an alarm of the kernel ends it even if it hangs.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from practicebox.rtc.echo import LIFE
from practicebox.rtc.echo_messages import MAX_LINE, EchoProtocolError, dump, read

if TYPE_CHECKING:
    from practicebox.rtc.echo_mirror import Mirror

ALARM = int(LIFE) + 5  # seconds
NICE = 10  # a tenth of the weight of the box's own process
LIMITS = {
    resource.RLIMIT_AS: 1 << 31,  # bytes of address space; resident are up to 200 MB of it
    resource.RLIMIT_CPU: 2 * int(LIFE),  # seconds, of all threads
    resource.RLIMIT_NOFILE: 256,
    resource.RLIMIT_CORE: 0,  # a core dump would hold a picture
    resource.RLIMIT_FSIZE: 0,  # it writes no file
}


def main() -> None:
    """Mirror one browser."""
    signal.alarm(ALARM)  # SIGALRM ends a process that doesn't handle it
    bound()
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_run())
    except (EchoProtocolError, TimeoutError, OSError, ValueError):
        pass  # the browser, the box or the time is gone: an end like any other
    finally:
        os._exit(0)  # threads of the codecs may be busy, and nothing is left to be tidied up


def bound() -> None:
    """Take little of the machine, whatever comes in; a service manager may have done so before."""
    with suppress(OSError):
        os.nice(NICE)
    for kind, most in LIMITS.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")  # if memory runs out, this goes first


async def _run() -> None:
    # Here and not above: this takes most of the time and memory, and the limits must hold by then.
    from practicebox.rtc.echo_mirror import Mirror

    lines = await _standard_input()
    ice = (await _next(lines)).get("ice")
    mirror = Mirror(ice if isinstance(ice, list) else [])
    async with asyncio.timeout(LIFE):
        listening = asyncio.ensure_future(_listen(lines, mirror))
        gone = asyncio.ensure_future(mirror.gone.wait())
        done, _ = await asyncio.wait({listening, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _listen(lines: asyncio.StreamReader, mirror: Mirror) -> None:
    """Pass on what the box says until the line is closed."""
    while True:
        message = await _next(lines)
        offer, candidate = message.get("offer"), message.get("candidate")
        if isinstance(offer, str):
            _say({"answer": await mirror.answer(offer)})
        elif isinstance(candidate, str):
            await mirror.add(candidate, message.get("mid"), message.get("index"))


async def _next(lines: asyncio.StreamReader) -> Mapping[str, object]:
    line = await lines.readline()
    if not line:
        raise ConnectionResetError
    return read(line)


async def _standard_input() -> asyncio.StreamReader:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    return reader


def _say(message: Mapping[str, object]) -> None:
    sys.stdout.buffer.write(dump(message))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

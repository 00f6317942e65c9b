"""What the service manager is told: ready, stopping, alive, and one line of status (sd_notify(3)).

Knows the notification socket and its datagrams; keeps no state. Without a service manager every
call does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

READY = "READY=1"
STOPPING = "STOPPING=1"
WATCHDOG = "WATCHDOG=1"

log = logging.getLogger(__name__)


def notify_address(environ: Mapping[str, str]) -> str | None:
    """Where the service manager listens: a path, or an abstract socket, written with an `@`."""
    address = environ.get("NOTIFY_SOCKET", "")
    if address.startswith("@"):
        return "\0" + address[1:]
    return address if address.startswith("/") else None


def watchdog_interval(environ: Mapping[str, str], process: int) -> timedelta | None:
    """Within which time `process` must show that it is alive; None where nobody asks.

    See sd_watchdog_enabled(3).
    """
    with suppress(ValueError, KeyError):
        if int(environ.get("WATCHDOG_PID", process)) == process:
            microseconds = int(environ["WATCHDOG_USEC"])
            return timedelta(microseconds=microseconds) if microseconds > 0 else None
    return None


def status_line(sentence: str) -> str:
    """What `systemctl status` shows; no personal data, it goes to the journal too."""
    return "STATUS=" + sentence.replace("\n", " ")


def extend_line(time: timedelta) -> str:
    """Asks for `time` more before a slow start or stop counts as failed."""
    return f"EXTEND_TIMEOUT_USEC={time // timedelta(microseconds=1)}"


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send `lines` in one datagram; a deaf service manager is logged and never an error."""
    address = notify_address(environ)
    if address is None:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            sock.sendto("\n".join(lines).encode(), address)
    except OSError:
        log.warning("notify_failed", exc_info=True)


async def watch(environ: Mapping[str, str] = os.environ) -> None:
    """Tell that the event loop turns, twice per interval as sd_watchdog_enabled(3) advises.

    It must run on the loop it vouches for: a loop that is stuck does not come here, and the
    service manager ends and restarts the process.
    """
    interval = watchdog_interval(environ, os.getpid())
    while interval is not None:
        notify(WATCHDOG, environ=environ)
        await asyncio.sleep(interval.total_seconds() / 2)

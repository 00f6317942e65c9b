"""Everything that listens: STUN and relay, the two doors, the relay over TLS, the help page.

Part of the composition root. Opens sockets in order and says which option to change where that is
impossible; what comes in is handled elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import datetime

from aiohttp import web

from practicebox.appliance import lan
from practicebox.appliance.tls import CannotServe, ServedCertificate
from practicebox.config import Config
from practicebox.media import RoomAuthority
from practicebox.stun.bucket import Bucket
from practicebox.stun.relay.relay import Relay
from practicebox.stun.server import StunServer, serve
from practicebox.web.crowd import Crowd
from practicebox.web.listener import CROWD, allow_files, caps_of, listen
from practicebox.web.signal import close_sockets
from practicebox.web.site import DoorSite

SHUTDOWN = 3.0  # seconds for open requests; the whole stop takes at most 5
REALM = "practicebox"


class CannotStart(Exception):
    """The box can't run like this; the text says what is wrong and what to do."""


def make_relay(config: Config, authority: RoomAuthority, key: bytes) -> Relay | None:
    """Our own relay, where the configuration wants it."""
    if config.relay != "auto":
        return None
    families = (socket.AF_INET, socket.AF_INET6)
    announced = [host for family in families if (host := lan.address(family))]
    return Relay(
        authority,
        realm=REALM,
        key=key,
        clock=time.monotonic,
        addresses=announced or ["127.0.0.1"],
        own=lan.OwnAddresses(time.monotonic),
    )


async def serve_stun(config: Config, relay: Relay | None) -> StunServer:
    """Answer on the STUN port; raise `CannotStart`."""
    host = config.patients_host
    try:
        return await serve(
            host,
            "::" if host == "0.0.0.0" else None,
            config.stun_port,
            bucket=Bucket(os.urandom(16)),
            clock=time.monotonic,
            relay=relay,
        )
    except OSError as error:
        raise taken("stun.port", config.stun_port, error) from error


async def open_door(
    stack: AsyncExitStack,
    app: web.Application,
    host: str,
    port: int,
    option: str,
    context: ssl.SSLContext | None = None,
    relay: Relay | None = None,
) -> int:
    """Serve `app` until `stack` ends; the port. Raise `CannotStart`.

    With a relay the port speaks TURN as well.
    """
    crowd = app[CROWD] = Crowd(caps_of(allow_files()))
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    turn = relay.connection if relay else None
    try:
        for listener in listen(host, port, crowd):
            await DoorSite(runner, listener, crowd, turn, context).start()
    except OSError as error:
        raise taken(option, port, error) from error
    return int(runner.addresses[0][1])


async def open_tls_relay(
    stack: AsyncExitStack, config: Config, context: ssl.SSLContext, relay: Relay
) -> None:
    """The relay over TLS on a port of its own; raise `CannotStart`."""
    host = None if config.patients_host == "0.0.0.0" else config.patients_host
    loop = asyncio.get_running_loop()
    port = config.stun_tls_port
    try:
        server = await loop.create_server(relay.connection, host, port, ssl=context)
    except OSError as error:
        raise taken("stun.tls_port", port, error) from error
    stack.callback(server.close)


def serve_certificate(
    config: Config,
    names: Callable[[], Iterable[str]],
    public_host: str,
    now: Callable[[], datetime],
) -> ServedCertificate | None:
    """What the doors prove themselves with, None for plain HTTP; raise `CannotStart`."""
    try:
        if config.certificate and config.key:
            from practicebox.appliance.tls_files import FileSource  # 11 MiB that HTTP doesn't need

            return ServedCertificate(FileSource(config.certificate, config.key))
        if config.tls_mode == "local":
            from practicebox.appliance.tls_local import LocalSource

            source = LocalSource(config.data_folder, names, public_host, now)
            return ServedCertificate(source)
    except CannotServe as condition:
        raise CannotStart(str(condition)) from condition
    return None


def goodbye(*apps: web.Application) -> Callable[[], Awaitable[None]]:
    """What tells browsers that the box stops."""

    async def say() -> None:
        # Once a runner cleans up it reads no more, and the browsers' answers would not arrive.
        await asyncio.gather(*(close_sockets(app) for app in apps))

    return say


def taken(option: str, port: int, error: OSError) -> CannotStart:
    """That a port can't be had, and what to do."""
    name = "PRACTICEBOX_" + option.replace(".", "_").upper()
    return CannotStart(
        f"Port {port} can't be opened ({error.strerror}); stop the program that uses it, "
        f"or choose another one with {option} in the configuration or {name}."
    )

"""The composition root: wires every room, starts them in order and stops them in reverse.

Order: store, STUN, the two doors, the announcement. So the goodbye on the LAN goes out first
and the store is closed last.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from practicebox.appliance import clock
from practicebox.appliance.mdns import Advertiser, host_label
from practicebox.box import Box, Names
from practicebox.config import Config
from practicebox.rtc.rooms import Rooms
from practicebox.store.conditions import CannotOpen
from practicebox.store.store import Store
from practicebox.stun import probe
from practicebox.stun.bucket import Bucket
from practicebox.stun.server import StunServer, serve
from practicebox.web import language, static_files
from practicebox.web.keys import DemoLogin, Door, Services
from practicebox.web.patient.door import make_door as make_patient_door
from practicebox.web.signal import close_sockets, expire_rooms
from practicebox.web.staff.door import make_door as make_staff_door

log = logging.getLogger("practicebox.app")

KEEP_ALIVE = 15.0  # seconds; aiohttp's own hour keeps memory for browsers long gone
CHECK = 30.0  # seconds between two looks at our own STUN responder
CLOCK_PATIENCE = timedelta(seconds=60)  # for the network to set it after a power cut
SHUTDOWN = 3.0  # seconds for open requests; the whole stop takes at most 5


class CannotStart(Exception):
    """The box can't run like this; the text says what is wrong and what to do."""


def utc_now() -> datetime:
    return datetime.now(UTC)


async def start(
    stack: AsyncExitStack,
    config: Config,
    *,
    now: Callable[[], datetime] = utc_now,
    demo: DemoLogin | None = None,
    store: Store | None = None,
) -> Box:
    """Start everything; `stack` stops it again. Raise `CannotStart` with a sentence."""
    store = store or await open_store(config, now)
    stack.push_async_callback(store.close)
    await _check_clock(store, now)
    stun = await _serve_stun(config)
    stack.callback(stun.close)
    practice = await store.practice()
    names = Names(config, host_label(practice.short_name) if practice else "")
    box = Box(config, store, stun, Rooms(now), names, started=now())
    await _open_doors(stack, box, _services(box, now, demo))
    for work in (expire_rooms(box.rooms), _check_stun(box)):
        stack.callback(asyncio.create_task(work).cancel)
    on_loopback = config.staff_host.startswith("127.")
    box.advertiser = Advertiser(
        box.staff_port,
        secure=config.secure,
        loopback_only=on_loopback,
        on_change=lambda status: names.announced_as(status.host),
    )
    stack.push_async_callback(box.advertiser.stop)
    if practice:
        box.announce(practice.short_name)
    return box


async def _check_stun(box: Box) -> None:
    """Ask our own STUN responder again and again; the status page shows the answer."""
    host = "127.0.0.1" if box.config.patients_host == "0.0.0.0" else box.config.patients_host
    while True:
        box.stun_answers = await probe.answers(host, box.stun.port, os.urandom(probe.ID_BYTES))
        await asyncio.sleep(CHECK)


async def open_store(config: Config, now: Callable[[], datetime] = utc_now) -> Store:
    """The store in the data folder; raise `CannotStart`."""
    try:
        return await Store.open(config.data_folder, now=now)
    except CannotOpen as condition:
        raise CannotStart(str(condition)) from condition


async def _check_clock(store: Store, now: Callable[[], datetime]) -> None:
    last_write = await store.last_write()
    built = clock.build_date(Path(__file__))
    try:
        await clock.wait_for_clock(
            lambda: clock.check(now(), last_write, built),
            CLOCK_PATIENCE if os.environ.get("NOTIFY_SOCKET") else timedelta(),
            asyncio.sleep,
        )
    except clock.ClockWrong as condition:
        raise CannotStart(str(condition)) from condition


async def _serve_stun(config: Config) -> StunServer:
    host = config.patients_host
    try:
        return await serve(
            host,
            "::" if host == "0.0.0.0" else None,
            config.stun_port,
            bucket=Bucket(os.urandom(16)),
            clock=time.monotonic,
        )
    except OSError as error:
        raise _taken("stun.port", config.stun_port, error) from error


def _services(box: Box, now: Callable[[], datetime], demo: DemoLogin | None) -> Services:
    secure = box.config.secure

    def founded(short_name: str) -> None:
        box.names.label = host_label(short_name)
        box.announce(short_name)

    return Services(
        store=box.store,
        rooms=box.rooms,
        now=now,
        languages=language.load(),
        static=static_files.load(),
        staff=Door("staff", box.names.are_ours, secure),
        patients=Door("patients", box.names.are_public, secure),
        ice_servers=box.ice_servers,
        announced=box.config.public_address or None,
        public_url=lambda: box.public_url,
        staff_url=lambda: box.staff_url,
        founded=founded,
        facts=box.facts,
        demo=demo,
    )


async def _open_doors(stack: AsyncExitStack, box: Box, services: Services) -> None:
    config = box.config
    context = _tls(config)

    async def door(app: web.Application, host: str, port: int, option: str) -> int:
        runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=KEEP_ALIVE, shutdown_timeout=SHUTDOWN
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        everywhere = None if host == "0.0.0.0" else host  # None: IPv6 as well
        try:
            await web.TCPSite(runner, everywhere, port, ssl_context=context).start()
        except OSError as error:
            raise _taken(option, port, error) from error
        return int(runner.addresses[0][1])

    staff, patients = make_staff_door(services), make_patient_door(services)
    box.staff_port = await door(staff, config.staff_host, config.staff_port, "staff.port")
    box.patients_port = await door(
        patients, config.patients_host, config.patients_port, "patients.port"
    )

    async def say_goodbye() -> None:
        # Once a runner cleans up it reads no more, and the browsers' answers would not arrive.
        await asyncio.gather(close_sockets(staff), close_sockets(patients))

    stack.push_async_callback(say_goodbye)


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.certificate, config.key)
    except (OSError, ssl.SSLError) as error:
        raise CannotStart(
            "tls.certificate and tls.key can't be used together; "
            "give a PEM certificate with its own key, readable by this process."
        ) from error
    return context


def _taken(option: str, port: int, error: OSError) -> CannotStart:
    name = "PRACTICEBOX_" + option.replace(".", "_").upper()
    return CannotStart(
        f"Port {port} can't be opened ({error.strerror}); stop the program that uses it, "
        f"or choose another one with {option} in the configuration or {name}."
    )


async def stop_signal() -> None:
    """Wait for SIGTERM or SIGINT."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


async def stop_within(stop: Callable[[], Awaitable[None]], seconds: float = 5.0) -> None:
    """Stop, but not longer than `seconds`: systemd and the next start are waiting."""
    try:
        async with asyncio.timeout(seconds):
            await stop()
    except TimeoutError:
        log.warning("stop_slow")

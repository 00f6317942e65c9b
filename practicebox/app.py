"""The composition root: wires every room, starts them in order and stops them in reverse.

Order: store, STUN, the two doors, the announcement. So the goodbye on the LAN goes out first
and the store is closed last.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from practicebox.appliance.clock import BoxClock, build_date, utc_now
from practicebox.appliance.jobs import Jobs
from practicebox.appliance.mdns import Advertiser, host_label
from practicebox.appliance.supervise import Supervisor
from practicebox.backup_commands import way_back
from practicebox.box import Box, Names
from practicebox.config import Config
from practicebox.dispatch import Dispatch
from practicebox.duties import KeptRuns, jobs
from practicebox.listen import (
    CannotStart,
    goodbye,
    make_relay,
    open_door,
    open_tls_relay,
    serve_certificate,
    serve_stun,
)
from practicebox.media import IceServers, RoomAuthority
from practicebox.practice.gdt import Charset
from practicebox.rtc.echo import launcher
from practicebox.rtc.rooms import Rooms
from practicebox.rtc.tickets import Tickets
from practicebox.store.conditions import CannotOpen, DatabaseDamaged
from practicebox.store.settings import PUBLIC_ADDRESS
from practicebox.store.store import Store
from practicebox.stun.relay.relay import Relay
from practicebox.stun_watch import check_stun
from practicebox.web import language, static_files, trust
from practicebox.web.keys import DemoLogin, Door, Services
from practicebox.web.patient.door import make_door as make_patient_door
from practicebox.web.signal import expire_rooms
from practicebox.web.staff import gdt_report
from practicebox.web.staff.door import make_door as make_staff_door
from practicebox.web.staff.gdt_bridge import Bridge, Ends

log = logging.getLogger("practicebox.app")


async def start(
    stack: AsyncExitStack,
    config: Config,
    *,
    now: Callable[[], datetime] = utc_now,
    demo: DemoLogin | None = None,
    store: Store | None = None,
) -> Box:
    """Start everything; `stack` stops it again. Raise `CannotStart` with a sentence.

    `now` is the computer's clock, or the box's own where the store goes by it already.
    """
    now = now if isinstance(now, BoxClock) else BoxClock(now)
    store = store or await open_store(config, now)
    stack.push_async_callback(store.close)
    now.begin(await store.last_write(), build_date(Path(__file__)))
    rooms, tickets = Rooms(now), Tickets(store.secret("tickets"), now)
    relay = make_relay(config, RoomAuthority(tickets, rooms), store.secret("relay"))
    stun = await serve_stun(config, relay)
    practice = await store.practice()
    names = Names(config, host_label(practice.short_name) if practice else "")
    box = Box(config, store, stun, rooms, names, clock=now, started=now())
    stack.callback(lambda: box.stun.close())
    box.learned = await store.settings.get(PUBLIC_ADDRESS)
    box.certificate = serve_certificate(config, names.in_certificate, names.public_host, now)
    bridge = _bridge(box)
    ice = IceServers(config, tickets, lambda: stun.port, _external_secret(config))
    services = _services(box, ice, now, demo, bridge)
    await _open_doors(stack, box, services, relay)
    _keep_going(stack, box, relay, services)
    if bridge and box.work:
        stack.callback(bridge.close)
        bridge.reports = lambda: gdt_report.send_due(services)
        box.work.keep("gdt", bridge.watch)
    on_loopback = config.staff_host.startswith("127.")
    box.advertiser = Advertiser(
        box.staff_port,
        secure=config.secure,
        loopback_only=on_loopback,
        on_change=lambda status: box.announced_as(status.host),
    )
    stack.push_async_callback(box.advertiser.stop)
    if practice:
        box.announce(practice.short_name)
    box.jobs = Jobs(now, lambda: now.is_in_doubt, KeptRuns(store.settings))
    stack.push_async_callback(box.jobs.stop)
    box.jobs.start(jobs(box))
    return box


def _bridge(box: Box) -> Bridge | None:
    """The way to the practice software, if one is configured."""
    gdt = box.config.gdt
    if not gdt.in_folder and not gdt.out_folder:
        return None
    ends = Ends(gdt.in_folder, gdt.out_folder, gdt.our_id, gdt.their_id, Charset(gdt.codec))
    return Bridge(box.store, ends, language.load().by_code[language.DEFAULT].gettext)


def _keep_going(stack: AsyncExitStack, box: Box, relay: Relay | None, services: Services) -> None:
    """The work in the background, each piece without harm to the others or to the doors."""
    box.work = Supervisor(time.monotonic)
    stack.push_async_callback(box.work.stop)
    box.work.keep("rooms", lambda: expire_rooms(box.rooms))
    box.work.keep("stun", lambda: check_stun(box, relay))
    if box.certificate:
        box.work.keep("certificate", box.certificate.watch)
    dispatch = Dispatch(
        box.store,
        now=box.clock,
        is_in_doubt=lambda: box.clock.is_in_doubt,
        public_url=lambda: box.public_url,
        translate=services.languages.by_code["de"].gettext,
    )
    box.work.keep("outbox", dispatch.run)


async def open_store(config: Config, now: Callable[[], datetime] = utc_now) -> Store:
    """The store in the data folder; raise `CannotStart`."""
    try:
        return await Store.open(config.data_folder, now=now, backup_folder=config.backup_folder)
    except DatabaseDamaged as condition:
        raise CannotStart(f"{condition}{way_back(config)}") from condition
    except CannotOpen as condition:
        raise CannotStart(str(condition)) from condition


def _services(
    box: Box, ice: IceServers, now: BoxClock, demo: DemoLogin | None, bridge: Bridge | None
) -> Services:
    secure = box.config.secure

    def founded(short_name: str) -> None:
        box.announced_as(host_label(short_name))
        box.announce(short_name)

    return Services(
        store=box.store,
        rooms=box.rooms,
        now=now,
        languages=language.load(),
        static=static_files.load(),
        staff=Door("staff", box.names.are_ours, secure),
        patients=Door("patients", box.names.are_public, secure),
        ice=ice.for_page,
        announced=lambda: box.config.public_address or box.learned,
        public_url=lambda: box.public_url,
        staff_url=lambda: box.staff_url,
        founded=founded,
        facts=box.facts,
        line=box.line,
        learn=box.learn,
        echo=launcher(os.environ.get("PRACTICEBOX_ECHO_SOCKET", "")),
        demo=demo,
        believe_clock=now.believe,
        echo_went=box.echo_went,
        gdt=bridge,
    )


async def _open_doors(
    stack: AsyncExitStack, box: Box, services: Services, relay: Relay | None
) -> None:
    config = box.config
    context = box.certificate.context if box.certificate else None
    staff, patients = make_staff_door(services), make_patient_door(services)
    box.staff_port = await open_door(
        stack, staff, config.staff_host, config.staff_port, "staff.port", context
    )
    box.patients_port = await open_door(
        stack,
        patients,
        config.patients_host,
        config.patients_port,
        "patients.port",
        context,
        relay,
    )
    if relay and context:
        await open_tls_relay(stack, config, context, relay)
    if config.tls_mode == "local":
        help_page = trust.make_door(services, box.names.are_ours, box.anchor)
        box.help_port = await open_door(
            stack, help_page, config.staff_host, config.help_port, "tls.help_port"
        )
    stack.push_async_callback(goodbye(staff, patients))


def _external_secret(config: Config) -> bytes | None:
    """What an external relay shares with us; raise `CannotStart`."""
    if config.external_secret_file is None:
        return None
    try:
        return config.external_secret_file.read_bytes().strip()
    except OSError as error:
        raise CannotStart(
            f"network.external_secret_file can't be read ({error.strerror}); "
            "give the file with the secret of your relay, readable by this user."
        ) from error


def stop_signal() -> asyncio.Event:
    """What SIGTERM or SIGINT sets from now on; one that comes during the start is not lost."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    return asked


async def stop_within(stop: Callable[[], Awaitable[None]], seconds: float = 5.0) -> None:
    """Stop, but not longer than `seconds`: systemd and the next start are waiting."""
    try:
        async with asyncio.timeout(seconds):
            await stop()
    except TimeoutError:
        log.warning("stop_slow")

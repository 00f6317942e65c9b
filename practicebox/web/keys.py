"""Typed places in the two applications: what `app.py` builds and the handlers use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from practicebox.appliance.network import look_up
from practicebox.practice.router import Hop, Line
from practicebox.rtc.echo import Launch, spawn
from practicebox.rtc.reach import ReachTests
from practicebox.rtc.rooms import Rooms
from practicebox.store.store import Store
from practicebox.web.language import Languages
from practicebox.web.staff.gdt_bridge import Bridge
from practicebox.web.static_files import StaticFiles


@dataclass(frozen=True)
class Door:
    """What a door knows of its own address."""

    name: str  # "staff" or "patients"
    knows_host: Callable[[str], bool]  # whether a host name (lower case, no port) is ours
    secure: bool  # whether browsers reach it by HTTPS


@dataclass(frozen=True)
class DemoLogin:
    """How to log in to the demonstration, shown on its login page."""

    organisation: str
    user: str
    password: str = field(repr=False)
    device_secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Services:
    """What handlers need from the other rooms."""

    store: Store
    rooms: Rooms
    now: Callable[[], datetime]  # aware, UTC
    languages: Languages
    static: StaticFiles
    staff: Door
    patients: Door
    ice: Callable[[str, str, str, datetime, bool], list[dict[str, object]]]  # see `ice_servers`
    announced: Callable[[], str | None]  # public address of the practice
    public_url: Callable[[], str]  # where patients reach their door, without a slash at the end
    staff_url: Callable[[], str]  # where the practice reaches its own
    founded: Callable[[str], None]  # told the short name once a practice exists
    facts: Callable[[], dict[str, object]]  # what the status page shows of the machine
    echo: Launch = spawn  # starts an echo for a technical check
    demo: DemoLogin | None = None
    echo_went: Callable[[bool], None] = lambda works: None  # told how an echo ended
    believe_clock: Callable[[datetime], bool] = lambda shown: False  # told that the clock is right
    line: Callable[[], Line] = Line  # how the box is connected
    look_up: Callable[[str], Awaitable[tuple[str, ...]]] = look_up  # addresses of a name
    learn: Callable[[str], None] = lambda address: None  # told the public address
    gdt: Bridge | None = None  # to the practice software; None without folders
    reach: ReachTests = field(default_factory=lambda: ReachTests(Hop))
    default_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))


SERVICES = web.AppKey("services", Services)
DOOR = web.AppKey("door", Door)


def services(request: web.Request) -> Services:
    """The services of the application that handles `request`."""
    return request.config_dict[SERVICES]


def ice_servers(
    request: web.Request, room: str, participant: str, until: datetime
) -> list[dict[str, object]]:
    """STUN and relay for one page (W3C WebRTC `RTCIceServer`), as it has reached the box.

    Its credentials hold until `until` (aware) and only among the participants of `room`.
    """
    host = request.headers.get("Host", "")
    through_door = request.config_dict[DOOR].name == "patients"
    return services(request).ice(host, room, participant, until, through_door)

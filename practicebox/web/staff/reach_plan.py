"""The network plan as data: who talks to whom, through which ports, and how the last test saw it.

The drawing and the list beneath it are made of the same arrows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from practicebox.practice.router import Hop, Line
from practicebox.rtc.reach import Light
from practicebox.web.language import mark
from practicebox.web.reach import SYMBOLS, Result
from practicebox.web.reach_words import LIGHTS

Translate = Callable[[str], str]


class Way(StrEnum):
    """The arrows, in the order of their numbers; the drawing has a place for each."""

    DOOR = "door"
    UDP = "udp"
    TCP = "tcp"
    DIRECT = "direct"
    STAFF = "staff"
    RELAY = "relay"


# What an arrow is for, and the hops of the test that went along it.
PURPOSES = {
    Way.DOOR: mark("From patients to the box: pages and waiting room."),
    Way.UDP: mark(
        "From patients to the box: finding a way, and picture and sound by the practice relay."
    ),
    Way.TCP: mark("From patients to the box: the practice relay where UDP is blocked."),
    Way.DIRECT: mark(
        "Between patient and workstation: picture and sound on the direct way. "
        "Nothing has to be opened in the router."
    ),
    Way.STAFF: mark(
        "From the workstations to the box: the pages of the practice. "
        "Never open this port to the outside."
    ),
    Way.RELAY: mark(
        "Between box and workstation: picture and sound that came by the practice relay."
    ),
}
FINDING = mark("From patients to the box: finding a way.")
HOPS = {
    Way.DOOR: (Hop.NAME, Hop.TCP, Hop.CERTIFICATE, Hop.SOCKET, Hop.RELAY_TLS),
    Way.UDP: (Hop.STUN, Hop.RELAY_UDP),
    Way.TCP: (Hop.RELAY_TCP,),
}
WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN)


@dataclass(frozen=True)
class Arrow:
    """One arrow; `outside` and `inside` are what stands at it in front of and behind the router."""

    number: int
    way: Way
    outside: str
    inside: str
    text: str
    light: Light | None  # None: the test says nothing about it
    symbol: str
    word: str


def plan(line: Line, result: Result | None, translate: Translate) -> list[Arrow]:
    """The arrows of this practice."""
    return [
        _arrow(number, way, line, result, translate) for number, way in enumerate(_ways(line), 1)
    ]


def _ways(line: Line) -> Iterable[Way]:
    without = set() if line.relay == "auto" else {Way.TCP, Way.RELAY}
    return [way for way in Way if way not in without]


def _arrow(number: int, way: Way, line: Line, result: Result | None, translate: Translate) -> Arrow:
    outside, inside = _ports(way, line)
    light = _light(way, result)
    text = FINDING if way is Way.UDP and line.relay != "auto" else PURPOSES[way]
    return Arrow(
        number=number,
        way=way,
        outside=outside,
        inside=inside,
        text=translate(text),
        light=light,
        symbol=SYMBOLS[light] if light else "",
        word=translate(LIGHTS[light]) if light else "",
    )


def _ports(way: Way, line: Line) -> tuple[str, str]:
    stun = f"{line.stun_port}"
    return {
        Way.DOOR: (f"TCP {line.public_port}", f"TCP {line.patients_port}"),
        Way.UDP: (f"UDP {stun}", f"UDP {stun}"),
        Way.TCP: (f"TCP {stun}", f"TCP {stun}"),
        Way.DIRECT: ("UDP", "UDP"),
        Way.STAFF: ("", f"TCP {line.staff_port}"),
        Way.RELAY: ("", "UDP"),
    }[way]


def _light(way: Way, result: Result | None) -> Light | None:
    if result is None or way not in HOPS:
        return None
    found = {result.lights.get(hop) for hop in HOPS[way]}
    return next((light for light in WORST_FIRST if light in found), None)

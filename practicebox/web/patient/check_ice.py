"""The ICE servers of a technical check: tickets of a room of its own, for minutes.

Nobody else is ever in such a room, so its tickets open a way from this browser to itself and to the
echo, and to nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from aiohttp import web

from practicebox.web.keys import ice_servers, services

Servers = list[dict[str, object]]  # W3C WebRTC `RTCIceServer`

PREFIX = "check-"  # no appointment's id begins like this
HOLDS = timedelta(minutes=3)
HERE = "127.0.0.1"  # where the echo, a process of this machine, reaches the relay


def new_room() -> str:
    """A room for one check."""
    return PREFIX + secrets.token_hex(8)


def for_page(request: web.Request, room: str, participant: str) -> Servers:
    """What the browser reaches by the name it has used for this door."""
    return ice_servers(request, room, participant, services(request).now() + HOLDS)


def for_echo(request: web.Request, room: str) -> Servers:
    """The relay by UDP, if there is one: aiortc takes one server, and the box itself is near."""
    box = services(request)
    servers = box.ice(HERE, room, "echo", box.now() + HOLDS, False)
    return [{**server, "urls": url} for server, url in _urls(servers) if _is_relay_by_udp(url)][:1]


def _urls(servers: Sequence[Mapping[str, object]]) -> Iterator[tuple[Mapping[str, object], str]]:
    for server in servers:
        urls = server.get("urls")
        for url in [urls] if isinstance(urls, str) else urls if isinstance(urls, list) else []:
            yield server, str(url)


def _is_relay_by_udp(url: str) -> bool:
    return url.startswith("turn:") and not url.endswith("transport=tcp")

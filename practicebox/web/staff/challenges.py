"""Challenges for passkeys to sign: each for one purpose, one browser and one use, for five minutes.

Kept in memory, so a restart voids them. There is room for a fixed number; the oldest makes way.
Approved workstations have a room of their own, so a stranger who asks for thousands takes no
challenge away from those who work here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import SERVICES, services
from practicebox.web.staff import device

LIFETIME = timedelta(minutes=5)  # as long as browsers wait for a finger
MOST = 64  # in each room
BYTES = 32  # WebAuthn section 13.4.3 asks for at least 16


class NoChallenge(LookupError):
    """There is none for this browser and purpose: used, too old, or never given."""


@dataclass(frozen=True)
class _Given:
    challenge: bytes = field(repr=False)
    purpose: str
    expires: datetime


class Challenges:
    """All challenges that have been given and not used."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rooms: dict[bool, dict[str, _Given]] = {True: {}, False: {}}

    def give(self, purpose: str, *, is_approved: bool) -> tuple[str, bytes]:
        """A ticket for the browser's cookie, and what is to be signed."""
        room = self._rooms[is_approved]
        while len(room) >= MOST:
            del room[next(iter(room))]
        ticket, challenge = secrets.token_urlsafe(), secrets.token_bytes(BYTES)
        room[ticket] = _Given(challenge, purpose, self._now() + LIFETIME)
        return ticket, challenge

    def take(self, ticket: str, purpose: str) -> bytes:
        """What was to be signed, once; raise `NoChallenge`."""
        given = self._rooms[True].pop(ticket, None) or self._rooms[False].pop(ticket, None)
        if given is None or given.purpose != purpose or given.expires <= self._now():
            raise NoChallenge
        return given.challenge


CHALLENGES = web.AppKey("challenges", Challenges)


def prepare(app: web.Application) -> None:
    """Give the staff door its challenges."""
    app[CHALLENGES] = Challenges(app[SERVICES].now)


async def give(request: web.Request, purpose: str) -> tuple[str, bytes]:
    """A ticket for the cookie, and a challenge for whoever asks."""
    secret = device.read_secret(request)
    device_id = await services(request).store.approved_device(secret) if secret else None
    return request.app[CHALLENGES].give(purpose, is_approved=device_id is not None)


def answer(request: web.Request, ticket: str, content: dict[str, object]) -> web.Response:
    """What the page's script gets, and the cookie that its answer has to come with."""
    response = web.json_response(content)
    cookies.write(request, response, Cookie.CHALLENGE, ticket)
    return response


def take(request: web.Request, purpose: str) -> bytes:
    """What this browser was to sign, once; raise `NoChallenge`."""
    return request.app[CHALLENGES].take(cookies.read(request, Cookie.CHALLENGE), purpose)

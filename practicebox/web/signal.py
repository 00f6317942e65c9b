"""The signaling socket of both doors: a `SignalSocket` on one side, a `Room` on the other.

Knows who may enter and how a socket ends (docs/protocol.md section 1). It reads nothing of the
payload, and of a socket it logs only the role and the close code. Whoever calls `serve_signal`
has checked cookie and `Origin`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practicebox.rtc.messages import Bye, Close, Hello, ProtocolError, Reason, Role, parse
from practicebox.rtc.room import NoPlace, Room, Seat
from practicebox.rtc.rooms import Over, Rooms, TooManyRooms
from practicebox.web.signal_socket import LIMITS, Gone, Limits, SignalSocket, open_socket

log = logging.getLogger(__name__)

STOPPING = 1.0  # seconds that browsers have to answer the last close frame; systemd waits for it
EXPIRY = 15.0  # seconds between looks for appointments that are over


@dataclass(frozen=True)
class Visit:
    """Who comes through a door to which appointment, and what they need to reach the other."""

    appointment_id: str
    role: Role
    device: str  # visit cookie or staff device; its pages take each other's place
    host: str  # where the socket comes from; of a clinician's the relay takes and gives packets
    until: datetime  # aware; the end of the time in which the appointment can be joined
    ice: Sequence[Mapping[str, object]]  # W3C WebRTC `RTCIceServer`
    announced: str | None  # public address of the practice


class OpenSockets:
    """The signaling sockets of one application, so that it can stop."""

    def __init__(self) -> None:
        self._sockets: set[SignalSocket] = set()
        self._is_stopping = False

    @contextmanager
    def hold(self, socket: SignalSocket) -> Iterator[None]:
        """Know `socket` while it's open; one that comes too late is closed at once."""
        self._sockets.add(socket)
        if self._is_stopping:
            socket.code = Close.STOPPING
        try:
            yield
        finally:
            self._sockets.remove(socket)

    async def stop(self) -> None:
        self._is_stopping = True
        for socket in self._sockets:
            socket.close(Close.STOPPING)
        if self._sockets:
            await asyncio.wait([socket.handler for socket in self._sockets], timeout=STOPPING)
        for socket in self._sockets:
            socket.abort()


OPEN_SOCKETS = web.AppKey("open_sockets", OpenSockets)


def register_sockets(app: web.Application) -> None:
    """Prepare an application for `serve_signal`: its sockets are closed when it shuts down.

    Without that `AppRunner.cleanup` waits for browsers that have no reason to leave.
    """
    app[OPEN_SOCKETS] = OpenSockets()
    app.on_shutdown.append(close_sockets)


async def close_sockets(app: web.Application) -> None:
    """Close all signaling sockets with 1001; wait at most a second for the browsers' answers.

    Best called before `AppRunner.cleanup`, which stops reading before it calls this again: then
    no answer can arrive.
    """
    await app[OPEN_SOCKETS].stop()


async def expire_rooms(rooms: Rooms, every: float = EXPIRY) -> None:
    """Close rooms whose time is over, until cancelled."""
    while True:
        await asyncio.sleep(every)
        rooms.expire()


async def serve_signal(
    request: web.Request, rooms: Rooms, visit: Visit, limits: Limits = LIMITS
) -> web.WebSocketResponse:
    """Hold the signaling socket of one page until it leaves or breaks a rule."""
    socket = await open_socket(request, limits)
    with request.config_dict[OPEN_SOCKETS].hold(socket):
        code = await _attend(socket, rooms, visit, limits.hello)
        closed_with = socket.response.close_code if code is None else int(code)
        log.info("signal", extra={"role": visit.role.value, "code": closed_with})
        await socket.finish(code)
    return socket.response


async def _attend(socket: SignalSocket, rooms: Rooms, visit: Visit, hello: float) -> Close | None:
    """Serve one page to its end; return the code to close with, None if it's closed already."""
    try:
        seat = await _seat(socket, visit, hello)
        room = _enter(rooms, visit, seat)
        await _stay(socket, room, seat)
    except ProtocolError as error:
        return error.code
    except Gone:
        return socket.code
    except asyncio.CancelledError:
        if socket.code is None:
            raise
        socket.handler.uncancel()
        return socket.code
    return Close.BYE


async def _seat(socket: SignalSocket, visit: Visit, seconds: float) -> Seat:
    try:
        async with asyncio.timeout(seconds):
            frame = await socket.receive()
    except TimeoutError as error:
        raise ProtocolError(Close.SILENT) from error
    if isinstance(frame, bytes):
        raise ProtocolError(Close.VIOLATION)
    match parse(frame, visit.role):
        case Hello(instance):
            return Seat(
                visit.role, visit.device, instance, socket.send, socket.close, host=visit.host
            )
    raise ProtocolError(Close.VIOLATION)


def _enter(rooms: Rooms, visit: Visit, seat: Seat) -> Room:
    try:
        return rooms.join(visit.appointment_id, visit.until, seat, visit.ice, visit.announced)
    except Over as error:
        raise ProtocolError(Close.OVER) from error
    except (NoPlace, TooManyRooms) as error:
        raise ProtocolError(Close.FULL) from error


async def _stay(socket: SignalSocket, room: Room, seat: Seat) -> None:
    reason = Reason.LOST
    try:
        await _talk(socket, room, seat)
        reason = Reason.BYE
    finally:
        room.leave(seat, reason)


async def _talk(socket: SignalSocket, room: Room, seat: Seat) -> None:
    """Pass on what comes in until the page says `bye`."""
    while True:
        frame = await socket.receive()
        if isinstance(frame, bytes):
            room.relay(seat, frame)
            continue
        match parse(frame, seat.role):
            case Bye():
                return
            case Hello():
                raise ProtocolError(Close.VIOLATION)
            case message:
                room.handle(seat, message)

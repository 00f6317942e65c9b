"""One signaling WebSocket: bounded in both directions, written to without waiting.

Knows frames and limits; no room, no role, nothing of what a frame says. A frame for a browser
goes to its transport within the same turn of the event loop, joined with the others of that turn:
no queue and no second task per socket. What the browser doesn't take lies in the transport's
buffer, and an `Outbox` keeps count of it.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web

from practicebox.rtc.bucket import Bucket
from practicebox.rtc.messages import Close, ProtocolError, ToBrowser, dump
from practicebox.rtc.outbox import Outbox

MAX_FRAME = 64 * 1024  # bytes; an audio-video SDP is 4 to 6 KiB

# asyncio takes a fresh buffer of 256 KiB for each read, which malloc maps and unmaps: that costs
# more than everything else done for a frame.
READ_SIZE = 64 * 1024

# A frame of the box is final and unmasked; its length takes 0, 2 or 8 bytes more (RFC 6455
# section 5.2).
FINAL = 0x80
SHORT = struct.Struct("!BB")
MEDIUM = struct.Struct("!BBH")
LONG = struct.Struct("!BBQ")

COUNTED = frozenset({WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG})


class Gone(Exception):
    """The socket is closed: by the browser, by a dead line, or because of a broken frame."""


@dataclass(frozen=True)
class Limits:
    """What one socket may do. An offer and 20 candidates are 21 frames and 12 KiB."""

    hello: float = 10.0  # seconds until the first frame
    heartbeat: float = 20.0  # seconds between pings; a dead line is noticed after 1.5 of them
    frames: float = 400
    frames_per_second: float = 60
    octets: float = 2 * 1024 * 1024
    octets_per_second: float = 256 * 1024
    outbox_frames: int = 256
    outbox_octets: int = 1024 * 1024
    closing: float = 5.0  # seconds to read up to our close frame and to answer it


LIMITS = Limits()


class SignalSocket:
    """A socket that is open; made in the task of its request, by `open_socket`."""

    __slots__ = (
        "_frames",
        "_loop",
        "_octets",
        "_outbox",
        "_pending",
        "_transport",
        "code",
        "handler",
        "response",
    )

    def __init__(
        self,
        response: web.WebSocketResponse,
        transport: asyncio.Transport,
        handler: asyncio.Task[object],
        limits: Limits,
    ) -> None:
        self.response = response
        self.handler = handler
        self.code: Close | None = None  # why the box closes it; from then on it's deaf and dumb
        self._transport = transport
        self._loop = handler.get_loop()
        self._frames = Bucket(limits.frames, limits.frames_per_second)
        self._octets = Bucket(limits.octets, limits.octets_per_second)
        self._outbox = Outbox(limits.outbox_frames, limits.outbox_octets)
        self._pending: list[bytes] = []

    async def receive(self) -> str | bytes:
        """The next frame; raise `Gone` if none can come, `ProtocolError` for one too many."""
        while self.code is None:
            kind, data, _ = await self.response.receive()
            if kind not in COUNTED:
                if isinstance(data, WebSocketError):
                    self.code = Close(data.code)  # aiohttp has closed the socket with it
                raise Gone
            self._spend(len(data))
            if kind is WSMsgType.BINARY or kind is WSMsgType.TEXT:
                frame: str | bytes = data
                return frame
            if kind is WSMsgType.PING:
                self._write(WSMsgType.PONG, data)
        raise Gone

    def send(self, message: ToBrowser | bytes) -> None:
        """Send payload or a control message; never waits, gives up a browser that's too slow."""
        if isinstance(message, bytes):
            self._write(WSMsgType.BINARY, message)
        else:
            self._write(WSMsgType.TEXT, dump(message).encode())

    def close(self, code: Close) -> None:
        """Have the socket closed with `code` by its own task; the first code counts."""
        if self.code is not None:
            return
        self.code = code
        if asyncio.current_task() is not self.handler:
            self.handler.cancel()

    async def finish(self, code: Close | None) -> None:
        """Close the socket with `code`, None if the browser has; in the task of its request."""
        if code is not None:
            self.code = code
            self._flush()
            if not await self.response.close(code=code, drain=False):
                return  # aiohttp refused a frame and has closed it so
        if self.response.close_code == WSCloseCode.ABNORMAL_CLOSURE:
            self.abort()  # what a dead browser doesn't take would keep the connection for minutes

    def abort(self) -> None:
        """Let go of the socket at once."""
        self._transport.abort()

    def _spend(self, size: int) -> None:
        now = self._loop.time()
        if not (self._frames.take(1, now) and self._octets.take(size, now)):
            raise ProtocolError(Close.FLOOD)

    def _write(self, opcode: int, payload: bytes) -> None:
        if self.code is not None:
            return
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append(_header(opcode, len(payload)) + payload)

    def _flush(self) -> None:
        frames, self._pending = self._pending, []
        transport = self._transport
        if not frames or transport.is_closing():
            return
        transport.write(b"".join(frames))
        if not self._outbox.wrote(frames, transport.get_write_buffer_size()):
            self.close(Close.TOO_SLOW)


async def open_socket(request: web.Request, limits: Limits) -> SignalSocket:
    """Answer the upgrade; raise `ConnectionResetError` if the browser has left meanwhile."""
    transport, handler = request.transport, asyncio.current_task()
    assert handler is not None
    if transport is None:
        raise ConnectionResetError
    response = web.WebSocketResponse(
        autoping=False,  # pings count like other frames, and a pong must not wait for its reader
        compress=False,  # costs more than all the rest, and tells lengths of what is sealed
        heartbeat=limits.heartbeat,
        max_msg_size=MAX_FRAME + 1,  # aiohttp refuses what reaches its limit
        timeout=limits.closing,
    )
    await response.prepare(request)
    transport.max_size = READ_SIZE  # type: ignore[attr-defined] # of asyncio's selector transport
    return SignalSocket(response, transport, handler, limits)


def _header(opcode: int, size: int) -> bytes:
    if size < 126:
        return SHORT.pack(FINAL | opcode, size)
    if size < 0x10000:
        return MEDIUM.pack(FINAL | opcode, 126, size)
    return LONG.pack(FINAL | opcode, 127, size)

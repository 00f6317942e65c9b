"""A door's port, for pages and maybe for the relay: the first byte tells HTTP from TURN.

Where a guest network lets out nothing but TCP 443, browsers reach the relay through the patient
door (`turns:`). A TURN stream begins with a request, whose first byte is below 4 (RFC 8489
section 5); HTTP begins with a letter. ChannelData, whose first byte is one too, comes only later.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from aiohttp import web

from practicebox.web.crowd import Crowd
from practicebox.web.listener import Listener, number_of
from practicebox.web.protocol import KEEP_ALIVE, connections

PATIENCE = KEEP_ALIVE  # seconds for the first byte
GOODBYE = 2.0  # seconds for the last words of TLS; asyncio's own half minute keeps the memory

Factory = Callable[[], asyncio.BaseProtocol]


class DoorSite(web.BaseSite):
    """A site of an `AppRunner` on a counted listener; with `turn` it also speaks TURN."""

    def __init__(
        self,
        runner: web.AppRunner,
        listener: Listener,
        crowd: Crowd,
        turn: Factory | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context)
        self._listener, self._crowd, self._turn = listener, crowd, turn

    @property
    def name(self) -> str:
        return str(self._listener.getsockname())

    async def start(self) -> None:
        """Listen; raise `OSError` when the port can't be had."""
        await super().start()
        server = self._runner.server
        assert server is not None, "the runner is set up"
        http, turn, crowd = connections(server), self._turn, self._crowd
        is_tls = self._ssl_context is not None
        self._server = await asyncio.get_running_loop().create_server(
            http if turn is None else lambda: Sorter(http, turn, crowd),
            sock=self._listener,
            ssl=self._ssl_context,
            ssl_handshake_timeout=PATIENCE if is_tls else None,
            ssl_shutdown_timeout=GOODBYE if is_tls else None,
            backlog=self._backlog,
        )


class Sorter(asyncio.Protocol):
    """Holds a new connection until its first byte, then hands it over with all that was read."""

    def __init__(self, http: Factory, turn: Factory, crowd: Crowd) -> None:
        self._http, self._turn, self._crowd = http, turn, crowd
        self._transport: asyncio.Transport
        self._bedtime: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._bedtime = loop.call_later(PATIENCE, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._bedtime.cancel()
        if is_turn(data[0]):
            self._crowd.work(number_of(self._transport))  # the relay counts on its own
            protocol = self._turn()
        else:
            protocol = self._http()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        give(protocol, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._bedtime.cancel()


def is_turn(first: int) -> bool:
    """Whether a stream that begins with this byte is STUN."""
    return first < 0x04


def give(protocol: asyncio.BaseProtocol, data: bytes) -> None:
    """Let `protocol` read `data` as if it came from its transport."""
    if isinstance(protocol, asyncio.Protocol):
        protocol.data_received(data)
        return
    assert isinstance(protocol, asyncio.BufferedProtocol)
    while data:
        buffer = memoryview(protocol.get_buffer(len(data)))
        taken, data = data[: len(buffer)], data[len(buffer) :]
        buffer[: len(taken)] = taken
        protocol.buffer_updated(len(taken))

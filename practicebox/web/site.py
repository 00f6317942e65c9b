"""One port for pages and relay: the first byte of a connection tells HTTP from TURN.

Where a guest network lets out nothing but TCP 443, browsers reach the relay through the patient
door (`turns:`). A TURN stream begins with a request, whose first byte is below 4 (RFC 8489
section 5); HTTP begins with a letter. ChannelData, whose first byte is one too, comes only later.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from aiohttp import web

PATIENCE = 15.0  # seconds for the first byte, as long as an idle connection is kept

Factory = Callable[[], asyncio.BaseProtocol]


class SharedSite(web.BaseSite):
    """A site of an `AppRunner` whose port also speaks TURN."""

    def __init__(
        self,
        runner: web.AppRunner,
        host: str | None,
        port: int,
        turn: Factory,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context)
        self._host, self._port, self._turn = host, port, turn

    @property
    def name(self) -> str:
        return f"{self._host or '*'}:{self._port}"

    async def start(self) -> None:
        """Listen; raise `OSError` when the port can't be had."""
        await super().start()
        http = self._runner.server
        assert http is not None, "the runner is set up"
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Sorter(http, self._turn),
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
        )


class Sorter(asyncio.Protocol):
    """Holds a new connection until its first byte, then hands it over with all that was read."""

    def __init__(self, http: Factory, turn: Factory) -> None:
        self._http, self._turn = http, turn
        self._transport: asyncio.Transport
        self._bedtime: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._bedtime = loop.call_later(PATIENCE, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._bedtime.cancel()
        protocol = (self._turn if is_turn(data[0]) else self._http)()
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

"""A TLS server that answers each request with two bytes, for the memory of its sockets.

    python bench/relay_tls_server.py CERTIFICATE MAX_SIZE

MAX_SIZE is asyncio's read buffer for each TLS connection in bytes; 0 leaves it as it is. Prints its
port as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from asyncio import sslproto

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Page(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER)


async def main() -> None:
    """Serve until the process is ended."""
    if size := int(sys.argv[2]):
        sslproto.SSLProtocol.max_size = size
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(Page, "127.0.0.1", 0, ssl=context)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())

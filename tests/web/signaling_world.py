"""A door with nothing but its signaling socket, and browsers that come to it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientWebSocketResponse, TCPConnector, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_aiohttp.plugin import AiohttpClient

from practicebox.rtc.messages import Role
from practicebox.rtc.rooms import Rooms
from practicebox.web.signal import Visit, register_sockets, serve_signal
from practicebox.web.signal_socket import LIMITS, Limits

START = datetime(2027, 1, 19, 15, 30, tzinfo=UTC)
UNTIL = START + timedelta(hours=2)
ICE: list[dict[str, object]] = [{"urls": "stun:box.example:3478"}]
ANNOUNCED = "203.0.113.7"
PATIENT = "aaaaaaaaaaaaaaaa"
CLINICIAN = "cccccccccccccccc"

Client = TestClient[web.Request, None]
Socket = ClientWebSocketResponse


class Box:
    """The signaling of a door, and browsers that come to it."""

    def __init__(self, limits: Limits, tls: bool) -> None:
        self.clock = [START]
        self.rooms = Rooms(lambda: self.clock[0])
        self.done: asyncio.Queue[str] = asyncio.Queue()  # roles whose sockets ended well
        self.app = web.Application()
        self.client: Client
        self._limits = limits
        self.tls = tls

    async def signal(self, request: web.Request) -> web.WebSocketResponse:
        query = request.query
        visit = Visit("a", Role(query["role"]), query["device"], "", UNTIL, ICE, ANNOUNCED)
        response = await serve_signal(request, self.rooms, visit, self._limits)
        self.done.put_nowait(query["role"])
        return response

    async def open(self, role: str, device: str = "phone", autoping: bool = True) -> Socket:
        path = f"/signal?role={role}&device={device}"
        return await self.client.ws_connect(path, autoping=autoping)

    async def patient(self, instance: str = PATIENT, device: str = "phone") -> Socket:
        return await hello(await self.open("patient", device), instance)

    async def clinician(self, autoping: bool = True) -> Socket:
        return await hello(await self.open("clinician", "desk", autoping), CLINICIAN)

    async def both(self) -> tuple[Socket, Socket]:
        """The clinician and the patient, after they have met."""
        clinician, patient = await self.clinician(), await self.patient()
        for page in (clinician, patient):
            assert [(await control(page))["kind"] for _ in range(2)] == ["welcome", "peer"]
        return clinician, patient


class Door(TestServer):
    """Unlike aiohttp's test server, the doors don't cancel the handler of a browser that left."""

    async def _make_runner(self, **kwargs: Any) -> web.AppRunner:
        return web.AppRunner(self.app, **{**kwargs, "handler_cancellation": False})


async def open_box(
    aiohttp_client: AiohttpClient, limits: Limits = LIMITS, tls: bool = False
) -> Box:
    """A running door whose clock stands still."""
    box = Box(limits, tls)
    register_sockets(box.app)
    box.app.router.add_get("/signal", box.signal)
    server = Door(box.app)
    await server.start_server(ssl=certified() if tls else None)
    connector = TCPConnector(ssl=False)
    box.client = await aiohttp_client(server, connector=connector)
    return box


def certified() -> ssl.SSLContext:
    """TLS with a certificate of this moment that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(Encoding.PEM))
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        context.load_cert_chain(file.name)
    return context


async def hello(socket: Socket, instance: str) -> Socket:
    await socket.send_json({"kind": "hello", "instance": instance})
    return socket


async def control(socket: Socket) -> dict[str, object]:
    """The next control message; payload before it is passed over."""
    while (frame := await socket.receive(timeout=5)).type is WSMsgType.BINARY:
        pass
    assert frame.type is WSMsgType.TEXT
    message: dict[str, object] = json.loads(frame.data)
    return message


async def close_code(socket: Socket) -> int | None:
    """How the box closes a socket, whatever it sends before."""
    async with asyncio.timeout(8):
        async for _ in socket:
            pass
    return socket.close_code


async def relays(sender: Socket, receiver: Socket) -> bool:
    """Whether payload gets through, behind what is still on the way."""
    await sender.send_bytes(b"still there?")
    while await receiver.receive_bytes(timeout=5) != b"still there?":
        pass
    return True


class RawBrowser:
    """A browser without any library, that reads only when it's asked to and answers nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, opcode: int, payload: bytes) -> None:
        """Send a short frame, with a mask of zeros."""
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload))
        self._writer.write(head + bytes(4) + payload)

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; raise an error of asyncio if there is none."""
        first, size = await self._reader.readexactly(2)
        if size >= 126:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
        return first & 0x0F, await self._reader.readexactly(size)

    async def close_code(self) -> int:
        """The code of the close frame, whatever comes before it."""
        async with asyncio.timeout(8):
            while (frame := await self.frame())[0] != WSMsgType.CLOSE:
                pass
        return int.from_bytes(frame[1][:2], "big")


@asynccontextmanager
async def raw_browser(box: Box, role: str) -> AsyncIterator[RawBrowser]:
    """Open a socket with small buffers, so that soon nothing fits any more."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (box.client.host, box.client.port))
    trusting = ssl._create_unverified_context() if box.tls else None
    reader, writer = await asyncio.open_connection(
        sock=sock,
        limit=16 * 1024,
        ssl=trusting,
        server_hostname=box.client.host if box.tls else None,
    )
    writer.write(
        f"GET /signal?role={role}&device=raw HTTP/1.1\r\nHost: {box.client.host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    try:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        yield RawBrowser(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()

import asyncio
import time

import pytest

from practicebox.stun.attributes import decode_xor_address
from practicebox.stun.bucket import Bucket
from practicebox.stun.framing import channel_data
from practicebox.stun.gate import Gate
from practicebox.stun.message import decode
from practicebox.stun.registry import Attribute
from practicebox.stun.tcp import IDLE, MOST, UNSENT, TcpDoor
from tests.stun.samples import SAMPLE_REQUEST, request
from tests.stun.world import KEY, PATIENCE, running

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class World:
    """A door behind a listening socket."""

    def __init__(self, *, most: int = MOST, idle: float = IDLE, burst: int = 1000) -> None:
        self.gate = Gate(Bucket(KEY, rate=0.001, burst=burst), time.monotonic)
        self.door = TcpDoor(self.gate, most=most, idle=idle)
        self.streams: list[Stream] = []

    async def __aenter__(self) -> "World":
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(self.door.connection, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self.server.close()
        self.door.close()
        for _, writer in self.streams:
            writer.close()
        await self.server.wait_closed()

    async def connect(self) -> Stream:
        stream = await asyncio.open_connection("127.0.0.1", self.port)
        self.streams.append(stream)
        return stream


async def read(stream: Stream, size: int) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await stream[0].readexactly(size)


async def ask(stream: Stream) -> bytes:
    stream[1].write(request())
    return await read(stream, 32)


async def is_closed(stream: Stream) -> bool:
    async with asyncio.timeout(PATIENCE):
        try:
            return await stream[0].read(1) == b""
        except ConnectionResetError:
            return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_client_is_told_its_address(host: str) -> None:
    async with running() as server:
        reader, writer = await asyncio.open_connection(host, server.port)
        writer.write(request())
        answer = await read((reader, writer), 44 if ":" in host else 32)
        address = writer.get_extra_info("sockname")[:2]
        writer.close()
    value = decode(answer).value(Attribute.XOR_MAPPED_ADDRESS)
    assert value is not None
    assert decode_xor_address(value, answer[8:20]) == address


async def test_requests_may_come_in_pieces_and_in_bundles() -> None:
    async with World() as world:
        stream = await world.connect()
        reader, writer = stream
        for byte in request():
            writer.write(bytes([byte]))
            await writer.drain()
        await read(stream, 32)
        writer.write(request() * 5)
        assert (await read(stream, 160)).count(request()[8:20]) == 5
        assert reader.at_eof() is False


async def test_other_messages_meet_silence_and_the_connection_stays() -> None:
    async with World() as world:
        stream = await world.connect()
        stream[1].write(request(kind=0x0011) + channel_data(0x4000, b"abc"))
        assert len(await ask(stream)) == 32
        assert world.gate.silent == 2


@pytest.mark.parametrize(
    "nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\xff" * 9]
)
async def test_nonsense_closes_the_connection(nonsense: bytes) -> None:
    async with World() as world:
        stream = await world.connect()
        stream[1].write(nonsense)
        assert await is_closed(stream)


async def test_a_source_over_its_bucket_is_silenced() -> None:
    async with World(burst=2) as world:
        stream = await world.connect()
        stream[1].write(request() * 3 + SAMPLE_REQUEST)
        await read(stream, 64)
        stream[1].write_eof()
        assert await is_closed(stream)
        assert (world.gate.answered, world.gate.limited) == (2, 2)


async def test_a_silent_connection_is_closed() -> None:
    async with World(idle=0.05) as world:
        stream = await world.connect()
        stream[1].write(request()[:10])  # half a message is silence
        assert await is_closed(stream)


async def test_one_connection_too_many_closes_the_one_silent_longest() -> None:
    async with World(most=2) as world:
        first, second = await world.connect(), await world.connect()
        await ask(first)
        await ask(second)
        await ask(first)
        third = await world.connect()
        await ask(third)
        assert await is_closed(second)
        assert len(await ask(first)) == 32


class Pipe(asyncio.Transport):
    """A transport that notes what the connection asks of it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 5000)})
        self.log: list[str] = []

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.log.append(f"at most {high} unsent")

    def pause_reading(self) -> None:
        self.log.append("pause reading")

    def resume_reading(self) -> None:
        self.log.append("resume reading")


async def test_who_does_not_read_is_not_read_from() -> None:
    pipe, connection = Pipe(), TcpDoor(Gate(Bucket(KEY), time.monotonic)).connection()
    connection.connection_made(pipe)
    connection.pause_writing()
    connection.resume_writing()
    connection.connection_lost(None)
    assert pipe.log == [f"at most {UNSENT} unsent", "pause reading", "resume reading"]


async def test_a_client_that_leaves_in_the_middle_disturbs_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with World() as world:
        _, writer = await world.connect()
        stream = await world.connect()
        writer.write(request() * 500)
        await writer.drain()
        writer.transport.abort()
        assert len(await ask(stream)) == 32
    assert caplog.text == ""


async def test_closing_the_door_drops_everybody() -> None:
    async with World() as world:
        streams = [await world.connect() for _ in range(3)]
        for stream in streams:
            await ask(stream)
        world.door.close()
        assert [await is_closed(stream) for stream in streams] == [True] * 3

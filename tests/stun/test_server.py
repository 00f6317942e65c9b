import errno
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from practicebox.stun.attributes import decode_xor_address
from practicebox.stun.bucket import Bucket
from practicebox.stun.message import HEADER, MAGIC_COOKIE, decode, encode_attribute
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.server import serve
from tests.stun.samples import TRANSACTION_ID, captured, request
from tests.stun.world import CALLS, KEY, Client, running

UNKNOWN = request(encode_attribute(0x7777, b""))
EVERYWHERE = pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
BOTH_WAYS = pytest.mark.parametrize("way", CALLS)


def numbered(number: int, body: bytes = b"") -> bytes:
    return HEADER.pack(0x0001, len(body), MAGIC_COOKIE, number.to_bytes(12, "big")) + body


def mapped(answer: bytes) -> tuple[str, int]:
    message = decode(answer)
    value = message.value(Attribute.XOR_MAPPED_ADDRESS)
    assert message.message_class is MessageClass.SUCCESS_RESPONSE
    assert value is not None
    return decode_xor_address(value, message.transaction_id)


@BOTH_WAYS
@EVERYWHERE
async def test_a_client_is_told_its_address(host: str, way: str) -> None:
    async with running(calls=CALLS[way]) as server:
        with Client(host, server.port) as client:
            answer = await client.ask(request())
    assert mapped(answer) == client.address
    assert decode(answer).transaction_id == TRANSACTION_ID
    assert len(answer) == (44 if ":" in host else 32)


@BOTH_WAYS
@EVERYWHERE
async def test_a_request_with_attributes_is_answered_alike(host: str, way: str) -> None:
    async with running(calls=CALLS[way]) as server:
        with Client(host, server.port) as client:
            plain = await client.ask(request())
            software = await client.ask(request(encode_attribute(Attribute.SOFTWARE, b"some")))
            refusal = decode(await client.ask(captured("chromium-check")))
    assert plain == software
    assert refusal.message_class is MessageClass.ERROR_RESPONSE


@BOTH_WAYS
@EVERYWHERE
async def test_a_crowd_is_answered_each_with_its_own(host: str, way: str) -> None:
    async with running(calls=CALLS[way]) as server:
        clients = [Client(host, server.port) for _ in range(40)]
        for number, client in enumerate(clients):
            client.send(numbered(number))  # all wait in the socket before the server reads
        answers = [await client.receive() for client in clients]
        assert server.gate.answered == 40
    for number, (client, answer) in enumerate(zip(clients, answers, strict=True)):
        assert decode(answer).transaction_id == number.to_bytes(12, "big")
        assert mapped(answer) == client.address
        client.__exit__()


@BOTH_WAYS
@EVERYWHERE
async def test_answers_refusals_and_silence_mix(host: str, way: str) -> None:
    unknown = encode_attribute(0x7777, b"")
    kinds = {
        "plain": lambda number: numbered(number),
        "refused": lambda number: numbered(number, unknown),
        "garbage": lambda number: b"garbage%d" % number,
    }
    wanted = ["plain", "garbage", "refused", "plain", "plain", "garbage", "garbage", "plain"] * 5
    async with running(calls=CALLS[way]) as server:
        with Client(host, server.port) as client:
            for number, kind in enumerate(wanted):
                client.send(kinds[kind](number))
            answers = [await client.receive() for kind in wanted if kind != "garbage"]
            gate = server.gate
    found = {int.from_bytes(a[8:20], "big"): decode(a).message_class for a in answers}
    classes = {"plain": MessageClass.SUCCESS_RESPONSE, "refused": MessageClass.ERROR_RESPONSE}
    assert found == {n: classes[kind] for n, kind in enumerate(wanted) if kind != "garbage"}
    assert (gate.answered, gate.silent, gate.limited) == (25, 15, 0)


@BOTH_WAYS
@EVERYWHERE
async def test_hostile_datagrams_meet_silence(host: str, way: str) -> None:
    too_long = HEADER.pack(1, 3000, MAGIC_COOKIE, TRANSACTION_ID) + bytes(3000)
    cut_off_well = HEADER.pack(1, 1480, MAGIC_COOKIE, TRANSACTION_ID) + bytes(3000)
    hostile = [b"", b"\0", request()[:8], request()[:19], too_long, cut_off_well, request() + b"\0"]
    async with running(calls=CALLS[way]) as server:
        with Client(host, server.port) as client:
            for datagram in hostile:
                client.send(datagram)
            assert mapped(await client.ask(request())) == client.address
            assert server.gate.silent == len(hostile)


@BOTH_WAYS
async def test_the_longest_request_is_answered(way: str) -> None:
    long = request(encode_attribute(Attribute.SOFTWARE, bytes(1472)))
    async with running(calls=CALLS[way]) as server:
        with Client("127.0.0.1", server.port) as client:
            assert mapped(await client.ask(long)) == client.address


@BOTH_WAYS
async def test_a_flood_silences_only_its_own_source(way: str) -> None:
    bucket = Bucket(KEY, rate=0.001, burst=8)
    async with running(bucket=bucket, calls=CALLS[way]) as server:
        flood = Client("127.0.0.1", server.port, source="127.0.0.3")
        with flood, Client("127.0.0.1", server.port, source="127.0.0.4") as patient:
            for number in range(60):
                flood.send(numbered(number))
                if number % 10 == 9:
                    patient.send(numbered(number))
            answers = [await patient.receive() for _ in range(6)]
            gate = server.gate
            assert [mapped(answer) for answer in answers] == [patient.address] * 6
            assert (gate.answered, gate.limited) == (8 + 6, 60 - 8)


async def test_the_answer_comes_from_the_address_that_was_asked() -> None:
    async with running(host_v4="0.0.0.0", host_v6="::") as server:
        with Client("127.0.0.5", server.port, source="127.0.0.1") as client:
            assert mapped(await client.ask(request())) == client.address
            refusal = await client.ask(UNKNOWN)
    assert decode(refusal).message_class is MessageClass.ERROR_RESPONSE


def other_address() -> str:
    """An address of this machine that is not on the loopback interface; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
        except OSError:
            return pytest.skip("this machine has no network")
        host: str = sock.getsockname()[0]
        return host


@pytest.mark.parametrize("asked", ["127.0.0.5", "the other"])
@pytest.mark.parametrize("source", ["127.0.0.1", "the other"])
async def test_the_answer_finds_back_between_interfaces(asked: str, source: str) -> None:
    own = {"the other": other_address()}
    async with running(host_v4="0.0.0.0", host_v6=None) as server:
        with Client(own.get(asked, asked), server.port, own.get(source, source)) as client:
            assert mapped(await client.ask(request())) == client.address


async def test_a_client_that_is_gone_disturbs_nobody() -> None:
    async with running() as server:
        for _ in range(20):  # their answers come back as ICMP errors
            with Client("127.0.0.1", server.port) as gone:
                gone.send(request())
        with Client("127.0.0.1", server.port) as client:
            assert mapped(await client.ask(request())) == client.address


async def test_all_sockets_share_one_port() -> None:
    async with running() as server:
        assert server.has_ipv6
        for family, kind in (
            (socket.AF_INET, socket.SOCK_DGRAM),
            (socket.AF_INET, socket.SOCK_STREAM),
            (socket.AF_INET6, socket.SOCK_DGRAM),
            (socket.AF_INET6, socket.SOCK_STREAM),
        ):
            with socket.socket(family, kind) as sock, pytest.raises(OSError) as taken:
                sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", server.port))
            assert taken.value.errno == errno.EADDRINUSE


async def test_a_machine_without_ipv6_is_served_over_ipv4() -> None:
    no_address_of_ours = "2001:db8::1"
    async with running(host_v6=no_address_of_ours) as server:
        assert not server.has_ipv6
        with Client("127.0.0.1", server.port) as client:
            assert mapped(await client.ask(request())) == client.address


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with running() as server:
        with pytest.raises(OSError) as taken:
            await serve("127.0.0.1", None, server.port, bucket=Bucket(KEY), clock=time.monotonic)
        assert taken.value.errno == errno.EADDRINUSE


async def test_a_closed_server_gives_its_port_back() -> None:
    async with running() as server:
        server.close()
        server.close()
        again = await serve(
            "127.0.0.1", "::1", server.port, bucket=Bucket(KEY), clock=time.monotonic
        )
        with Client("127.0.0.1", server.port) as client:
            await client.ask(request())
        assert (server.gate.answered, again.gate.answered) == (0, 1)
        again.close()


def test_it_runs_where_memory_is_never_writable_and_executable() -> None:
    program = """
        import asyncio, ctypes, sys
        if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE, Linux 6.3
            sys.exit(77)
        from tests.stun.samples import request
        from tests.stun.world import Client, running
        async def main():
            async with running() as server:
                for host in ("127.0.0.1", "::1"):
                    with Client(host, server.port) as client:
                        assert len(await client.ask(request())) in (32, 44)
        asyncio.run(main())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    if done.returncode == 77:
        pytest.skip("this kernel can't deny writable and executable memory")
    assert (done.returncode, done.stderr) == (0, "")

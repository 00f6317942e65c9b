import gc
import socket

import pytest

from practicebox.stun.batch import SIZE, Batch
from practicebox.stun.bucket import source_of
from practicebox.stun.syscalls import system_calls
from tests.stun.samples import SAMPLE_REQUEST, captured, request
from tests.stun.world import Client

CALLS = system_calls()
pytestmark = pytest.mark.skipif(CALLS is None, reason="this system has no batch calls")


@pytest.fixture(params=["127.0.0.1", "::1"])
def sock(request: pytest.FixtureRequest) -> socket.socket:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((request.param, 0))
    request.addfinalizer(sock.close)
    return sock


def batch_of(sock: socket.socket) -> Batch:
    assert CALLS is not None
    return Batch(sock, CALLS)


def test_datagrams_and_senders_are_found_in_their_slots(sock: socket.socket) -> None:
    host, port = sock.getsockname()[:2]
    batch = batch_of(sock)
    datagrams = [request(), b"", b"short", SAMPLE_REQUEST, captured("firefox-check")] * 3
    with Client(host, port) as client:
        for datagram in datagrams:
            client.send(datagram)
        assert batch.receive() == len(datagrams)
        assert [batch.datagram(slot) for slot in range(len(datagrams))] == datagrams
        assert {batch.address(slot) for slot in range(len(datagrams))} == {client.address}
        assert set(batch.sources(len(datagrams))) == {source_of(host)}


def test_slots_serve_again_and_again(sock: socket.socket) -> None:
    host, port = sock.getsockname()[:2]
    batch = batch_of(sock)
    gc.collect()  # the kernel writes to memory that only addresses point to
    with Client(host, port) as client:
        for count in [*range(SIZE + 1), 3, SIZE]:
            for _ in range(count):
                client.send(request())
            assert batch.receive() == count
            if count:
                batch.map_addresses(count)
                batch.send_plain(0, count)
            answers = [client.sock.recv(100) for _ in range(count)]
            assert {len(answer) for answer in answers} <= {32, 44}
            assert len(set(answers)) <= 1

import socket
from collections.abc import Iterator

import pytest

from practicebox.stun.batch import SIZE
from practicebox.stun.bucket import Bucket
from practicebox.stun.gate import Gate
from practicebox.stun.message import encode_attribute
from practicebox.stun.udp import reader
from tests.stun.samples import request
from tests.stun.world import CALLS, KEY, Client


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        yield sock


def open_gate() -> Gate:
    return Gate(Bucket(KEY), clock=lambda: 0.0)


@pytest.mark.parametrize("way", CALLS)
def test_a_turn_of_the_loop_handles_only_so_many(sock: socket.socket, way: str) -> None:
    gate = open_gate()
    turn = reader(sock, gate, CALLS[way]())
    with Client("127.0.0.1", sock.getsockname()[1]) as client:
        for _ in range(2 * SIZE + 3):
            client.send(request())
        counts = []
        for _ in range(4):
            turn()
            counts.append(gate.answered)
    assert counts == [SIZE, 2 * SIZE, 2 * SIZE + 3, 2 * SIZE + 3]


@pytest.mark.parametrize("way", CALLS)
def test_a_turn_without_datagrams_does_nothing(sock: socket.socket, way: str) -> None:
    gate = open_gate()
    reader(sock, gate, CALLS[way]())()
    assert (gate.answered, gate.silent, gate.limited) == (0, 0, 0)


@pytest.mark.parametrize("way", CALLS)
def test_answers_that_cannot_be_sent_are_lost_quietly(sock: socket.socket, way: str) -> None:
    gate = open_gate()
    turn = reader(sock, gate, CALLS[way]())
    with Client("127.0.0.1", sock.getsockname()[1]) as client:
        client.send(request())
        client.send(request(encode_attribute(0x7777, b"")))
        sock.connect(client.address)
        sock.shutdown(socket.SHUT_WR)  # every answer fails with EPIPE
        turn()
        with pytest.raises(BlockingIOError):
            client.sock.recv(100)
    assert gate.answered == 2

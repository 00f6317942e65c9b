import errno
import socket

import pytest

from practicebox.stun.sockets import open_sockets
from tests.ports import free_port


def test_ipv4_comes_first_and_all_have_one_port() -> None:
    datagrams, streams = open_sockets("127.0.0.1", "::1", 0)
    families = [socket.AF_INET, socket.AF_INET6]
    assert [sock.family for sock in datagrams] == families
    assert [sock.family for sock in streams] == families
    assert len({sock.getsockname()[1] for sock in datagrams + streams}) == 1
    for sock in datagrams + streams:
        assert not sock.getblocking()
        sock.close()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_when_one_cannot_be_had_none_stays_open(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET6, kind) as taken:
        taken.bind(("::1", free_port()))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError) as refusal:
            open_sockets("127.0.0.1", "::1", port)
        assert refusal.value.errno == errno.EADDRINUSE
    datagrams, streams = open_sockets("127.0.0.1", "::1", port)  # nobody holds it any more
    for sock in datagrams + streams:
        sock.close()


def test_an_address_that_is_not_ours_is_an_error() -> None:
    with pytest.raises(OSError) as refusal:
        open_sockets("192.0.2.200", None, 0)
    assert refusal.value.errno == errno.EADDRNOTAVAIL

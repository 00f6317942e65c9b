"""The handshake of a TURN client over UDP: Allocate, ChannelBind, and a peer to talk to.

Requests are made with our own codec; that it is right is the business of the tests. Afterwards the
sockets belong to the load generator.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from practicebox.stun.attributes import decode_error_code, decode_xor_address, encode_xor_address
from practicebox.stun.integrity import long_term_key, with_integrity
from practicebox.stun.message import Message, NotStun, decode
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay.numbers import UDP, Method, TurnAttribute

BY_UDP = (int(TurnAttribute.REQUESTED_TRANSPORT), bytes((UDP, 0, 0, 0)))
CHANNEL = 0x4001
HOST = "127.0.0.1"
PATIENCE = 5.0  # seconds for an answer
QUEUE = 4 << 20  # bytes; the load generator must not be the one that loses packets

Attributes = tuple[tuple[int, bytes], ...]


class Refused(Exception):
    """The server answered with an error; the text is its number."""


@dataclass(frozen=True)
class User:
    """Long-term credentials."""

    name: str
    password: str


@dataclass(frozen=True)
class Call:
    """Two sockets, connected: the client's to the server, the peer's to the relayed address."""

    client: socket.socket
    peer: socket.socket

    @property
    def pair(self) -> str:
        return f"{self.client.fileno()}:{self.peer.fileno()}"


class Client:
    """One allocation."""

    def __init__(self, sock: socket.socket, user: User) -> None:
        self._socket, self._user = sock, user
        self._realm = self._nonce = b""

    def allocate(self) -> tuple[str, int]:
        """The relayed address; raise `Refused`."""
        answer = self._ask(Method.ALLOCATE, (BY_UDP,))
        return decode_xor_address(
            answer.value(TurnAttribute.XOR_RELAYED_ADDRESS) or b"", answer.transaction_id
        )

    def bind_channel(self, peer: tuple[str, int]) -> None:
        number = struct.pack("!HH", CHANNEL, 0)
        self._ask(Method.CHANNEL_BIND, ((TurnAttribute.CHANNEL_NUMBER, number),), peer)

    def release(self) -> None:
        self._ask(Method.REFRESH, ((TurnAttribute.LIFETIME, bytes(4)),))

    def _ask(self, method: int, wanted: Attributes, peer: tuple[str, int] | None = None) -> Message:
        """Ask, and once more with the realm and nonce that the first refusal tells."""
        for _ in range(2):
            reply = self._exchange(method, wanted, peer)
            if reply.message_class is MessageClass.SUCCESS_RESPONSE:
                return reply
            code, _ = decode_error_code(reply.value(Attribute.ERROR_CODE) or b"")
            if code not in (401, 438):
                break
            self._realm = reply.value(Attribute.REALM) or self._realm
            self._nonce = reply.value(Attribute.NONCE) or b""
        raise Refused(str(code))

    def _exchange(self, method: int, wanted: Attributes, peer: tuple[str, int] | None) -> Message:
        transaction = os.urandom(12)
        if peer:
            wanted = (
                *wanted,
                (TurnAttribute.XOR_PEER_ADDRESS, encode_xor_address(peer, transaction)),
            )
        self._socket.send(
            request(method, transaction, wanted, self._user, self._realm, self._nonce)
        )
        while True:
            with suppress(NotStun):  # ChannelData that was still under way
                reply = decode(self._socket.recv(2048))
                if reply.transaction_id == transaction:
                    return reply


def request(
    method: int, transaction: bytes, wanted: Attributes, user: User, realm: bytes, nonce: bytes
) -> bytes:
    """A request, with credentials once there is a nonce."""
    if not nonce:
        return Message(MessageClass.REQUEST, transaction, wanted, method).encode()
    who = (
        (int(Attribute.USERNAME), user.name.encode()),
        (int(Attribute.REALM), realm),
        (int(Attribute.NONCE), nonce),
    )
    message = Message(MessageClass.REQUEST, transaction, (*wanted, *who), method).encode()
    return with_integrity(message, long_term_key(user.name, realm.decode(), user.password))


@contextmanager
def relayed_calls(port: int, users: list[User]) -> Iterator[list[Call]]:
    """A call for each user, its channel bound; the allocations are released at the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(_relayed_call(port, user)) for user in users]


@contextmanager
def direct_calls(count: int) -> Iterator[list[Call]]:
    """As many pairs of sockets without anything in between."""
    with ExitStack() as stack:
        calls = []
        for _ in range(count):
            client, peer = stack.enter_context(udp()), stack.enter_context(udp())
            client.connect(peer.getsockname())
            peer.connect(client.getsockname())
            calls.append(Call(client, peer))
        yield calls


@contextmanager
def _relayed_call(port: int, user: User) -> Iterator[Call]:
    with udp() as sock, udp() as peer:
        sock.connect((HOST, port))
        client = Client(sock, user)
        peer.connect(client.allocate())
        client.bind_channel(peer.getsockname())
        try:
            yield Call(sock, peer)
        finally:
            client.release()


@contextmanager
def udp(host: str = HOST) -> Iterator[socket.socket]:
    """A socket bound to any free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE)
        sock.bind((host, 0))
        sock.settimeout(PATIENCE)
        yield sock

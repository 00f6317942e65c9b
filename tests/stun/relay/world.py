"""A relay without sockets: its clients, what they say, and the ports that note what was sent."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterable

from practicebox.stun.attributes import (
    Address,
    decode_xor_address,
)
from practicebox.stun.integrity import long_term_key, with_integrity
from practicebox.stun.message import Message, decode
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.authority import Grant
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method, TurnAttribute
from practicebox.stun.relay.path import FiveTuple, Transport
from practicebox.stun.relay.relay import Relay
from tests.stun.relay.words import (
    BOX,
    BOX_V6,
    DOCTOR,
    DOCTOR_V6,
    REALM,
    UDP_WISH,
    Attributes,
    code,
    message,
    peer_attribute,
)


class Practice:
    """An authority: user names are `room/participant`, and the doctor's hosts may be reached."""

    def __init__(self, hosts: Iterable[str] | None = (DOCTOR[0], DOCTOR_V6[0])) -> None:
        self.hosts = None if hosts is None else set(hosts)  # None: all
        self.expired: set[str] = set()

    def grant(self, username: str) -> Grant | None:
        room, slash, participant = username.partition("/")
        if not slash or username in self.expired:
            return None
        return Grant(password_of(username), room, participant)

    def may_reach(self, room: str, host: str) -> bool:
        return self.hosts is None or host in self.hosts


def password_of(username: str) -> str:
    return f"password of {username}"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class NotedPorts:
    """Ports that send nothing but note it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.to_peers: list[tuple[Address, bytes]] = []
        self.to_clients: list[bytes] = []
        self.is_closed = False

    @property
    def port(self) -> int:
        return self._port

    def start(self, allocation: Allocation) -> None:
        self.allocation = allocation

    def to_peer(self, payload: bytes, peer: Address) -> None:
        self.to_peers.append((peer, payload))

    def to_client(self, message: bytes) -> None:
        self.to_clients.append(message)

    def close(self) -> None:
        self.is_closed = True


class Somebody:
    """A client at one 5-tuple, with a user name."""

    def __init__(self, world: World, username: str, source: Address, transport: Transport) -> None:
        self.path = FiveTuple(transport, source, (BOX, 3478))
        self.world, self.username = world, username
        self.password = password_of(username)
        self.nonce = b""
        self.ports: NotedPorts

    def open(self, family: socket.AddressFamily, even: bool) -> NotedPorts:
        if self.world.no_sockets:
            raise OSError("no more files")
        self.ports = NotedPorts(next(self.world.ports))
        return self.ports

    def ask(self, method: int, *attributes: tuple[int, bytes]) -> Message:
        """The answer to a request with credentials; a first one fetches the nonce."""
        if not self.nonce:
            self.challenged()
        answer = self.say(self.signed(method, attributes))
        assert answer is not None
        return decode(answer)

    def challenged(self) -> None:
        """Learn the nonce as browsers do."""
        answer = self.say(message(Method.ALLOCATE, (UDP_WISH,)))
        assert answer is not None
        self.nonce = decode(answer).value(Attribute.NONCE) or b""

    def signed(self, method: int, attributes: Attributes, identifier: bytes = b"") -> bytes:
        """The request with this client's credentials."""
        credentials: Attributes = (
            (Attribute.USERNAME, self.username.encode()),
            (Attribute.REALM, REALM.encode()),
            (Attribute.NONCE, self.nonce),
        )
        encoded = message(method, attributes + credentials, identifier=identifier)
        return with_integrity(encoded, self.key)

    @property
    def key(self) -> bytes:
        return long_term_key(self.username, REALM, self.password)

    def say(self, datagram: bytes) -> bytes | None:
        """Whatever the relay answers to a message of this client."""
        return self.world.relay.take(datagram, self)

    def allocate(self, *wishes: tuple[int, bytes]) -> Address:
        """The relayed address of a new allocation."""
        answer = self.ask(Method.ALLOCATE, UDP_WISH, *wishes)
        value = answer.value(TurnAttribute.XOR_RELAYED_ADDRESS)
        assert value is not None, code(answer)
        return decode_xor_address(value, answer.transaction_id)

    def permit(self, *peers: Address) -> int:
        """The code that CreatePermission is answered with, 0 for success."""
        return code(self.ask_about(Method.CREATE_PERMISSION, peers))

    def bind(self, number: int, peer: Address) -> int:
        """The code that ChannelBind is answered with, 0 for success."""
        wish = (TurnAttribute.CHANNEL_NUMBER, number.to_bytes(2, "big") + bytes(2))
        return code(self.ask_about(Method.CHANNEL_BIND, (peer,), wish))

    def ask_about(self, method: int, peers: Iterable[Address], *more: tuple[int, bytes]) -> Message:
        """Ask for something about peers."""
        identifier = next(self.world.identifiers)
        if not self.nonce:
            self.challenged()
        values = tuple(peer_attribute(peer, identifier) for peer in peers)
        answer = self.say(self.signed(method, (*more, *values), identifier))
        assert answer is not None
        return decode(answer)

    def send(self, peer: Address, payload: bytes, *more: tuple[int, bytes]) -> None:
        """A Send indication."""
        identifier = next(self.world.identifiers)
        attributes = (peer_attribute(peer, identifier), (TurnAttribute.DATA, payload), *more)
        kind = MessageClass.INDICATION
        assert self.say(Message(kind, identifier, attributes, Method.SEND).encode()) is None


class World:
    """A relay with a clock of its own."""

    def __init__(
        self,
        authority: Practice | None = None,
        *,
        limits: Limits | None = None,
        own: Callable[[str], bool] | frozenset[str] = frozenset(),
        is_forbidden: Callable[[str], bool] | None = None,
    ) -> None:
        self.authority, self.clock = authority or Practice(), Clock()
        self.ports = itertools.count(40000)
        self.sources = itertools.count(1000)
        self.identifiers = (number.to_bytes(12, "big") for number in itertools.count(1))
        self.no_sockets = False
        self.relay = Relay(
            self.authority,
            realm=REALM,
            key=bytes(32),
            clock=self.clock,
            addresses=[BOX, BOX_V6],
            own=own,
            limits=limits,
            is_forbidden=is_forbidden,
            random=bytes,
        )

    def client(
        self,
        username: str = "room/patient",
        source: Address | None = None,
        transport: Transport = Transport.UDP,
    ) -> Somebody:
        """Somebody from the internet, at a port of its own."""
        where = source or ("203.0.113.7", next(self.sources))
        return Somebody(self, username, where, transport)

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.relay.expire()

    def arrives(self, client: Somebody, peer: Address, payload: bytes) -> None:
        """A datagram from a peer reaches the relayed address."""
        self.relay.traffic.from_peer(client.ports.allocation, peer, payload)


def with_permission(world: World) -> Somebody:
    client = world.client()
    client.allocate()
    assert client.permit(DOCTOR) == 0
    return client


def with_channel(world: World, number: int = 0x4000) -> Somebody:
    client = world.client()
    client.allocate()
    assert client.bind(number, DOCTOR) == 0
    return client

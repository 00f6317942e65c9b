"""What the practice's router must let in, and which of it is missing when a hop fails.

Pure: it gets addresses and results and says what follows from them. The outside-in test tries the
hops from a phone outside; the network plan draws the same entries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit


class Hop(StrEnum):
    """What must work one after the other, in the order of the test."""

    NAME = "name"  # the public name leads to the practice's line
    TCP = "tcp"  # the router hands the port of that name on to the patient door
    CERTIFICATE = "certificate"  # the phone trusts the door
    SOCKET = "socket"  # a WebSocket stays open
    STUN = "stun"  # a Binding request by UDP is answered
    RELAY_UDP = "relay-udp"
    RELAY_TCP = "relay-tcp"
    RELAY_TLS = "relay-tls"


RELAY = (Hop.RELAY_UDP, Hop.RELAY_TCP, Hop.RELAY_TLS)

# Nobody on the internet has one of these. `ipaddress.is_private` would do, but it also counts
# addresses set aside for documentation, which the lab uses in place of the internet's.
INSIDE = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
        *("127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128", "::/128"),  # RFC 4193, RFC 4291
    )
)
CARRIER = ip_network("100.64.0.0/10")  # behind a NAT of the provider (RFC 6598)


@dataclass(frozen=True)
class Line:
    """How the box is connected, as far as it knows."""

    public_url: str = ""  # where patients reach their door
    hosts: tuple[
        str, ...
    ] = ()  # of the box in the practice, the one for the router's entries first
    networks: tuple[str, ...] = ()  # that the box is in, such as "192.168.178.0/24"
    gateway: str | None = None  # the router's own address
    staff_port: int = 8443
    patients_port: int = 8444
    stun_port: int = 3478
    relay: str = "auto"  # "auto", "never" or "external"
    own_authority: bool = False  # whether the certificate is of a CA that only the practice trusts

    @property
    def public_host(self) -> str:
        """The name or address in `public_url`, lower case."""
        return (urlsplit(self.public_url).hostname or "").rstrip(".")

    @property
    def public_port(self) -> int:
        """The port in front of the router."""
        return urlsplit(self.public_url).port or (443 if self.is_secure else 80)

    @property
    def is_secure(self) -> bool:
        """Whether patients come by HTTPS."""
        return self.public_url.startswith("https:")

    @property
    def host(self) -> str:
        """The box as the router's entries name it; empty if it isn't known."""
        return next((host for host in self.hosts if ":" not in host), "")

    @property
    def ipv6_host(self) -> str:
        """The address of the box that others on the internet can reach; empty without one."""
        return next((host for host in self.hosts if ":" in host and is_public(host)), "")


@dataclass(frozen=True)
class Entry:
    """One line of the router's list of forwarded ports."""

    protocol: str  # "TCP" or "UDP"
    outside: int  # port
    host: str
    inside: int  # port


def door_entry(line: Line) -> Entry:
    """For pages, signaling and the relay over TLS."""
    return Entry("TCP", line.public_port, line.host, line.patients_port)


def udp_entry(line: Line) -> Entry:
    """For STUN and the relay over UDP."""
    return Entry("UDP", line.stun_port, line.host, line.stun_port)


def tcp_entry(line: Line) -> Entry:
    """For the relay over TCP."""
    return Entry("TCP", line.stun_port, line.host, line.stun_port)


def entries(line: Line) -> tuple[Entry, ...]:
    """All that this box needs."""
    with_relay = (tcp_entry(line),) if line.relay == "auto" else ()
    return (door_entry(line), udp_entry(line), *with_relay)


def missing(
    hop: Hop, worked: Collection[Hop], line: Line, *, by_ipv6: bool = False
) -> tuple[Entry, ...]:
    """The entries without which `hop` fails, while all of `worked` are in order.

    Where another hop through the same entry works, the entry is there and the fault is the box's.
    Who came `by_ipv6` also needs what the router lets in there, as it is (`opened`).
    """
    entry = _missing(hop, worked, line)
    if entry is None:
        return ()
    return (entry, opened(entry, line)) if by_ipv6 and line.ipv6_host else (entry,)


def opened(entry: Entry, line: Line) -> Entry:
    """The same for IPv6, where routers let packets in but don't translate ports."""
    return Entry(entry.protocol, entry.inside, line.ipv6_host, entry.inside)


def _missing(hop: Hop, worked: Collection[Hop], line: Line) -> Entry | None:
    if hop is Hop.TCP:
        return door_entry(line)
    if hop is Hop.STUN:
        return udp_entry(line)
    if line.relay != "auto":
        return None  # the ports of another relay are not ours to open
    if hop is Hop.RELAY_UDP:
        return None if Hop.STUN in worked else udp_entry(line)
    return tcp_entry(line) if hop is Hop.RELAY_TCP else None


class Name(StrEnum):
    """What the public name leads to, as the box itself finds out."""

    PUBLIC = "public"  # an address on the internet
    NOTHING = "nothing"
    INSIDE = "inside"  # private addresses only: good inside the practice, for nobody outside
    CARRIER = "carrier"  # behind a NAT of the provider, which nobody can forward a port through


def judge(addresses: Iterable[str]) -> Name:
    """What kind of addresses a name has; one on the internet is enough."""
    found = list(addresses)
    if any(is_public(each) for each in found):
        return Name.PUBLIC
    if any(is_carrier(each) for each in found):
        return Name.CARRIER
    return Name.INSIDE if found else Name.NOTHING


def is_public(address: str) -> bool:
    """Whether everybody on the internet can send to `address` (an IP address)."""
    asked = ip_address(address)
    if isinstance(asked, IPv6Address) and asked.ipv4_mapped:
        asked = asked.ipv4_mapped
    return not (
        asked.is_multicast or asked in CARRIER or any(asked in network for network in INSIDE)
    )


def is_carrier(address: str) -> bool:
    """Whether `address` is behind the NAT of a provider."""
    return ip_address(address) in CARRIER


def is_ipv4(address: str) -> bool:
    """Whether packets of `address` came by IPv4; a socket for both families maps them."""
    return ":" not in address or address.startswith("::ffff:")


def is_at_home(address: str, line: Line, own: Collection[str]) -> bool:
    """Whether who comes from `address` is still inside the practice, `own` its public addresses.

    From inside, a router shows its guests to the box by their own address, by its inner one or,
    where it turns packets round outside (hairpin), by the practice's public one.
    """
    try:
        asked = ip_address(address.partition("%")[0])
    except ValueError:
        return True  # not even a line: nothing that could prove the way from outside
    if isinstance(asked, IPv6Address) and asked.ipv4_mapped:
        asked = asked.ipv4_mapped
    return (
        str(asked) in own
        or any(asked in network for network in INSIDE)
        or any(asked in ip_network(network) for network in line.networks)
    )


def learned(looked_up: Iterable[str]) -> str | None:
    """The practice's public IPv4 address, from all that its name leads to.

    None for several: then nobody knows which of them is this line's. IPv6 needs no announced
    candidate, because its host candidates are public themselves.
    """
    found = {each for each in looked_up if ":" not in each and is_public(each)}
    return found.pop() if len(found) == 1 else None

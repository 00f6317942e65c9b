"""Every packet that leaves a machine of the lab, seen on its way out (packet(7))."""

from __future__ import annotations

import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.netlab.namespaces import Namespace, inside

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
SOL_PACKET, PACKET_STATISTICS, SO_ATTACH_FILTER, SO_RCVBUFFORCE = 263, 6, 26, 33
KEPT = 64  # bytes of each packet: the addresses and ports
BUFFER = 16 * 1024 * 1024  # bytes; some seconds of video between two looks
# Classic BPF: keep the beginning of outgoing packets (`skb->pkt_type` is PACKET_OUTGOING).
OUTGOING = ((0x30, 0, 0, 0xFFFFF004), (0x15, 0, 1, 4), (0x06, 0, 0, KEPT), (0x06, 0, 0, 0))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Destination:
    """Where packets went."""

    address: Address
    protocol: int  # IANA protocol number
    port: int  # 0 where the protocol has none

    def __str__(self) -> str:
        name = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}.get(self.protocol, self.protocol)
        return f"{self.address} {name} {self.port}"


@dataclass
class Capture:
    """Which destinations a machine has sent to."""

    _socket: socket.socket
    seen: set[Destination] = field(default_factory=set)
    packets: int = 0

    def look(self) -> None:
        """Take what has piled up."""
        while True:
            try:
                packet, (device, protocol, kind, *_) = self._socket.recvfrom(KEPT)
            except BlockingIOError:
                return
            if device == "lo" or kind != socket.PACKET_OUTGOING:
                continue
            self.packets += 1
            if protocol == ETH_P_IP:
                self.seen.add(_destination4(packet))
            elif protocol == ETH_P_IPV6:
                self.seen.add(_destination6(packet))

    def begin(self) -> None:
        """Forget what was seen until now."""
        self.look()
        self.seen.clear()
        self.packets = 0

    def strangers(self, known: Iterable[str]) -> list[Destination]:
        """Destinations that are neither known nor the multicast of the own LAN."""
        self.look()
        ours = {ipaddress.ip_address(each) for each in known}
        found = {each for each in self.seen if each.address not in ours}
        return sorted((each for each in found if not _stays_on_lan(each.address)), key=str)

    def missed(self) -> int:
        """Packets that went by unseen since the last call."""
        numbers = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return int(struct.unpack("=II", numbers)[1])

    def close(self) -> None:
        self._socket.close()


def capture(namespace: Namespace) -> Capture:
    """Watch all devices of a machine but its loopback."""
    with inside(namespace):
        watching = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    watching.setblocking(False)
    watching.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    program = b"".join(struct.pack("=HBBI", *step) for step in OUTGOING)
    steps = ctypes.create_string_buffer(program)
    pointer = struct.pack("@HP", len(OUTGOING), ctypes.addressof(steps))
    watching.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, pointer)
    return Capture(watching)


def _stays_on_lan(address: Address) -> bool:
    """Link-local multicast (mDNS, neighbours), which no router passes on."""
    if address.version == 4:
        return address in ipaddress.ip_network("224.0.0.0/24")
    return address in ipaddress.ip_network("ff02::/16") or address.is_link_local


def _destination4(packet: bytes) -> Destination:
    protocol, length = packet[9], 4 * (packet[0] & 15)
    address = ipaddress.IPv4Address(packet[16:20])
    return Destination(address, protocol, _port(packet[length:], protocol))


def _destination6(packet: bytes) -> Destination:
    return Destination(
        ipaddress.IPv6Address(packet[24:40]), packet[6], _port(packet[40:], packet[6])
    )


def _port(segment: bytes, protocol: int) -> int:
    if protocol not in {6, 17} or len(segment) < 4:
        return 0
    return int.from_bytes(segment[2:4], "big")

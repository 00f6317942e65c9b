"""The name server of one machine of the lab, on its loopback: it knows one name.

It notes which names were asked for: whoever wanted to reach a third party would ask here first.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
from dataclasses import dataclass, field

from tests.netlab.namespaces import Namespace, inside

A, AAAA = 1, 28  # record types
NO_SUCH_NAME = 3
LIFETIME = 60  # seconds
# Browsers ask for these by themselves, whatever page they show; here they get no answer.
BROWSERS_OWN = (".google.com", ".googleapis.com", ".mozilla.com", ".mozilla.net", ".mozilla.org")


@dataclass
class Names:
    """Answers for `host` with its `addresses`."""

    host: str
    addresses: tuple[str, ...]
    asked: set[str] = field(default_factory=set)  # other names
    _socket: socket.socket | None = None

    def open(self, machine: Namespace) -> None:
        with inside(machine):
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind(("127.0.0.1", 53))
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def close(self) -> None:
        if self._socket:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def strange(self) -> list[str]:
        """Names that only a page can have asked for; the list of all is begun anew."""
        names, self.asked = self.asked, set()
        own = (*BROWSERS_OWN, socket.gethostname())
        return sorted(name for name in names if not name.endswith(own))

    def answer(self, query: bytes) -> bytes:
        """The response to a query with one question (RFC 1035 section 4.1)."""
        number, end = query[:2], _end_of_name(query)
        name, kind = _name(query[12:end]), struct.unpack_from(">H", query, end)[0]
        question = query[12 : end + 4]
        known = name == self.host
        if not known:
            self.asked.add(name)
        records = [_record(kind, each) for each in self.addresses if known]
        found = b"".join(records)
        flags = 0x8180 | (0 if known else NO_SUCH_NAME)
        count = sum(map(bool, records))
        return number + struct.pack(">HHHHH", flags, 1, count, 0, 0) + question + found

    def _read(self) -> None:
        assert self._socket is not None
        try:
            query, sender = self._socket.recvfrom(4096)
            self._socket.sendto(self.answer(query), sender)
        except (OSError, struct.error, IndexError):
            return  # who asks nonsense is not answered


def _end_of_name(query: bytes) -> int:
    position = 12
    while query[position]:
        position += 1 + query[position]
    return position + 1


def _name(labels: bytes) -> str:
    parts, position = [], 0
    while labels[position]:
        length = labels[position]
        parts.append(labels[position + 1 : position + 1 + length].decode("ascii", "replace"))
        position += 1 + length
    return ".".join(parts).lower()


def _record(kind: int, address: str) -> bytes:
    """A record for the name in the question, if the address is of that kind."""
    packed = ipaddress.ip_address(address).packed
    if kind != (A if len(packed) == 4 else AAAA):
        return b""
    return struct.pack(">HHHIH", 0xC00C, kind, 1, LIFETIME, len(packed)) + packed

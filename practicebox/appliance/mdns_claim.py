"""What a box claims on the network, and who contradicts it: the rules of RFC 6762, pure.

Knows labels, records and when they clash; knows no socket, no clock, no short name. A claim is
one label, used twice: for the host (`label.local`) and for the service instance of the staff
door. Both move on together, so that whoever finds the service also knows the host.

zeroconf asks only whether a service instance is taken, and does not defend a host name against
the ANY question of a probe (RFC 6762 section 8.1); that is why this module exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from practicebox.appliance.mdns_wire import (
    AAAA,
    MAX_LABEL,
    SRV,
    TXT,
    A,
    Packet,
    Record,
    encode_answer,
    encode_name,
    encode_probe,
    service_data,
)

TEXT = b"\x09txtvers=1\x06path=/"  # RFC 6763 section 6: a length byte before each pair


@dataclass(frozen=True)
class Claim:
    """One label and everything the box says under it."""

    label: str
    service: str  # "_https._tcp.local."
    port: int
    addresses: tuple[bytes, ...]  # 4 bytes each: the host's A records
    machine: frozenset[bytes] = frozenset()  # every address of this machine, IPv6 included

    @property
    def host(self) -> str:
        return f"{self.label}.local."

    @property
    def instance(self) -> str:
        return f"{self.label}.{self.service}"

    @property
    def names(self) -> tuple[bytes, bytes]:
        """Host and service instance in wire form."""
        return encode_name(self.host), encode_name(self.instance)

    @property
    def records(self) -> tuple[Record, ...]:
        """The records nobody else may have."""
        host, instance = self.names
        return (
            *(Record(host, A, address) for address in self.addresses),
            Record(instance, SRV, service_data(self.port, host)),
            Record(instance, TXT, TEXT),
        )

    def probe(self) -> bytes:
        """The question whether both names are free."""
        return encode_probe(self.names, self.records)

    def defence(self) -> bytes:
        """The answer to somebody else's probe: these names are ours."""
        return encode_answer(self.records)

    def is_contradicted_by(self, packet: Packet) -> bool:
        """Whether an answer gives one of our names to somebody else (sections 8.1 and 9).

        Another responder on this machine (avahi, say) may announce the same host with other
        addresses of ours: that is no contradiction.
        """
        if not packet.is_response:
            return False
        host, instance = self.names
        ours = {
            host: self.machine | set(self.addresses),
            instance: {record.data for record in self.records if record.name == instance},
        }
        return any(
            record.name in ours and record.data not in ours[record.name]
            for record in packet.records
            if record.kind in (A, AAAA, SRV) and record.ttl  # TTL 0, a goodbye, gives the name up
        )

    def is_probed_by(self, packet: Packet) -> bool:
        """Whether somebody asks if one of our names is free."""
        disputed = packet.asked.intersection(self.names)
        return not packet.is_response and any(r.name in disputed for r in packet.records)

    def yields_to(self, packet: Packet) -> bool:
        """Whether somebody who probes for our names at the same time goes first (section 8.2).

        The greater data wins. The data of all names in dispute are compared at once, so that
        two boxes, which dispute two names, come to one decision.
        """
        if not self.is_probed_by(packet):
            return False
        theirs = [record for record in packet.records if record.name in self.names]
        disputed = {record.name for record in theirs}
        return _in_order(r for r in self.records if r.name in disputed) < _in_order(theirs)


def numbered(label: str, number: int) -> str:
    """The label of the box that comes `number`th to it: `label`, `label-2`, `label-3` …"""
    if number == 1:
        return label
    suffix = f"-{number}"
    return label[: MAX_LABEL - len(suffix)].rstrip("-") + suffix


def _in_order(records: Iterable[Record]) -> list[tuple[bytes, int, bytes]]:
    return sorted((record.name, record.kind, record.data) for record in records)

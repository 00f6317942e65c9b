"""What stands in the requests of RFC 8656: lifetimes, transports, families, peers, channels.

Reads attributes, decides nothing that needs a table. A wish that makes no sense raises `Refused`.
"""

from __future__ import annotations

import socket

from practicebox.stun.attributes import Address, decode_xor_address, unknown_types
from practicebox.stun.message import Message, NotStun
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import (
    CHANNEL_NUMBERS,
    IPV4,
    IPV6,
    UDP,
    UNDERSTOOD,
    Failure,
    TurnAttribute,
)
from practicebox.stun.relay.refusal import Refused

RESERVE_NEXT = 0x80  # the R bit of EVEN-PORT (section 18.5)
FAMILIES = {IPV4: socket.AF_INET, IPV6: socket.AF_INET6}


def refuse_unknown(request: Message) -> None:
    """Raise `Refused` with 420 where the request demands what nobody here understands."""
    unknown = tuple(kind for kind in unknown_types(request.attributes) if kind not in UNDERSTOOD)
    if unknown:
        raise Refused(Failure.UNKNOWN_ATTRIBUTE, unknown)


def lifetime(request: Message, limits: Limits) -> int:
    """Seconds that an allocation may live (sections 7.2 and 8.2); 0 only where 0 is asked for."""
    value = request.value(TurnAttribute.LIFETIME)
    if value is None:
        return limits.lifetime
    if len(value) != 4:
        raise Refused(Failure.BAD_REQUEST)
    asked = int.from_bytes(value, "big")
    return min(max(asked, limits.lifetime), limits.longest_lifetime) if asked else 0


def check_transport(request: Message) -> None:
    """Raise `Refused` where anything but UDP is to be relayed (400, 442)."""
    value = request.value(TurnAttribute.REQUESTED_TRANSPORT)
    if value is None or len(value) != 4:
        raise Refused(Failure.BAD_REQUEST)
    if value[0] != UDP:
        raise Refused(Failure.UNSUPPORTED_TRANSPORT_PROTOCOL)


def even_port(request: Message) -> bool:
    """Whether the relayed port must be even (section 7.2, steps 5 and 6).

    A pair of ports for RTP and RTCP is never kept free (508): browsers send both through one.
    """
    even = request.value(TurnAttribute.EVEN_PORT)
    token = request.value(TurnAttribute.RESERVATION_TOKEN)
    if token is not None:
        both = even is not None or _family_value(request) is not None
        raise Refused(Failure.BAD_REQUEST if both else Failure.INSUFFICIENT_CAPACITY)
    if even is None:
        return False
    if len(even) != 1:
        raise Refused(Failure.BAD_REQUEST)
    if even[0] & RESERVE_NEXT:
        raise Refused(Failure.INSUFFICIENT_CAPACITY)
    return True


def family(request: Message) -> socket.AddressFamily:
    """Of the relayed address; IPv4 where nothing is asked for (sections 7.2 and 18.6)."""
    value = _family_value(request)
    if value is None:
        return socket.AF_INET
    if request.value(TurnAttribute.ADDITIONAL_ADDRESS_FAMILY) is not None:
        raise Refused(Failure.BAD_REQUEST)
    return _family(value)


def check_family(request: Message, is_v6: bool) -> None:
    """Raise `Refused` (443) where a Refresh names another family than the allocation's."""
    value = _family_value(request)
    if value is not None and (_family(value) is socket.AF_INET6) is not is_v6:
        raise Refused(Failure.PEER_ADDRESS_FAMILY_MISMATCH)


def peers(request: Message, is_v6: bool) -> list[Address]:
    """All XOR-PEER-ADDRESSes, at least one, all of the allocation's family (400, 443)."""
    values = [value for kind, value in request.attributes if kind == TurnAttribute.XOR_PEER_ADDRESS]
    if not values:
        raise Refused(Failure.BAD_REQUEST)
    return [_peer(value, request.transaction_id, is_v6) for value in values]


def channel_number(request: Message) -> int:
    """The CHANNEL-NUMBER (section 18.1; 400)."""
    value = request.value(TurnAttribute.CHANNEL_NUMBER)
    if value is None or len(value) != 4:
        raise Refused(Failure.BAD_REQUEST)
    number = int.from_bytes(value[:2], "big")
    if number not in CHANNEL_NUMBERS:
        raise Refused(Failure.BAD_REQUEST)
    return number


def _peer(value: bytes, transaction_id: bytes, is_v6: bool) -> Address:
    try:
        host, port = decode_xor_address(value, transaction_id)
    except NotStun:
        raise Refused(Failure.BAD_REQUEST) from None
    if (":" in host) is not is_v6:
        raise Refused(Failure.PEER_ADDRESS_FAMILY_MISMATCH)
    return host, port


def _family_value(request: Message) -> bytes | None:
    return request.value(TurnAttribute.REQUESTED_ADDRESS_FAMILY)


def _family(value: bytes) -> socket.AddressFamily:
    if len(value) != 4:
        raise Refused(Failure.BAD_REQUEST)
    try:
        return FAMILIES[value[0]]
    except KeyError:
        raise Refused(Failure.ADDRESS_FAMILY_NOT_SUPPORTED) from None

"""The numbers of RFC 8656 sections 17 to 19: methods, attribute types, error codes, families."""

from __future__ import annotations

import enum

from practicebox.stun.registry import Attribute


class Method(enum.IntEnum):
    """The methods (section 17)."""

    ALLOCATE = 0x003
    REFRESH = 0x004
    SEND = 0x006
    DATA = 0x007
    CREATE_PERMISSION = 0x008
    CHANNEL_BIND = 0x009


class TurnAttribute(enum.IntEnum):
    """The attribute types that this relay reads or writes (section 18)."""

    CHANNEL_NUMBER = 0x000C
    LIFETIME = 0x000D
    XOR_PEER_ADDRESS = 0x0012
    DATA = 0x0013
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_ADDRESS_FAMILY = 0x0017
    EVEN_PORT = 0x0018
    REQUESTED_TRANSPORT = 0x0019
    RESERVATION_TOKEN = 0x0022
    ADDITIONAL_ADDRESS_FAMILY = 0x8000


class Failure(enum.IntEnum):
    """The error codes (section 19, and RFC 8489 section 14.8)."""

    BAD_REQUEST = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    UNKNOWN_ATTRIBUTE = 420
    ALLOCATION_MISMATCH = 437
    STALE_NONCE = 438
    ADDRESS_FAMILY_NOT_SUPPORTED = 440
    WRONG_CREDENTIALS = 441
    UNSUPPORTED_TRANSPORT_PROTOCOL = 442
    PEER_ADDRESS_FAMILY_MISMATCH = 443
    ALLOCATION_QUOTA_REACHED = 486
    INSUFFICIENT_CAPACITY = 508


# DONT-FRAGMENT (0x001A) is not among them: what can't be done must be refused (section 7.2).
UNDERSTOOD = frozenset(map(int, Attribute)) | frozenset(map(int, TurnAttribute))
UDP = 17  # the only REQUESTED-TRANSPORT (section 18.8)
IPV4, IPV6 = 0x01, 0x02  # REQUESTED-ADDRESS-FAMILY (section 18.6)
# Section 12 ends them at 0x4FFF, so that a peer connection can tell them from other protocols on
# its socket (RFC 7983). Clients of RFC 5766, coturn's among them, take all up to 0x7FFF, which is
# no riddle for a server.
CHANNEL_NUMBERS = range(0x4000, 0x8000)

"""The numbers of RFC 8489 section 18: classes, methods, attribute types, password algorithms."""

from __future__ import annotations

import enum

BINDING = 0x001  # the method (section 18.3)
COMPREHENSION_OPTIONAL = 0x8000  # an attribute type from here on may be ignored (section 14)


class MessageClass(enum.IntEnum):
    """The class bits at their place in the message type (section 5, figure 3)."""

    REQUEST = 0x0000
    INDICATION = 0x0010
    SUCCESS_RESPONSE = 0x0100
    ERROR_RESPONSE = 0x0110


class Attribute(enum.IntEnum):
    """The attribute types (section 18.4)."""

    MAPPED_ADDRESS = 0x0001
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    UNKNOWN_ATTRIBUTES = 0x000A
    REALM = 0x0014
    NONCE = 0x0015
    MESSAGE_INTEGRITY_SHA256 = 0x001C
    PASSWORD_ALGORITHM = 0x001D
    USERHASH = 0x001E
    XOR_MAPPED_ADDRESS = 0x0020
    PASSWORD_ALGORITHMS = 0x8002
    ALTERNATE_DOMAIN = 0x8003
    SOFTWARE = 0x8022
    ALTERNATE_SERVER = 0x8023
    FINGERPRINT = 0x8028


class PasswordAlgorithm(enum.IntEnum):
    """How the key is made from a long-term password (section 18.5)."""

    MD5 = 0x0001
    SHA256 = 0x0002


class ErrorCode(enum.IntEnum):
    """The error codes this box sends (section 18.6)."""

    UNKNOWN_ATTRIBUTE = 420

"""The link of an invitation: a locator for the box and a secret the box never sees in a request.

`https://HOST/v#1.<rid>.<X>`: everything behind `#` stays in the browser. From X the
browser derives a join token; the box stores only a hash of that (DESIGN section 6).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

VERSION = "1"
RID_BYTES = 8
SECRET_BYTES = 16
PATH = "/v"
_JOIN_INFO = b"pb/sig/v1/join"


class NotALink(ValueError):
    """The text is no link of an invitation."""


@dataclass(frozen=True)
class Link:
    """`rid` (8 bytes) finds the invitation, `secret` X (16 bytes) opens it."""

    rid: bytes
    secret: bytes

    def fragment(self) -> str:
        """What stands behind `#`."""
        return f"{VERSION}.{encode(self.rid)}.{encode(self.secret)}"


def new_link(random: Callable[[int], bytes]) -> Link:
    """A fresh link; `random(n)` returns n random bytes."""
    return Link(random(RID_BYTES), random(SECRET_BYTES))


def address(public_url: str, link: Link) -> str:
    """The address that the QR code carries."""
    return f"{public_url.rstrip('/')}{PATH}#{link.fragment()}"


def read(text: str) -> Link:
    """The link in an address or a fragment; raise `NotALink` for anything else."""
    _, _, fragment = text.strip().rpartition("#")
    parts = fragment.split(".")
    if len(parts) != 3 or parts[0] != VERSION:
        raise NotALink
    rid, secret = decode(parts[1]), decode(parts[2])
    if len(rid) != RID_BYTES or len(secret) != SECRET_BYTES:
        raise NotALink
    return Link(rid, secret)


def join_token(link: Link) -> bytes:
    """T, 32 bytes: HKDF-SHA256 (RFC 5869) of X, salted with the locator."""
    salt = hashlib.sha256(b"pb-sig-v1|" + encode(link.rid).encode()).digest()
    extracted = hmac.digest(salt, link.secret, "sha256")
    return hmac.digest(extracted, _JOIN_INFO + b"\x01", "sha256")


def encode(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of base64url text; raise `NotALink` for anything else."""
    if len(text) > 64 or "=" in text:
        raise NotALink
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotALink from error
    if encode(data) != text:
        raise NotALink
    return data

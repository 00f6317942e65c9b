"""The public half of the box's authority. Doesn't load the library that makes certificates."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TrustAnchor:
    """What a computer needs to trust the authority, and to compare it: nothing secret."""

    name: str  # "PracticeBox 3F9A21C4"
    der: bytes
    ends: datetime  # aware

    def pem(self) -> bytes:
        return ssl.DER_cert_to_PEM_cert(self.der).encode()

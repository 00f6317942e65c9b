"""TLS of the doors: one `ssl.SSLContext` that always serves the newest certificate.

Knows protocol versions, suites, memory per connection, and when a certificate is taken over: a
changed pair of files (`tls_files`) or a renewed one of our own authority (`tls_local`). A
certificate that can't be used is not taken over; the doors keep the one they have, and `status`
says so. Another way to a certificate, such as ACME, is another `Source`.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from asyncio.sslproto import SSLProtocol
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from practicebox.appliance.trust_anchor import TrustAnchor

LOOK = 5.0  # seconds between two looks at files, names, addresses and the clock
# Forward secrecy and AEAD (RFC 9325 section 4.2); the suites of TLS 1.3 have nothing else.
SUITES_OF_TLS_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"
# asyncio reads into a buffer of 256 KiB, one for every connection: 307 KiB for an open WebSocket in
# all. A TLS record holds at most 16 KiB (RFC 8446 section 5.1); with a buffer of that size it is
# 67 KiB, and big uploads are a third faster (tests/appliance/test_tls_memory.py).
READ_BUFFER = 16 * 1024  # bytes

log = logging.getLogger(__name__)


class CannotServe(Exception):
    """The doors can't use this certificate; the text says what is wrong and what to do."""


class PasswordWanted(Exception):
    """A private key is protected by a password, and nobody is there to type it."""


@dataclass(frozen=True)
class Status:
    """What the status page says of the certificate that is served now."""

    mode: str  # "local" or "files"
    starts: datetime
    ends: datetime
    hosts: tuple[str, ...]
    left_out: tuple[str, ...] = ()  # hosts of ours that the authority doesn't cover
    anchor: TrustAnchor | None = None  # what computers have to trust, in mode "local"
    refused: str | None = None  # why a newer certificate was not taken over, one sentence


@dataclass(frozen=True)
class Offer:
    """A certificate that can be served."""

    context: ssl.SSLContext
    status: Status


class Source(Protocol):
    """Where certificates come from."""

    def look(self) -> Offer | None:
        """The certificate to serve from now on, None while the present one is right.

        Raise `CannotServe`, and raise it again at every look until the reason is gone. Called in a
        thread, never twice at a time. The first look returns an offer.
        """


class ServedCertificate:
    """The doors' TLS: `context` for their sockets, and `watch` to keep it current."""

    def __init__(self, source: Source) -> None:
        """Take the first offer; raise `CannotServe`."""
        first = source.look()
        assert first, "the first look returns an offer"
        self._source = source
        self._current = first.context
        self.status = first.status
        self.context = first.context
        self.context.sni_callback = self._hand_over
        self._asked = asyncio.Event()
        SSLProtocol.max_size = READ_BUFFER

    async def watch(self, every: float = LOOK) -> None:
        """Take over every new certificate until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), every)
            self._asked.clear()
            await self.refresh()

    def look_soon(self) -> None:
        """Let `watch` look at once: the box has just got a name."""
        self._asked.set()

    async def refresh(self) -> None:
        """Look once. Open connections keep what they have; new ones get the newest."""
        try:
            offer = await asyncio.to_thread(self._source.look)
        except CannotServe as condition:
            if self.status.refused is None:
                log.warning("certificate_refused")
            self.status = replace(self.status, refused=str(condition))
            return
        if offer:
            self._current, self.status = offer.context, offer.status
            log.info("certificate_taken_over")
        elif self.status.refused:
            self.status = replace(self.status, refused=None)

    def _hand_over(
        self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, front: ssl.SSLContext
    ) -> None:
        """Give a new connection the newest certificate (called in every ClientHello).

        Loading it into `front` instead would leave the old one beside it where the kind of key has
        changed (OpenSSL keeps one of each), and half of it for a moment.
        """
        connection.context = self._current


def make_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """What a door offers with this certificate.

    Raise `OSError` (`ssl.SSLError` is one) or `PasswordWanted`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES_OF_TLS_1_2)
    context.set_alpn_protocols(["http/1.1"])
    # All suites are good ones: a phone without AES in hardware may prefer ChaCha20.
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    context.load_cert_chain(certificate, key, password=_no_password)
    return context


def _no_password() -> str:
    """Without this OpenSSL would stop the box and ask for one at the terminal."""
    raise PasswordWanted

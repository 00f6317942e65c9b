"""A certificate that somebody else looks after: two PEM files, read again when they change.

Knows how an installer's mistakes look, and says each in one sentence.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509

from practicebox.appliance.certificate_pair import UNSOUND, hosts_of
from practicebox.appliance.tls import CannotServe, Offer, PasswordWanted, Status, make_context

Stamp = tuple[tuple[int, int, int], ...]  # of each file: modified (ns), bytes, inode


class FileSource:
    """The files `tls.certificate` and `tls.key`."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate, self._key = certificate, key
        self._seen: Stamp | None = None
        self._condition: CannotServe | None = None

    def look(self) -> Offer | None:
        """See `Source`. A pair of which only one file is new yet doesn't match and has to wait."""
        stamp = self._stamp()
        if stamp == self._seen:
            if self._condition:
                raise self._condition
            return None
        self._seen, self._condition = stamp, None
        try:
            return self._load()
        except CannotServe as condition:
            self._condition = condition
            raise

    def _stamp(self) -> Stamp:
        """What changes with the files, also where they are links to others."""
        return tuple(_stamp(path) for path in (self._certificate, self._key))

    def _load(self) -> Offer:
        try:
            chain = x509.load_pem_x509_certificates(self._certificate.read_bytes())
            status = _status(chain[0])
            self._key.read_bytes()
        except OSError as error:
            raise CannotServe(
                f"{error.filename} can't be read ({error.strerror}); correct tls.certificate and "
                "tls.key, or let this user read both files."
            ) from error
        except UNSOUND as error:
            raise CannotServe(
                f"tls.certificate: {self._certificate} holds no PEM certificate; "
                "give the certificate and those between it and its authority, as PEM."
            ) from error
        return Offer(self._context(), status)

    def _context(self) -> ssl.SSLContext:
        try:
            return make_context(self._certificate, self._key)
        except PasswordWanted as error:
            raise CannotServe(
                f"tls.key: {self._key} is protected by a password; give a key without one."
            ) from error
        except OSError as error:
            raise CannotServe(self._sentence(str(getattr(error, "reason", "")))) from error

    def _sentence(self, reason: str) -> str:
        if reason == "KEY_VALUES_MISMATCH":
            return f"tls.key: {self._key} does not belong to {self._certificate}; give a pair."
        if reason in {"EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
            return f"tls.certificate: {self._certificate} is too weak; get one with a new key."
        return f"tls.key: {self._key} holds no private key that can be used; give it as PEM."


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)  # missing; the sentence comes when it is read
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _status(certificate: x509.Certificate) -> Status:
    return Status(
        mode="files",
        starts=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        hosts=hosts_of(certificate),
    )

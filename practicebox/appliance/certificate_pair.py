"""A certificate together with its private key: written, read, and what hosts it stands for.

Knows PEM and subject alternative names; doesn't know who issues certificates, or where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

# What the parser raises for bytes that are no sound certificate or key.
UNSOUND = (
    ValueError,
    TypeError,  # the key has a password
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class NoCertificate(Exception):
    """These bytes hold no certificate with its key."""


@dataclass(frozen=True)
class Pair:
    """A certificate, of the authority or of the doors, with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def starts(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def ends(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def is_valid(self, now: datetime) -> bool:
        return self.starts <= now < self.ends

    def pem(self) -> bytes:
        """Both in one text: one file can't be half replaced."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),  # the box starts without anybody to type a password
        ) + self.certificate.public_bytes(serialization.Encoding.PEM)


def read(pem: bytes, issuer: x509.Certificate | None = None) -> Pair:
    """The pair in `pem`, signed by `issuer` or else by itself; raise `NoCertificate`.

    What has a right signature is not damaged.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, None)
        certificate.verify_directly_issued_by(issuer or certificate)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise NoCertificate
        if key.public_key() != certificate.public_key():
            raise NoCertificate
    except UNSOUND as error:
        raise NoCertificate from error
    return Pair(certificate, key)


def hosts_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Names and addresses that a certificate stands for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (
        *found.get_values_for_type(x509.DNSName),
        *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
    )


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` is; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None

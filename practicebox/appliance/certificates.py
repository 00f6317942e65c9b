"""The box's own certificate authority, and the certificates it issues for the doors.

Knows X.509 (RFC 5280) and what browsers ask of it; knows no file, no clock and no network
interface: times and hosts are passed in.

The authority is made before the practice has a name, and every computer of the practice has to
trust it by hand, once. So it lasts ten years and its name constraints cover from the start
whatever the box may be called later: every `.local` name, the loopback, all private addresses,
and the public host if there is one by then. It can't vouch for anything else, so a stolen
authority is no key to the practice's bank. A public host that is configured later is left out of
the certificates: to cover it means a new authority, which every computer would have to trust anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from practicebox.appliance.certificate_pair import Pair, address_of, hosts_of
from practicebox.appliance.trust_anchor import TrustAnchor

LIFE_OF_AUTHORITY = timedelta(days=3652)  # ten years
LIFE = timedelta(days=397)  # Apple and Chrome refuse more than 398 days
RENEW_AFTER = 0.6  # of a life, well before two thirds of it
BACKDATE = timedelta(days=1)  # computers of the practice may be late
PERMITTED_NAMES = ("local", "localhost")  # a constraint covers what is below it (4.2.1.10)
PERMITTED_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # RFC 3927, link-local
        "::1/128",
        "fc00::/7",  # RFC 4193, unique local
        "fe80::/10",
    )
)


def make_authority(now: datetime, public_host: str = "") -> Pair:
    """A new authority; `public_host` is a host name or an IP address, or empty."""
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # Two boxes must not have authorities of one name: trust stores find them by it.
    name = _name(f"PracticeBox {identifier.digest[:4].hex().upper()}")
    certificate = (
        _builder(name, name, key.public_key(), now - BACKDATE, now + LIFE_OF_AUTHORITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(public_host), None), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def issue(authority: Pair, hosts: Iterable[str], now: datetime) -> Pair:
    """A certificate of the doors for `hosts`, all of which the authority must cover.

    One host outside the constraints makes browsers refuse the whole certificate.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    names = [general_name(host) for host in sorted(set(hosts))]
    certificate = (
        _builder(
            _name("PracticeBox"),
            authority.certificate.subject,
            key.public_key(),
            max(now - BACKDATE, authority.starts),
            _end(authority, now),
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Pair(certificate, key)


def is_due(pair: Pair, authority: Pair, hosts: Iterable[str], now: datetime) -> bool:
    """Whether the doors need another certificate than `pair`."""
    if pair.certificate.issuer != authority.certificate.subject or not pair.is_valid(now):
        return True
    if not set(hosts) <= set(hosts_of(pair.certificate)):
        return True
    if now < pair.starts + RENEW_AFTER * (pair.ends - pair.starts):
        return False
    return _end(authority, now) > pair.ends  # at the end of the authority's life nothing is gained


def covers(authority: Pair, host: str) -> bool:
    """Whether the constraints of the authority permit `host` (RFC 5280 section 4.2.1.10)."""
    constraints = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = constraints.value.permitted_subtrees or []
    address = address_of(host)
    if address:
        return any(
            isinstance(name, x509.IPAddress) and address in ip_network(name.value)
            for name in permitted
        )
    return any(
        isinstance(name, x509.DNSName) and f".{host}".endswith(f".{name.value}")
        for name in permitted
    )


def general_name(host: str) -> x509.GeneralName:
    """A host as certificates write it; raise `ValueError` for one that they can't."""
    address = address_of(host)
    return x509.IPAddress(address) if address else x509.DNSName(host)


def anchor_of(authority: Pair) -> TrustAnchor:
    """The public half of an authority."""
    subject = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    der = authority.certificate.public_bytes(serialization.Encoding.DER)
    return TrustAnchor(str(subject[0].value), der, authority.ends)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    starts: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(public_host: str) -> list[x509.GeneralName]:
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in PERMITTED_NAMES]
    permitted += [x509.IPAddress(network) for network in PERMITTED_NETWORKS]
    address = address_of(public_host)
    if address:
        permitted.append(x509.IPAddress(ip_network(address)))
    elif public_host:
        permitted.append(x509.DNSName(public_host))
    return permitted


def _end(authority: Pair, now: datetime) -> datetime:
    return min(now - BACKDATE + LIFE, authority.ends)

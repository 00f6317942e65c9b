"""Certificates, clocks and real TLS sockets for the tests of the doors' certificate."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_interface
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from practicebox.appliance.addresses import Interface
from practicebox.appliance.tls import ServedCertificate
from practicebox.appliance.tls_local import LocalSource
from practicebox.appliance.trust_anchor import TrustAnchor

LAN = ("127.0.0.1/8", "192.168.7.20/24", "fd00:7::20/64", "fe80::20/64", "2001:db8::20/64")


@dataclass
class Machine:
    """What a box knows of itself; tests change it. The clock starts at the real time."""

    folder: Path
    names: list[str] = field(default_factory=lambda: ["box.local"])
    interfaces: Iterable[Interface] = field(
        default_factory=lambda: tuple(ip_interface(text) for text in LAN)
    )
    public_host: str = ""
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def source(self) -> LocalSource:
        return LocalSource(
            self.folder, lambda: self.names, self.public_host, self.now, lambda: self.interfaces
        )


def self_signed(folder: Path, host: str = "localhost", *, kind: str = "ec") -> tuple[Path, Path]:
    """A certificate and its key as PEM files, as an installer brings them."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if kind == "ec":
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = rsa.generate_private_key(65537, int(kind))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(private_pem(key))
    return files


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: str = "") -> bytes:
    protection = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )


@asynccontextmanager
async def echo(served: ServedCertificate) -> AsyncIterator[int]:
    """A TLS server that sends back every line; its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served.context)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def trusting(anchor: TrustAnchor) -> ssl.SSLContext:
    """What a browser has once its user has installed the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=anchor.pem().decode())
    return context


def careless() -> ssl.SSLContext:
    """A client that looks at certificates without judging them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def serial_at(port: int, client: ssl.SSLContext | None = None) -> int:
    """The serial number of the certificate that a new connection gets."""
    async with connection(port, client or careless()) as (_, writer):
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(der).serial_number


@asynccontextmanager
async def connection(
    port: int, client: ssl.SSLContext, host: str = "localhost"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=client, server_hostname=host
    )
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()

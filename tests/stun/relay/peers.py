"""Other people's TURN: Debian's coturn as the relay to compare with, and its clients and peers.

Everything runs in processes of its own on the loopback. Each relay is there by UDP, TCP and TLS and
has one user. A test that both relays pass tells that the test is right, and ours conforms.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import IO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.ports import free_port

HOST = "127.0.0.1"
NAME = "localhost"  # Firefox doesn't try `turns:` with an address
USER, PASSWORD = "patient", "a-secret"  # coturn's configuration allows no colon in a name
REALM = "practicebox.local"
PATIENCE = 10.0  # seconds
SERVER = Path(__file__).with_name("peers_server.py")
BINDING = bytes.fromhex("000100002112a442") + b"transaction."
RELAYS = ["coturn", "practicebox"]

COTURN = """
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port={port}
tls-listening-port={tls_port}
cert={chain}
pkey={key}
lt-cred-mech
realm={realm}
user={user}:{password}
allow-loopback-peers
relay-threads=1
no-cli
log-file=stdout
simple-log
pidfile={folder}/turnserver.pid
userdb={folder}/turnserver.sqlite
"""


@dataclass(frozen=True)
class Certificate:
    """A leaf for the loopback and the authority that signed it; PEM files."""

    authority: Path
    chain: Path
    key: Path


@dataclass(frozen=True)
class RunningRelay:
    """A relay on the loopback."""

    name: str
    port: int  # UDP and TCP
    tls_port: int
    certificate: Certificate

    def url(self, transport: str) -> str:
        """What a browser is told (RFC 7065): the transports are udp, tcp and tls."""
        if transport == "tls":
            return f"turns:{NAME}:{self.tls_port}?transport=tcp"
        return f"turn:{HOST}:{self.port}?transport={transport}"


@dataclass(frozen=True)
class Tally:
    """What `turnutils_uclient` counted; all 0 where it got no allocation."""

    sent: int
    received: int
    slowest: int  # milliseconds until the slowest of those that came back was there
    output: str


@contextmanager
def running(name: str, folder: Path, *, lets_all_pass: bool = False) -> Iterator[RunningRelay]:
    """The relay of that name; ours with its filter of payloads off if `lets_all_pass`."""
    with ExitStack() as stack:
        certificate = _certificate(folder)
        if name == "coturn":
            yield stack.enter_context(_coturn(folder, certificate))
        else:
            yield stack.enter_context(_ours(certificate, lets_all_pass))


@contextmanager
def _coturn(folder: Path, certificate: Certificate) -> Iterator[RunningRelay]:
    port, tls_port = free_port(), free_port()
    configuration = folder / "turnserver.conf"
    configuration.write_text(
        COTURN.format(
            port=port,
            tls_port=tls_port,
            chain=certificate.chain,
            key=certificate.key,
            realm=REALM,
            user=USER,
            password=PASSWORD,
            folder=folder,
        )
    )
    with (folder / "log").open("w") as log, _process("turnserver", "-c", configuration, out=log):
        _wait_for(port)
        yield RunningRelay("coturn", port, tls_port, certificate)


@contextmanager
def _ours(certificate: Certificate, lets_all_pass: bool) -> Iterator[RunningRelay]:
    told = {"user": USER, "password": PASSWORD, "realm": REALM, "lets_all_pass": lets_all_pass}
    told |= {"chain": str(certificate.chain), "key": str(certificate.key)}
    command = (sys.executable, SERVER, json.dumps(told))
    with _process(*command, out=subprocess.PIPE) as process:
        assert process.stdout
        ports = json.loads(process.stdout.readline())
        yield RunningRelay("practicebox", ports["port"], ports["tls_port"], certificate)


@contextmanager
def echo_peer() -> Iterator[int]:
    """The port of coturn's peer, which sends back whatever it gets."""
    port = free_port()
    command = ("turnutils_peer", "-L", HOST, "-p", str(port))
    with _process(*command, out=subprocess.DEVNULL):
        _wait_for(port)
        yield port


def uclient(relay: RunningRelay, flags: Sequence[str], password: str = PASSWORD) -> Tally:
    """Run coturn's client; `flags` name the transport, the peer and how much it sends."""
    port = relay.tls_port if "-S" in flags else relay.port
    done = subprocess.run(
        [
            *(_program("turnutils_uclient"), "-c", "-p", str(port), "-u", USER, "-w", password),
            *(*flags, HOST),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    found = re.findall(r"tot_send_msgs=(\d+), tot_recv_msgs=(\d+)", done.stdout)
    sent, received = map(int, found[-1]) if found else (0, 0)
    slowest = re.findall(r"round trip delay .* max = (\d+) ms", done.stdout)
    return Tally(sent, received, int(slowest[-1]) if slowest else 0, done.stdout)


@contextmanager
def _process(*command: str | Path, out: int | IO[str]) -> Iterator[subprocess.Popen[str]]:
    program = _program(str(command[0]))
    with subprocess.Popen(
        [program, *command[1:]],
        stdout=out,
        stderr=None if out == subprocess.PIPE else subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed (Debian: coturn)")
    return program


def _wait_for(port: int) -> None:
    """Until something is sent back."""
    give_up = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.1)
        sock.connect((HOST, port))
        while time.monotonic() < give_up:
            try:
                sock.send(BINDING)
                sock.recv(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            return
    raise TimeoutError(f"nobody answers on port {port}")


def _certificate(folder: Path) -> Certificate:
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Relay tests")
    names = [x509.DNSName(NAME), x509.IPAddress(IPv4Address(HOST))]
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    authority = _unsigned(issuer, issuer, root)
    authority = authority.add_extension(x509.BasicConstraints(True, 0), True)
    ours = _unsigned(_name(NAME), issuer, leaf)
    ours = ours.add_extension(x509.SubjectAlternativeName(names), False)
    ours = ours.add_extension(usage, False)
    made = Certificate(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")
    for path, builder in ((made.authority, authority), (made.chain, ours)):
        path.write_bytes(builder.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM))
    made.key.write_bytes(leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(1))


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

"""A certificate authority for one run of the lab, which all its browsers trust.

So nothing waives the check of certificates, neither on the doors nor on the relay over TLS.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_NEW = ("openssl", "req", "-x509", "-nodes", "-days", "1", "-newkey", "ec")
_CURVE = ("-pkeyopt", "ec_paramgen_curve:P-256")


def certify(folder: Path, *names: str) -> None:
    """Write ca.pem, and certificate.pem with key.pem for `names` ("DNS:…", "IP:…")."""
    authority = folder / "ca.pem", folder / "ca.key"
    _run(*_NEW, *_CURVE, "-subj", "/CN=Network lab", *_files(*authority))
    signed = ("-CA", str(authority[0]), "-CAkey", str(authority[1]))
    extensions = ("basicConstraints=CA:FALSE", f"subjectAltName={','.join(names)}")
    added = [word for each in extensions for word in ("-addext", each)]
    certificate = folder / "certificate.pem", folder / "key.pem"
    _run(*_NEW, *_CURVE, "-subj", "/CN=PracticeBox", *signed, *added, *_files(*certificate))


def trust(authority: Path, database: Path) -> None:
    """A new certificate database (NSS) for a browser, with this authority in it."""
    database.mkdir(parents=True)
    certutil = ("certutil", "-d", f"sql:{database}")
    _run(*certutil, "-N", "--empty-password")
    _run(*certutil, "-A", "-t", "C,,", "-n", "lab", "-i", str(authority))


def _files(certificate: Path, key: Path) -> tuple[str, ...]:
    return ("-out", str(certificate), "-keyout", str(key))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)

"""The configuration: one frozen `Config`, read once from TOML and environment.

An unknown or contradictory key stops the start with one sentence (`BadConfig`).
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from practicebox import gdt_config
from practicebox.gdt_config import GdtConfig

ENVIRONMENT_PREFIX = "PRACTICEBOX_"
_KEYS: dict[str, dict[str, type]] = {
    "": {"data_folder": str},
    "staff": {"host": str, "port": int},
    "patients": {"host": str, "port": int, "public_url": str},
    "stun": {"port": int, "tls_port": int},
    "network": {
        "public_address": str,
        "relay": str,
        "external_relay": str,
        "external_secret_file": str,
    },
    "tls": {"mode": str, "certificate": str, "key": str, "help_port": int},
    "backup": {"folder": str},
    "gdt": gdt_config.KEYS,
}

# Options and the fields of `Config` that they fill.
_NAMES = {
    "staff.host": "staff_host",
    "staff.port": "staff_port",
    "patients.host": "patients_host",
    "patients.port": "patients_port",
    "patients.public_url": "public_url",
    "stun.port": "stun_port",
    "stun.tls_port": "stun_tls_port",
    "network.public_address": "public_address",
    "network.relay": "relay",
    "network.external_relay": "external_relay",
    "tls.mode": "tls_mode",
    "tls.help_port": "help_port",
}
_PATHS = {
    "data_folder": "data_folder",
    "network.external_secret_file": "external_secret_file",
    "tls.certificate": "certificate",
    "tls.key": "key",
    "backup.folder": "backup_folder",
}
_RELAY = re.compile(r"turns?:[A-Za-z0-9.\-\[\]:]+")  # RFC 7065


_NO_GDT = GdtConfig()


class BadConfig(Exception):
    """The configuration can't be used; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Config:
    """Everything an installer can decide."""

    data_folder: Path = Path("/var/lib/practicebox")  # holds the sealed database and box.key
    staff_host: str = "0.0.0.0"  # the practice LAN
    staff_port: int = 8443
    patients_host: str = "0.0.0.0"
    patients_port: int = 8444  # the router forwards TCP 443 to it
    public_url: str = ""  # "https://video.example.org"; what the letter's QR code begins with
    stun_port: int = 3478  # the router forwards UDP and TCP 3478 to it
    public_address: str = ""  # of the practice's internet line, for the announced candidate
    stun_tls_port: int = 5349  # the relay over TLS; nothing has to be forwarded to it
    relay: str = "auto"  # "auto", "never" (strictly peer to peer) or "external"
    external_relay: str = ""  # "turn:relay.example.org:3478", a server with a shared secret
    external_secret_file: Path | None = None
    tls_mode: str = "off"  # "local" (a CA of our own), "files" or "off"
    certificate: Path | None = None  # PEM files of mode "files"
    key: Path | None = None
    backup_folder: Path | None = None  # a stick or a share; None: in the data folder
    gdt: GdtConfig = _NO_GDT  # the exchange folder of the practice software
    help_port: int = 8080  # plain HTTP: how to make computers trust the local CA

    @property
    def secure(self) -> bool:
        """Whether the doors speak HTTPS."""
        return self.tls_mode != "off"


def read(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`, overruled by `PRACTICEBOX_DATA_FOLDER` and the like."""
    found = _from_file(path) if path else {}
    found.update(_from_environment(environment))
    return _checked(_build(found))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadConfig(f"{path} can't be read ({error.strerror}); check --config.") from error
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: {error}; correct that line.") from error
    return _flat(tree, path, text)


def _flat(tree: dict[str, Any], path: Path, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        table, keys = (name, value) if isinstance(value, dict) else ("", {name: value})
        for key, content in keys.items():
            kind = _KEYS.get(table, {}).get(key)
            full = f"{table}.{key}".lstrip(".")
            if kind is None:
                raise BadConfig(
                    f'{path}, line {_line(text, key)}: there is no option "{full}"; remove it.'
                )
            if type(content) is not kind:
                raise BadConfig(
                    f"{path}, line {_line(text, key)}: {full} must be "
                    f"{'a number' if kind is int else 'a text in quotes'}."
                )
            found[full] = content
    return found


def _line(text: str, key: str) -> int:
    starts = (n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(key))
    return next(starts, 1)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table, keys in _KEYS.items():
        for key, kind in keys.items():
            full = f"{table}.{key}".lstrip(".")
            name = ENVIRONMENT_PREFIX + full.replace(".", "_").upper()
            if name not in environment:
                continue
            try:
                found[full] = kind(environment[name])
            except ValueError as error:
                raise BadConfig(f"{name} must be a number.") from error
    return found


def _build(found: dict[str, Any]) -> Config:
    changes: dict[str, Any] = {_NAMES[k]: v for k, v in found.items() if k in _NAMES}
    changes |= {_PATHS[k]: Path(v) for k, v in found.items() if k in _PATHS}
    gdt = {name[4:]: value for name, value in found.items() if name.startswith("gdt.")}
    config = replace(Config(), **changes, gdt=gdt_config.build(gdt))
    return config if "tls.mode" in found else replace(config, tls_mode=_tls_mode(config))


def _tls_mode(config: Config) -> str:
    """What nobody chose: browsers give camera and microphone to HTTPS and to the loopback only."""
    if config.certificate or config.key:
        return "files"
    on_loopback = all(host.startswith("127.") for host in (config.staff_host, config.patients_host))
    return "off" if on_loopback else "local"


def _checked(config: Config) -> Config:
    for option, name in _NAMES.items():
        if name.endswith("_port") and not 0 <= getattr(config, name) <= 65535:
            raise BadConfig(f"{option} must be between 0 and 65535.")
    if config.staff_port == config.patients_port != 0:
        raise BadConfig("staff.port and patients.port are the same; each door needs its own.")
    _check_tls(config)
    _check_relay(config)
    _check_host("staff.host", config.staff_host)
    _check_host("patients.host", config.patients_host)
    _check_url(config.public_url)
    _check_address(config.public_address)
    if config.backup_folder and not config.backup_folder.is_absolute():
        raise BadConfig('backup.folder must be a full path, such as "/media/practicebox/stick".')
    if complaint := gdt_config.complaint(config.gdt):
        raise BadConfig(complaint)
    return config


def _check_tls(config: Config) -> None:
    if config.tls_mode not in {"local", "files", "off"}:
        raise BadConfig('tls.mode must be "local", "files" or "off".')
    if (config.certificate is None) != (config.key is None):
        raise BadConfig("tls.certificate and tls.key belong together; give both or neither.")
    if (config.tls_mode == "files") != (config.certificate is not None):
        raise BadConfig(
            'tls.certificate and tls.key belong to tls.mode = "files"; give all three or none.'
        )


def _check_relay(config: Config) -> None:
    if config.relay not in {"auto", "never", "external"}:
        raise BadConfig('network.relay must be "auto", "never" or "external".')
    details = bool(config.external_relay), config.external_secret_file is not None
    if any(details) != (config.relay == "external") or any(details) != all(details):
        raise BadConfig(
            "network.external_relay and network.external_secret_file belong to "
            'network.relay = "external"; give all three or none.'
        )
    if config.external_relay and not _RELAY.fullmatch(config.external_relay):
        raise BadConfig('network.external_relay must look like "turn:relay.example.org:3478".')


def _check_host(name: str, host: str) -> None:
    try:
        ipaddress.IPv4Address(host)
    except ValueError as error:
        raise BadConfig(
            f'{name} must be an IPv4 address of this machine, or "0.0.0.0" for all.'
        ) from error


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if url and not (parts.scheme in {"https", "http"} and parts.hostname and plain):
        raise BadConfig('patients.public_url must look like "https://video.example.org".')


def _check_address(address: str) -> None:
    if not address:
        return
    try:
        ipaddress.ip_address(address)
    except ValueError as error:
        raise BadConfig("network.public_address must be an IP address or empty.") from error

"""A running box: its parts, its names, and what it says of itself.

Knows no order of starting and stopping; `app.py` does.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from practicebox import __version__
from practicebox.appliance import lan
from practicebox.appliance.clock import BoxClock, is_synchronised
from practicebox.appliance.jobs import Jobs
from practicebox.appliance.mdns import Advertiser
from practicebox.appliance.network import read as read_network
from practicebox.appliance.status import read_disk
from practicebox.appliance.supervise import Supervisor
from practicebox.appliance.tls import ServedCertificate
from practicebox.appliance.trust_anchor import TrustAnchor
from practicebox.config import Config
from practicebox.practice.router import Line
from practicebox.rtc.rooms import Rooms
from practicebox.store.store import Store
from practicebox.stun.server import StunServer


@dataclass
class Names:
    """The names under which the box can be reached; the short name comes with the practice."""

    config: Config
    label: str = ""  # of `<label>.local`; empty until there is a practice

    def announced_as(self, host: str | None) -> None:
        """Take the name that we really have: another box may have had ours already."""
        if host:
            self.label = host.removesuffix(".local")

    def are_ours(self, host: str) -> bool:
        """Whether a door may answer to this host name."""
        machine = socket.gethostname().lower()
        return host in {"localhost", machine, *self.in_certificate()}

    def in_certificate(self) -> set[str]:
        """Names that the box's own authority vouches for, beside the public one."""
        labels = {socket.gethostname().lower(), self.label}
        return {f"{label}.local" for label in labels if label}

    @property
    def public_host(self) -> str:
        """The host of the address in the letters; empty without one."""
        return urlsplit(self.config.public_url).hostname or ""

    def are_public(self, host: str) -> bool:
        """The same for the patient door, which also has its public name."""
        return self.are_ours(host) or bool(self.public_host and host == self.public_host)

    def url(self, host: str, port: int) -> str:
        scheme = "https" if self.config.secure else "http"
        named = host if host.startswith("127.") else f"{self.label or socket.gethostname()}.local"
        return f"{scheme}://{named}:{port}"


@dataclass
class Box:
    """A running box: what the command line and the tests hold on to."""

    config: Config
    store: Store
    stun: StunServer
    rooms: Rooms
    names: Names
    clock: BoxClock
    staff_port: int = 0
    patients_port: int = 0
    help_port: int = 0
    certificate: ServedCertificate | None = None  # None: plain HTTP
    advertiser: Advertiser | None = None
    jobs: Jobs | None = None
    work: Supervisor | None = None  # in the background
    learned: str | None = None  # public address that an outside-in test has shown
    stun_answers: bool | None = None  # as the last self-check found
    echo_works: bool | None = None  # as the last technical check found
    started: datetime | None = None
    has_ended: bool = False  # everything was deleted; the process has to serve again
    ended: Callable[[], None] = lambda: None  # told so

    @property
    def staff_url(self) -> str:
        return self.names.url(self.config.staff_host, self.staff_port)

    @property
    def public_url(self) -> str:
        """Where patients reach their door."""
        configured = self.config.public_url.rstrip("/")
        return configured or self.names.url(self.config.patients_host, self.patients_port)

    @property
    def help_url(self) -> str:
        """The page on plain HTTP, by address: some phones can't find `.local` names."""
        fixed = None if self.config.staff_host == "0.0.0.0" else self.config.staff_host
        host = fixed or lan.address(socket.AF_INET) or f"{self.names.label}.local"
        return f"http://{host}:{self.help_port}/"

    def anchor(self) -> TrustAnchor:
        """The authority that computers of the practice have to trust, in mode "local"."""
        assert self.certificate and self.certificate.status.anchor
        return self.certificate.status.anchor

    def announced_as(self, host: str | None) -> None:
        """Take a name, into the certificate as well."""
        self.names.announced_as(host)
        if self.certificate:
            self.certificate.look_soon()

    def line(self) -> Line:
        """How the box is connected."""
        found = read_network()
        return Line(
            public_url=self.public_url,
            hosts=found.hosts,
            networks=found.networks,
            gateway=found.gateway,
            staff_port=self.staff_port,
            patients_port=self.patients_port,
            stun_port=self.stun.port,
            relay=self.config.relay,
            own_authority=self.config.tls_mode == "local",
        )

    def echo_went(self, works: bool) -> None:
        """Note how the echo of a technical check ended."""
        self.echo_works = works

    def learn(self, address: str) -> None:
        """Take over the practice's public address from an outside-in test."""
        self.learned = address

    def end(self) -> None:
        """Stop, and begin anew as an empty box."""
        self.has_ended = True
        self.ended()

    def announce(self, short_name: str) -> None:
        """Announce the box under its name; that happens in the background."""
        if self.advertiser:
            self.advertiser.change_name(short_name)

    def facts(self) -> dict[str, object]:
        """What the status page shows."""
        disk = read_disk(self.config.data_folder)
        status = self.advertiser.status if self.advertiser else None
        return {
            "stun_answers": self.stun_answers,
            "echo_works": self.echo_works,
            "mdns_state": status.state if status else None,
            "mdns_host": status.host if status else None,
            "disk_free": disk.free if disk else None,
            "disk_trouble": self.store.disk_trouble,
            "clock_right": is_synchronised(),
            "clock_doubt": self.clock.doubt,
            "jobs": self.jobs.reports if self.jobs else [],
            "work": self.work.health if self.work else [],
            "certificate": self.certificate.status if self.certificate else None,
            "help_address": self.help_url if self.help_port else None,
            "started": self.started,
            "version": __version__,
        }

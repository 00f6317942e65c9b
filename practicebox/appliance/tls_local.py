"""A certificate of the box's own authority, renewed by itself.

Knows when: before two thirds of its life, when the box has got a name or an address that is not in
it, when the clock was wrong as it was made, and when the authority has changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from practicebox.appliance import addresses, certificates
from practicebox.appliance.addresses import Interface
from practicebox.appliance.certificate_folder import CertificateFolder, FolderUnusable
from practicebox.appliance.certificate_pair import Pair, hosts_of
from practicebox.appliance.tls import CannotServe, Offer, Status, make_context

HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


class LocalSource:
    """The authority in the data folder and what it issues for this box."""

    def __init__(
        self,
        data_folder: Path,
        names: Callable[[], Iterable[str]],
        public_host: str,
        now: Callable[[], datetime],
        interfaces: Callable[[], Iterable[Interface]] = addresses.interfaces,
    ) -> None:
        """`names` are those of this box at the moment; `public_host` may be empty."""
        self._folder = CertificateFolder(data_folder)
        self._names, self._public_host, self._now = names, _clean(public_host), now
        self._interfaces = interfaces
        self._served: Pair | None = None

    def look(self) -> Offer | None:
        """See `Source`."""
        now = self._now()
        try:
            authority = self._folder.authority(now, self._make_authority)
            names, covered = self._hosts(authority)
            pair = self._served or self._folder.load_doors(authority.certificate)
            if pair is None or certificates.is_due(pair, authority, covered, now):
                pair = certificates.issue(authority, covered, now)
                self._folder.save_doors(pair)
            elif pair is self._served:
                return None
            context = make_context(self._folder.doors)
        except (FolderUnusable, OSError) as condition:
            raise CannotServe(str(condition)) from condition
        self._served = pair
        return Offer(context, _status(pair, authority, names - covered))

    def _make_authority(self) -> Pair:
        return certificates.make_authority(self._now(), self._public_host)

    def _hosts(self, authority: Pair) -> tuple[frozenset[str], frozenset[str]]:
        """All names of this box, and names and addresses of it that the authority covers."""
        wanted = (_clean(name) for name in (*self._names(), self._public_host, "localhost"))
        names = frozenset(name for name in wanted if name)
        hosts = names | addresses.reachable(self._interfaces())
        return names, frozenset(host for host in hosts if certificates.covers(authority, host))


def _clean(host: str) -> str:
    """The host as certificates write it, or nothing where they can't."""
    try:
        name = host.lower().rstrip(".").encode("idna").decode()
    except UnicodeError:
        return ""
    return name if ":" in name or HOST_NAME.fullmatch(name) else ""


def _status(pair: Pair, authority: Pair, left_out: frozenset[str]) -> Status:
    return Status(
        mode="local",
        starts=pair.starts,
        ends=pair.ends,
        hosts=hosts_of(pair.certificate),
        left_out=tuple(sorted(left_out)),
        anchor=certificates.anchor_of(authority),
    )

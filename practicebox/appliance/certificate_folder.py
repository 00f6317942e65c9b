"""Where the authority and the doors' certificate lie: `tls/` in the data folder.

Knows files: one holds a certificate together with its key, is replaced in one step and can be read
by this process alone. A power cut leaves the old file or the new one.

Authorities are numbered, and the first that is valid now is used. So a clock that jumps (a small
computer without a battery) costs at worst a second authority for as long as the clock is wrong;
the computers of the practice trust the first one again as soon as it is right.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from practicebox.appliance import certificate_pair
from practicebox.appliance.certificate_pair import NoCertificate, Pair

NAME = "tls"
DOORS = "doors.pem"
_OTHERS = 0o077  # permission bits of group and world


class FolderUnusable(Exception):
    """The authority can't be read or written; the text says what is wrong and what to do."""


class CertificateFolder:
    """The folder `tls/`, made where it is missing."""

    def __init__(self, data_folder: Path) -> None:
        self.path = data_folder / NAME
        self.doors = self.path / DOORS

    def authority(self, now: datetime, make: Callable[[], Pair]) -> Pair:
        """The authority for this moment, made where there is none; raise `FolderUnusable`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            numbers = sorted(self._numbers())
            found = (self._read_authority(number) for number in numbers)
            valid = next((pair for pair in found if pair.is_valid(now)), None)
            return valid or self._keep(max(numbers, default=0) + 1, make())
        except OSError as error:
            raise FolderUnusable(
                f"{self.path} can't be used ({error.strerror}); let this user read and write it."
            ) from error

    def load_doors(self, authority: x509.Certificate) -> Pair | None:
        """The doors' certificate; None where there is none of `authority`: a new one is cheap."""
        try:
            return certificate_pair.read(self.doors.read_bytes(), authority)
        except (OSError, NoCertificate):
            return None

    def save_doors(self, pair: Pair) -> None:
        """Replace the doors' certificate; raise `FolderUnusable`."""
        try:
            _replace(self.doors, pair.pem())
        except OSError as error:
            raise FolderUnusable(
                f"{self.doors} can't be written ({error.strerror}); make room on the disk."
            ) from error

    def _keep(self, number: int, authority: Pair) -> Pair:
        _replace(self._file(number), authority.pem())
        return authority

    def _read_authority(self, number: int) -> Pair:
        path = self._file(number)
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise FolderUnusable(f"{path} can be read by others; run: chmod 600 {path}")
            try:
                return certificate_pair.read(file.read())
            except NoCertificate as error:
                raise FolderUnusable(
                    f"{path} is damaged; put it back from a backup, or delete it: "
                    "then every computer has to trust the box anew."
                ) from error

    def _file(self, number: int) -> Path:
        return self.path / f"authority-{number}.pem"

    def _numbers(self) -> list[int]:
        stems = (path.stem.partition("-")[2] for path in self.path.glob("authority-*.pem"))
        return [int(stem) for stem in stems if stem.isascii() and stem.isdigit()]


def _replace(path: Path, content: bytes) -> None:
    """Write `content` to `path`: on the disk completely, or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # left behind by a power cut
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)  # or a power cut takes the renaming back
    finally:
        os.close(folder)

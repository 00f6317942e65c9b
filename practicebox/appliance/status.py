"""Facts about the machine for a status page: how long, how busy, how full, how warm.

Pure readers of /proc, /sys and the file system. Each fact may be missing (another kernel, a
container, a machine without a sensor); then it is None, never an error.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROC = Path("/proc")
SYS = Path("/sys")
KIB = 1024


@dataclass(frozen=True)
class Load:
    """Processes that run or wait, on average over 1, 5 and 15 minutes (proc_loadavg(5))."""

    one: float
    five: float
    fifteen: float


@dataclass(frozen=True)
class Room:
    """Bytes in all, and bytes that can still be used."""

    total: int
    free: int


@dataclass(frozen=True)
class Machine:
    """What is known of the machine at one moment."""

    uptime: timedelta | None
    load: Load | None
    memory: Room | None
    resident: int | None  # bytes this process keeps in memory
    disk: Room | None  # where the data folder is
    temperature: float | None  # °C of the warmest sensor
    versions: dict[str, str]


def read_machine(
    data_folder: Path, packages: Iterable[str], *, proc: Path = PROC, sys: Path = SYS
) -> Machine:
    """Read all facts; `packages` are distributions whose versions matter."""
    return Machine(
        uptime=read_uptime(proc),
        load=read_load(proc),
        memory=read_memory(proc),
        resident=read_resident(proc),
        disk=read_disk(data_folder),
        temperature=read_temperature(sys),
        versions=read_versions(packages),
    )


def read_uptime(proc: Path) -> timedelta | None:
    """Time since the machine was switched on."""
    with suppress(OSError, ValueError, IndexError):
        return timedelta(seconds=float(_text(proc / "uptime").split()[0]))
    return None


def read_load(proc: Path) -> Load | None:
    """The load averages."""
    with suppress(OSError, ValueError):
        one, five, fifteen = _text(proc / "loadavg").split()[:3]
        return Load(float(one), float(five), float(fifteen))
    return None


def read_memory(proc: Path) -> Room | None:
    """Memory in all, and what new programs could get without swapping (MemAvailable)."""
    with suppress(OSError, ValueError, KeyError):
        sizes = _sizes(proc / "meminfo")
        return Room(total=sizes["MemTotal"], free=sizes["MemAvailable"])
    return None


def read_resident(proc: Path) -> int | None:
    """Bytes this process has in memory."""
    with suppress(OSError, ValueError, KeyError):
        return _sizes(proc / "self" / "status")["VmRSS"]
    return None


def read_disk(folder: Path) -> Room | None:
    """The disk that holds `folder`, as far as this user may fill it."""
    with suppress(OSError):
        usage = shutil.disk_usage(folder)
        return Room(total=usage.total, free=usage.free)
    return None


def read_temperature(sys: Path) -> float | None:
    """The warmest sensor; the kernel counts in thousandths of a degree."""
    degrees = []
    for sensor in sorted(sys.glob("class/thermal/thermal_zone*/temp")):
        with suppress(OSError, ValueError):
            degrees.append(int(_text(sensor)) / 1000)
    return max(degrees, default=None)


def read_versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of Python, the kernel and of the `packages` that are installed."""
    found = {
        "python": platform.python_version(),
        "linux": platform.release(),
    }
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace")


def _sizes(path: Path) -> dict[str, int]:
    """The lines `Name:   123 kB` of a file in /proc, in bytes."""
    lines = (line.split() for line in _text(path).splitlines())
    return {line[0].rstrip(":"): int(line[1]) * KIB for line in lines if line[2:] == ["kB"]}

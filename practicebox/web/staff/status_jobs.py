"""The part of the status page that says what the box does by itself, and why it may be pausing.

Knows jobs and background work by name, and what they are called in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from practicebox.appliance.jobs import JobState, Report
from practicebox.appliance.supervise import Health
from practicebox.web.language import mark

WORRYING = 2  # failures in a row; one alone is often over at the next try

JOBS = {
    "retention": mark("Deletion of old data"),
    "figures": mark("Counting for the figures"),
    "audit": mark("Care of the audit log"),
    "backup": mark("Backup"),
    "proof": mark("Trial restore of the backup"),
    "end": mark("Looking whether the notice period is over"),
}
WORK = {
    "rooms": mark("closing of rooms after the consultation"),
    "stun": mark("search for a way to each other"),
    "gdt": mark("exchange with the practice software"),
    "certificate": mark("renewal of the certificate"),
    "outbox": mark("sending of messages"),
}


@dataclass(frozen=True)
class Line:
    """One job on the page."""

    title: str  # a msgid
    light: str  # a value of `status.Light`
    report: Report


def job_lines(reports: Iterable[Report]) -> list[Line]:
    """The jobs as the page lists them."""
    return [Line(JOBS.get(each.name, each.name), _light(each), each) for each in reports]


def stopped_work(health: Iterable[Health]) -> list[str]:
    """What of the background work isn't well, as msgids."""
    return [WORK.get(each.name, each.name) for each in health if not each.is_well]


def read_jobs(found: Mapping[str, object]) -> tuple[Report, ...]:
    """The jobs among the facts."""
    listed = found.get("jobs")
    return tuple(each for each in _items(listed) if isinstance(each, Report))


def read_work(found: Mapping[str, object]) -> tuple[Health, ...]:
    """The background work among the facts."""
    listed = found.get("work")
    return tuple(each for each in _items(listed) if isinstance(each, Health))


def _items(listed: object) -> Iterable[object]:
    return listed if isinstance(listed, (list, tuple)) else ()


def _light(report: Report) -> str:
    if report.failures >= WORRYING:
        return "red"
    if report.failures or report.state is JobState.PAUSED:
        return "yellow"
    return "grey" if report.last is None else "green"

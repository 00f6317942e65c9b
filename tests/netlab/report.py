"""The measured table, as a page of the documentation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tests.netlab.judge import complaints
from tests.netlab.matrix import FIREFOX, MATRIX, PATIENTS, PRACTICES, Row
from tests.netlab.visit import Outcome, Path

HEAD = """# The network lab: does every patient get through?

Written by `python -m tests.netlab` on {day}, {rows} consultations in {seconds:.0f} s, load of the
machine at the end {load}. Nothing here is typed in by hand.

In network namespaces of one machine there are a practice (box, the doctor's computer, a router that
forwards TCP 443 and TCP and UDP 3478 to the box), an internet that only routes, and patients behind
routers of all kinds. Every router drops what comes from outside unasked. Both sides use real
browsers, Chromium unless said otherwise. Each row is one consultation: the patient opens the link
of the letter, gives a name, allows the camera and taps; the doctor waits already. Times go from the
tap to the first frame that a page shows, the later of both pages.

"""


def page(outcomes: Mapping[Row, Outcome], seconds: float) -> str:
    """The whole page, in Markdown."""
    load = f"{os.getloadavg()[0]:.1f}"
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    text = HEAD.format(day=day, rows=len(outcomes), seconds=seconds, load=load)
    text += "## The matrix\n\n" + _table(outcomes, MATRIX)
    text += "\n## With Firefox\n\n" + _table(outcomes, FIREFOX)
    return text + "\n" + _verdict(outcomes)


def in_words(outcome: Outcome) -> str:
    """One cell of the table."""
    if outcome.patient_sees is not None and outcome.doctor_sees is not None:
        path = _path(outcome.path, outcome.doctor_path)
        return f"{max(outcome.patient_sees, outcome.doctor_sees):.2f} s, {path}"
    if outcome.patient_told is not None:
        return f"told after {outcome.patient_told:.1f} s"
    return f"no picture ({'; '.join(outcome.trouble) or 'nothing said'})"


def _path(patient: Path | None, doctor: Path | None) -> str:
    if patient is None or doctor is None:
        return "path unknown"
    if patient.is_relayed or doctor.is_relayed:
        by = patient.relay or doctor.relay
        return f"relay{f' by {by.upper()}' if by else ''}"
    version = "IPv6" if ":" in patient.address else "IPv4"
    return f"direct by {version} ({doctor.local}/{patient.local})"


def _table(outcomes: Mapping[Row, Outcome], rows: Iterable[Row]) -> str:
    lines = ["| patient | practice's router | relay | result |  |", "|---|---|---|---|---|"]
    for row in rows:
        outcome = outcomes[row]
        good = "as it has to be" if not complaints(row, outcome) else "**wrong**"
        cells = (_who(row), PRACTICES[row.practice], row.relay, in_words(outcome), good)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _who(row: Row) -> str:
    who = PATIENTS[row.patient]
    if not row.doctor_has_ipv6:
        who += ", doctor's computer without IPv6"
    for name, browser in zip(("doctor", "patient"), row.browsers, strict=True):
        who += f", {name} with Firefox" if browser == "firefox" else ""
    return who


def _verdict(outcomes: Mapping[Row, Outcome]) -> str:
    wrong = {row: found for row in outcomes if (found := complaints(row, outcomes[row]))}
    if not wrong:
        return "Every row is as it has to be, and no packet went to anybody else.\n"
    lines = [f"- {row}: {'; '.join(found)}" for row, found in wrong.items()]
    return "## What is not as it has to be\n\n" + "\n".join(lines) + "\n"

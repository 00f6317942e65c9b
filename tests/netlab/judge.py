"""What a row of the matrix has to come to (issue 3, "Done when" 1)."""

from __future__ import annotations

from tests.netlab.matrix import FEWEST_FRAMES, SLOWEST_NO, SLOWEST_START, Row
from tests.netlab.visit import Outcome


def complaints(row: Row, outcome: Outcome) -> list[str]:
    """Everything that is not as it has to be; nothing if all is well."""
    is_lucky = row.is_chance and outcome.connected
    found = _of_connected(row, outcome) if row.must_connect or is_lucky else _of_refused(outcome)
    return found + [f"went astray: {stranger}" for stranger in outcome.strangers]


def _of_connected(row: Row, outcome: Outcome) -> list[str]:
    if outcome.patient_sees is None or outcome.doctor_sees is None:
        return ["no picture"]
    found = []
    slowest = max(outcome.patient_sees, outcome.doctor_sees)
    if slowest > SLOWEST_START:
        found.append(f"first frame after {slowest:.1f} s")
    if outcome.slowest < FEWEST_FRAMES:
        found.append(f"only {outcome.slowest} frames in a second")
    is_relayed = any(path and path.is_relayed for path in (outcome.path, outcome.doctor_path))
    if is_relayed == row.can_be_direct and not (row.is_chance and not is_relayed):
        found.append("relayed without need" if is_relayed else "direct where that can't be")
    return found


def _of_refused(outcome: Outcome) -> list[str]:
    if outcome.connected:
        return ["connected where that can't be"]
    if outcome.patient_told is None:
        return ["the patient is not told that it can't be"]
    if outcome.patient_told > SLOWEST_NO:
        return [f"the patient is told only after {outcome.patient_told:.1f} s"]
    return []

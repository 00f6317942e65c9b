"""What stands inside the blob of an appointment."""

from __future__ import annotations

import json
from typing import Any

from practicebox.practice.codes import CodePair
from practicebox.practice.link import Link
from practicebox.store.records import Appointment
from practicebox.store.times import from_text, to_text


def dump(a: Appointment) -> bytes:
    """What is sealed of an appointment: JSON."""
    content = {
        "patient_id": a.patient_id,
        "organiser": a.organiser,
        "reason": a.reason,
        "kind": a.kind,
        "treatment": a.treatment,
        "codes": {"doctor": a.codes.doctor, "patient": a.codes.patient},
        "link": {"rid": a.link.rid.hex(), "secret": a.link.secret.hex()},
        "created": to_text(a.created),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def load(content: dict[str, Any]) -> dict[str, Any]:
    """The fields of an `Appointment` that stand in its blob, but for its patient."""
    link = {name: bytes.fromhex(value) for name, value in content["link"].items()}
    return {
        "organiser": content["organiser"],
        "reason": content["reason"],
        "kind": content["kind"],
        "treatment": content.get("treatment", ""),  # earlier versions know none
        "codes": CodePair(**content["codes"]),
        "link": Link(**link),
        "created": from_text(content["created"]),
    }

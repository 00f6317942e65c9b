"""The shapes that go in and out, as data: JSON Schema 2020-12, served in the API's own document."""

from __future__ import annotations

from typing import Any

from practicebox.practice import particulars
from practicebox.practice.names import LONGEST as NAME_LONGEST
from practicebox.practice.treatments import LONGEST as TREATMENT_LONGEST

Schema = dict[str, Any]

LINE = (
    "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$"  # one line, nothing that is no character
)
MOST_LISTED = 100
MOST_FOUND = 50


def _record(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with just these fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _wish(properties: Schema, *required: str) -> Schema:
    """An object that a program sends."""
    optional = tuple(name for name in properties if name not in required)
    wish = _record(properties, optional=optional)
    return wish if required else {**wish, "minProperties": 1}


def _text(longest: int, description: str, shortest: int = 0) -> Schema:
    least = {"minLength": shortest} if shortest else {}
    return {
        "type": "string",
        **least,
        "maxLength": longest,
        "pattern": LINE,
        "description": description,
    }


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16}$"}
MOMENT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
    "description": "UTC, RFC 3339",
}
STARTS: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:00"
    "(Z|[+-][01][0-9]:[0-5][0-9])$",
    "description": "RFC 3339 with an offset, to the full minute: 2027-01-19T15:30:00+01:00",
}
DAY: Schema = {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
BORN: Schema = {**DAY, "type": ["string", "null"], "description": "null: not known"}
MINUTES: Schema = {"type": "integer", "minimum": 5, "maximum": 240}
ANY_MINUTES: Schema = {"type": "integer", "minimum": 1, "maximum": 1440}
KIND: Schema = {"type": "string", "enum": ["video", "phone", "conference"]}
WANTED_KIND: Schema = {"type": "string", "enum": ["video", "phone"]}
STATE: Schema = {"type": "string", "enum": ["planned", "cancelled"]}
REASON = _text(500, "sealed; stands on no letter")
TREATMENT = _text(TREATMENT_LONGEST, "its name in the practice's list of treatments; or empty")
NEXT: Schema = {
    "type": ["string", "null"],
    "description": "address of the next page; null on the last one",
}


def _accept(*questions: str) -> Schema:
    return {
        **_list({"type": "string", "enum": list(questions)}, len(questions)),
        "uniqueItems": True,
        "description": "questions of an earlier answer 409 to which somebody said yes",
    }


_PLAN: Schema = {
    "starts": STARTS,
    "minutes": MINUTES,
    "organiser_id": {**ID, "description": "who holds it, see /organisers"},
    "reason": REASON,
    "kind": WANTED_KIND,
    "treatment": TREATMENT,
    "accept": _accept("overlap", "unusual"),
}
_LINE_OF_APPOINTMENT: Schema = {
    "id": ID,
    "patient_id": {**_or_null(ID), "description": "null: of an earlier version, not yet known"},
    "starts": MOMENT,
    "minutes": ANY_MINUTES,
    "organiser_id": ID,
    "kind": KIND,
    "state": STATE,
}
_PATIENT: Schema = {
    "name": _text(NAME_LONGEST, "first and last name, or last name, first name", 1),
    "born": BORN,
    "address": {
        **_list(_text(80, "one line", 1), 6),
        "description": "as in the window of an envelope, the name included",
    },
    "phone": _text(40, "may be empty"),
    "email": _text(120, "may be empty"),
    "payer": {"type": "string", "enum": ["", *particulars.PAYERS]},
    "standing": {"type": "string", "enum": ["", *particulars.STANDINGS]},
    "language": {
        "type": "string",
        "enum": ["", *particulars.LANGUAGES],
        "description": "BCP 47; empty: German",
    },
    "needs": {
        **_list({"type": "string", "enum": list(particulars.NEEDS)}, len(particulars.NEEDS)),
        "uniqueItems": True,
    },
}
_LINE_OF_PATIENT: Schema = {"id": ID, "name": {"type": "string"}, "born": BORN}
_FLAW = _record(
    {
        "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) into the body"},
        "parameter": {"type": "string", "description": "name of a parameter or header"},
        "detail": {"type": "string"},
    },
    optional=("pointer", "parameter"),
)
_QUESTION = _record(
    {
        "accept": {"type": "string", "enum": ["overlap", "unusual", "resembling"]},
        "detail": {"type": "string"},
        "ids": {"type": "array", "items": ID},
    },
    optional=("ids",),
)

SCHEMAS: dict[str, Schema] = {
    "Service": _record(
        {
            "version": {"type": "string", "description": "of PracticeBox"},
            "scopes": {"type": "array", "items": {"type": "string"}},
            "links": {"type": "object", "description": "addresses by name"},
        }
    ),
    "Organisers": _record(
        {"organisers": {"type": "array", "items": _record({"id": ID, "name": {"type": "string"}})}}
    ),
    "Appointments": _record(
        {"appointments": _list(_record(_LINE_OF_APPOINTMENT), MOST_LISTED), "next": NEXT}
    ),
    "Appointment": _record(
        {
            **_LINE_OF_APPOINTMENT,
            "reason": {"type": "string"},
            "treatment": {"type": "string"},
            "created": MOMENT,
        }
    ),
    "NewAppointment": _wish({"patient_id": ID, **_PLAN}, "patient_id", "starts", "minutes"),
    "AppointmentChange": _wish(_PLAN),
    "Invitation": _record(
        {
            "kind": KIND,
            "link": _or_null({"type": "string", "description": "the patient's own; a secret"}),
            "code": _or_null({"type": "string", "description": "to be typed; a secret"}),
            "host": _or_null({"type": "string", "description": "where the code is typed"}),
        }
    ),
    "Patients": _record({"patients": _list(_record(_LINE_OF_PATIENT), MOST_LISTED), "next": NEXT}),
    # What is known may come from other ways in, with other limits: only the types are promised.
    "Patient": _record(
        {
            "id": ID,
            **{name: {"type": schema["type"]} for name, schema in _PATIENT.items()},
            "born": BORN,
            "address": {"type": "array", "items": {"type": "string"}},
            "needs": {"type": "array", "items": {"type": "string"}},
            "created": MOMENT,
        }
    ),
    "NewPatient": _wish({**_PATIENT, "accept": _accept("resembling")}, "name"),
    "PatientChange": _wish(_PATIENT),
    "PatientSearch": _wish(
        {
            "name": _text(120, "any part of the name, in any spelling", 1),
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_FOUND},
        },
        "name",
    ),
    "FoundPatients": _record(
        {
            "patients": _list(_record(_LINE_OF_PATIENT), MOST_FOUND),
            "is_complete": {
                "type": "boolean",
                "description": "false in the seconds after an unlocking; then ask again",
            },
        }
    ),
    "Problem": _record(
        {
            "type": {"type": "string", "pattern": "^urn:practicebox:problem:[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": _FLAW},
            "questions": {"type": "array", "items": _QUESTION},
            "scope": {"type": "string"},
            "error_id": {"type": "string"},
        },
        optional=("detail", "errors", "questions", "scope", "error_id"),
    ),
}

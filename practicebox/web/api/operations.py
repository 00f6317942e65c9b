"""Every operation of the API, as data: what it takes, what it needs, what it may answer.

Routes, checks and the served document all come from this one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from practicebox.web.api import schemas

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PDF = "application/pdf"
EVENTS = "text/event-stream"

# What may come of anything: asked wrongly, by nobody known, for another type, at a bad time.
ALWAYS = (400, 401, 406, 408, 413, 415, 429, 500, 503, 507)


@dataclass(frozen=True)
class Parameter:
    """A parameter in the query."""

    schema: Mapping[str, Any]
    description: str


@dataclass(frozen=True)
class Operation:
    """One thing that a program can ask for."""

    id: str  # the name of its route, behind "api."
    method: str
    path: str  # below `/api/v1`
    summary: str
    scope: str = ""  # empty: any token will do
    query: Mapping[str, Parameter] = field(default_factory=dict)
    body: str = ""  # name of its schema
    good: int = 200
    answer: str = ""  # name of its schema; empty for none
    produces: str = JSON
    changes: bool = False  # what is there, so `If-Match` is needed
    repeats: bool = False  # an `Idempotency-Key` is understood
    asks: bool = False  # may answer with questions

    @property
    def is_conditional(self) -> bool:
        """Whether `If-None-Match` is understood."""
        return self.method == "GET" and self.produces != EVENTS

    @property
    def is_tagged(self) -> bool:
        """Whether its good answer has an ETag; what a search finds is no resource."""
        return self.is_conditional or self.changes or self.repeats

    @property
    def takes(self) -> tuple[str, ...]:
        """Media types of its body."""
        if not self.body:
            return ()
        return (MERGE_PATCH, JSON) if self.method == "PATCH" else (JSON,)

    @property
    def statuses(self) -> list[int]:
        """All that it may answer."""
        found = {self.good, *ALWAYS}
        found |= {403} if self.scope else set()
        found |= {304} if self.is_conditional else set()
        found |= {404} if "{id}" in self.path else set()
        found |= {412, 428} if self.changes else set()
        found |= {422} if self.body or self.repeats else set()
        found |= {409} if self.repeats or self.asks else set()
        return sorted(found)


_CURSOR = {"type": "string", "maxLength": 80, "pattern": "^[A-Za-z0-9_.:-]*$"}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": schemas.MOST_LISTED}
_PAGING = {
    "limit": Parameter(_LIMIT, "how many at once; 50 if it is left out"),
    "cursor": Parameter(_CURSOR, "out of `next` of the page before"),
}
_DAYS = {
    "from": Parameter(schemas.DAY, "first day on the practice's calendar; today if left out"),
    "to": Parameter(schemas.DAY, "last day, at most 92 days later; a week if left out"),
}
_READ, _WRITE = "appointments:read", "appointments:write"

OPERATIONS = (
    Operation("service", "GET", "", "Version, scopes of the token, addresses", answer="Service"),
    Operation("document", "GET", "/openapi.json", "This document", produces=JSON),
    Operation(
        "organisers", "GET", "/organisers", "Who holds consultations", _READ, answer="Organisers"
    ),
    Operation(
        "appointments.list",
        "GET",
        "/appointments",
        "Appointments of some days, by start",
        _READ,
        {**_DAYS, **_PAGING},
        answer="Appointments",
    ),
    Operation(
        "appointments.add",
        "POST",
        "/appointments",
        "Plan an appointment",
        _WRITE,
        body="NewAppointment",
        good=201,
        answer="Appointment",
        repeats=True,
        asks=True,
    ),
    Operation(
        "appointments.get",
        "GET",
        "/appointments/{id}",
        "One appointment",
        _READ,
        answer="Appointment",
    ),
    Operation(
        "appointments.change",
        "PATCH",
        "/appointments/{id}",
        "Move or change an appointment",
        _WRITE,
        body="AppointmentChange",
        answer="Appointment",
        changes=True,
        asks=True,
    ),
    Operation(
        "appointments.delete",
        "DELETE",
        "/appointments/{id}",
        "Delete an appointment",
        _WRITE,
        good=204,
        changes=True,
    ),
    Operation(
        "appointments.cancel",
        "POST",
        "/appointments/{id}/cancel",
        "Cancel an appointment; its code and link no longer work",
        _WRITE,
        answer="Appointment",
        changes=True,
        repeats=True,
    ),
    Operation(
        "appointments.invitation",
        "GET",
        "/appointments/{id}/invitation",
        "The patient's link and access code; noted in the audit log",
        "invitations:read",
        answer="Invitation",
    ),
    Operation(
        "appointments.letter",
        "GET",
        "/appointments/{id}/letter.pdf",
        "The letter with the invitation; noted in the audit log",
        "invitations:read",
        produces=PDF,
    ),
    Operation(
        "patients.list",
        "GET",
        "/patients",
        "All patients, in the order in which they came",
        "patients:read",
        _PAGING,
        answer="Patients",
    ),
    Operation(
        "patients.add",
        "POST",
        "/patients",
        "Enter a patient",
        "patients:write",
        body="NewPatient",
        good=201,
        answer="Patient",
        repeats=True,
        asks=True,
    ),
    Operation(
        "patients.search",
        "POST",
        "/patients/search",
        "Search by any part of the name; a name has no place in an address",
        "patients:read",
        body="PatientSearch",
        answer="FoundPatients",
    ),
    Operation(
        "patients.get", "GET", "/patients/{id}", "One patient", "patients:read", answer="Patient"
    ),
    Operation(
        "patients.change",
        "PATCH",
        "/patients/{id}",
        "Change a patient's data; what is left out stays",
        "patients:write",
        body="PatientChange",
        answer="Patient",
        changes=True,
    ),
    Operation(
        "events",
        "GET",
        "/events",
        "What happens, as server-sent events",
        "events:read",
        produces=EVENTS,
    ),
)
BY_ROUTE = {f"api.{operation.id}": operation for operation in OPERATIONS}

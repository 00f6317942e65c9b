"""A program at the API of a box, which holds each answer against the document that is served."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from jsonschema import Draft202012Validator
from yarl import URL

from practicebox.practice.programs import SCOPES
from practicebox.store.records import Appointment
from practicebox.web.api.document import BASE, document
from practicebox.web.api.operations import BY_ROUTE, EVENTS, Operation
from practicebox.web.api.problems import KINDS, TYPE, URN
from practicebox.web.staff.watch import WATCH
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import Browser

Document = dict[str, Any]
STARTS = "2027-01-19T15:30:00+01:00"
UNKNOWN = "AAAAAAAAAAAAAAAA"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    type: str  # media type
    body: bytes

    @property
    def tag(self) -> str:
        return self.headers["ETag"]

    @property
    def problem(self) -> str:
        """The name of the problem."""
        return str(self.json["type"]).removeprefix(URN)

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Api:
    """The box, and a program with a token."""

    doors: Doors
    client: TestClient[web.Request, web.Application]
    token: str
    program_id: str
    seen: set[tuple[str, int]] = field(default_factory=set)  # operations and their answers

    async def ask(
        self,
        name: str,
        id_: str = UNKNOWN,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        **body: Any,
    ) -> Reply:
        """One request of an operation; its answer is as described, or the test fails."""
        operation = BY_ROUTE[f"api.{name}"]
        url = URL.build(path=BASE + operation.path.replace("{id}", id_), query=query)
        sent = {"Authorization": f"Bearer {self.token if token is None else token}"}
        sent |= headers or {}
        async with self.client.request(operation.method, url, headers=sent, **body) as answer:
            is_open = answer.content_type == EVENTS
            data = await answer.content.readuntil(b"\n\n") if is_open else await answer.read()
            if is_open:
                answer.close()
            reply = Reply(answer.status, answer.headers, answer.content_type, data)
        self.seen.add((name, reply.status))
        check(operation, reply)
        return reply

    async def program(self, *scopes: str) -> str:
        """The token of another program."""
        return (await self.doors.box.store.programs.add("Andere", scopes))[1]

    async def tag(self, appointment: Appointment) -> str:
        """The ETag of an appointment as it is now."""
        return (await self.ask("appointments.get", appointment.id)).tag

    @property
    def watched(self) -> int:
        """How many streams of the program are open."""
        app: Any = self.client.app
        return len(app[WATCH]._others.get(self.program_id, ()))


@asynccontextmanager
async def api_of(folder: Path) -> AsyncIterator[Api]:
    """A practice, and a program that may do everything."""
    async with both_doors(folder) as doors:
        yield await program_at(doors, doors.staff)


async def program_at(doors: Doors, browser: Browser) -> Api:
    program, token = await doors.box.store.programs.add("Praxisverwaltung", SCOPES)
    return Api(doors, browser.client, token, program.id)


def check(operation: Operation, reply: Reply) -> None:
    """Hold an answer against the document; the test fails for anything it doesn't say."""
    place = (operation.id, reply.status, reply.body[:300])
    described = described_by(operation)["responses"]
    assert str(reply.status) in described, place
    answer = resolved(described[str(reply.status)])
    for name in answer.get("headers", {}):
        assert reply.headers.get(name), (place, name)
    if "content" not in answer:
        assert not reply.body, place
        return
    assert reply.type in answer["content"], place
    schema = answer["content"][reply.type].get("schema")
    if reply.type.endswith("json"):
        errors = [error.message for error in validator(json.dumps(schema)).iter_errors(reply.json)]
        assert errors == [], place
    if reply.type == TYPE:
        assert KINDS[reply.problem].status == reply.status == reply.json["status"], place


def described_by(operation: Operation) -> Document:
    """What the document says of an operation."""
    found: Document = served()["paths"][BASE + operation.path][operation.method.lower()]
    return found


def resolved(value: Document) -> Document:
    """A part of the document, or what it refers to."""
    if "$ref" not in value:
        return value
    found: Any = served()
    for name in value["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


@cache
def served() -> Document:
    """The document as it goes over the wire."""
    found: Document = json.loads(json.dumps(document()))
    return found


@cache
def validator(schema: str) -> Draft202012Validator:
    """Somebody else's judge of JSON Schema."""
    return Draft202012Validator({**json.loads(schema), "components": served()["components"]})

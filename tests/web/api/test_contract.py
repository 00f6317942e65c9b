"""The contract of the API: each operation gives every answer that is described, and no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from practicebox.practice.programs import SCOPES
from practicebox.store.conditions import DiskFailed, DiskTrouble
from practicebox.web import bodies
from practicebox.web.api import access, events
from practicebox.web.api.document import BASE
from practicebox.web.api.operations import OPERATIONS
from practicebox.web.api.schemas import SCHEMAS
from tests.web.api.api_world import STARTS, Api, api_of, served


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_of(tmp_path) as opened:
        yield opened


def test_the_document_is_one() -> None:
    """The parts that OpenAPI 3.1 requires, schemas that are schemas, references that lead on."""
    told = served()
    assert told["openapi"] == "3.1.0" and set(told["info"]) >= {"title", "version"}
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
    ids = [o["operationId"] for path in told["paths"].values() for o in path.values()]
    assert len(ids) == len(set(ids)) == len(OPERATIONS)
    references = set(str(told).split("'$ref': '#/components/")[1:])
    names = {reference.split("'")[0] for reference in references}
    assert {n.split("/")[1] for n in names if n.startswith("schemas/")} == set(SCHEMAS)
    assert {n for n in names if n.startswith("responses/")} == {"responses/Problem"}
    scopes = {s for path in told["paths"].values() for o in path.values() for s in _scopes(o)}
    assert scopes == set(SCOPES)


def _scopes(operation: dict[str, Any]) -> list[str]:
    [security] = operation["security"]
    return list(security["token"])


async def test_the_document_has_every_route_and_no_other(api: Api) -> None:
    assert api.client.app is not None
    routes = {
        (route.method, route.resource.canonical)
        for route in api.client.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/api/")
    }
    described = {
        (method.upper(), path) for path, one in served()["paths"].items() for method in one
    }
    assert routes == described
    assert (await api.ask("document")).json == served()


async def test_every_operation_gives_every_answer_that_is_described(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is checked where it comes (`api_world.check`); at the end none is missing."""
    await _read(api)
    await _plan(api)
    await _patients(api)
    await _refuse(api)
    await _fail(api, monkeypatch)
    described = {(o.id, int(s)) for o in OPERATIONS for s in _described(o.path, o.method)}
    assert sorted(described - api.seen) == []
    assert sorted(api.seen - described) == []


def _described(path: str, method: str) -> list[str]:
    return list(served()["paths"][BASE + path][method.lower()]["responses"])


async def _read(api: Api) -> None:
    """What only looks: there, not changed, not there, asked for in a wrong way."""
    appointment = await api.doors.plan()
    ids = {"patients.get": appointment.patient_id}
    for operation in OPERATIONS:
        if operation.method != "GET":
            continue
        id_ = ids.get(operation.id, appointment.id)
        assert (await api.ask(operation.id, id_)).status == 200
        if operation.is_conditional:
            await api.ask(operation.id, id_, headers={"If-None-Match": "*"})
        if "{id}" in operation.path:
            assert (await api.ask(operation.id)).problem == "not-found"
    found = await api.ask("patients.search", json={"name": "krej"})
    assert [one["id"] for one in found.json["patients"]] == [appointment.patient_id]


async def _plan(api: Api) -> None:
    """What writes appointments."""
    taken = await api.doors.plan()
    plan = {"patient_id": taken.patient_id, "starts": STARTS, "minutes": 30}
    assert (await api.ask("appointments.add", json=plan)).problem == "questions"
    made = await api.ask("appointments.add", json={**plan, "accept": ["overlap"]})
    id_, tag = made.json["id"], {"If-Match": made.tag}
    assert made.headers["Location"] == f"{BASE}/appointments/{id_}"
    elsewhere = {"starts": "2027-01-20T09:00:00+01:00"}
    moved = await api.ask("appointments.change", id_, json=elsewhere, headers=tag)
    tag = {"If-Match": moved.tag}
    back = await api.ask("appointments.change", id_, json={"starts": STARTS}, headers=tag)
    assert back.problem == "questions"
    again = await api.ask("appointments.change", json=elsewhere, headers=tag)
    assert again.problem == "not-found"
    key = {**tag, "Idempotency-Key": "cancel-1"}
    assert (await api.ask("appointments.cancel", id_, headers=key)).json["state"] == "cancelled"
    reused = await api.ask("appointments.cancel", taken.id, headers=key)
    assert reused.problem == "key-reused"
    for name in ("appointments.cancel", "appointments.delete"):
        assert (await api.ask(name, headers=tag)).problem == "not-found"
    tag = {"If-Match": (await api.ask("appointments.get", id_)).tag}
    assert (await api.ask("appointments.delete", id_, headers=tag)).status == 204
    assert (await api.ask("appointments.cancel", id_, headers=key)).problem == "answer-gone"
    for operation in OPERATIONS:
        if operation.changes and operation.id.startswith("appointments"):
            body: dict[str, Any] = {"json": elsewhere} if operation.body else {}
            asked = operation.id, taken.id
            assert (await api.ask(*asked, **body)).problem == "precondition"
            old = {"If-Match": '"old"'}
            assert (await api.ask(*asked, headers=old, **body)).problem == "changed"


async def _patients(api: Api) -> None:
    """What writes patients."""
    made = await api.ask("patients.add", json={"name": "Bob Beispiel", "born": "1970-02-01"})
    again = await api.ask("patients.add", json={"name": "Bob Beispiel", "born": None})
    assert again.json["questions"][0]["ids"] == [made.json["id"]]
    id_ = made.json["id"]
    change: dict[str, Any] = {"json": {"needs": ["hearing"]}}
    tag = {"If-Match": made.tag}
    changed = await api.ask("patients.change", id_, headers=tag, **change)
    assert changed.json["needs"] == ["hearing"]
    assert (await api.ask("patients.change", id_, headers=tag, **change)).problem == "changed"
    assert (await api.ask("patients.change", id_, **change)).problem == "precondition"
    assert (await api.ask("patients.change", headers=tag, **change)).problem == "not-found"


async def _refuse(api: Api) -> None:
    """What nobody gets: the wrong program, the wrong type, too much, nonsense."""
    nobody = await api.program()
    for operation in OPERATIONS:
        name = operation.id
        assert (await api.ask(name, token="")).problem == "token"
        if operation.scope:
            assert (await api.ask(name, token=nobody)).json["scope"] == operation.scope
        assert (await api.ask(name, headers={"Accept": "image/png"})).problem == "not-acceptable"
        assert (await api.ask(name, data=b"x" * 70_000)).problem == "too-large"
        assert (await api.ask(name, query={"limit": "0"})).problem == "parameters"
        packed = {"Content-Encoding": "gzip"}
        assert (await api.ask(name, data=b"x", headers=packed)).problem == "media-type"
        if operation.body:
            assert (await api.ask(name, data=b"{}")).problem == "media-type"
            as_json = {"Content-Type": "application/json"}
            assert (await api.ask(name, data=b"{", headers=as_json)).problem == "malformed"
            assert (await api.ask(name, json={"x": 1})).problem == "validation"
        elif operation.repeats:
            reply = await api.ask(name, headers={"Idempotency-Key": "not visible"})
            assert reply.problem == "parameters"


async def _fail(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad times: a locked vault, a full disk, a mistake of ours, a slow line, too many slips."""
    store, app = api.doors.box.store, api.client.app
    assert app is not None

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(2)

    async def broken(*_: object) -> None:
        raise RuntimeError("Alice Krejčová")

    async def full(*_: object) -> None:
        raise DiskFailed(DiskTrouble.FULL)

    for operation in OPERATIONS:
        name = operation.id
        with monkeypatch.context() as patch:
            patch.setattr(bodies, "PATIENCE", 0.01)
            assert (await api.ask(name, data=slowly())).problem == "timeout"
        for wrong, problem in ((broken, "error"), (full, "not-saved")):
            with monkeypatch.context() as patch:
                patch.setattr(store.programs, "enter", wrong)
                assert (await api.ask(name)).problem == problem
    app[events.STREAMS][api.program_id] = events.MOST
    assert (await api.ask("events")).problem == "streams"
    store.lock()
    for operation in OPERATIONS:
        assert (await api.ask(operation.id)).problem == "locked"
    for _ in range(access.SLIPS):
        await api.ask("service", token="pbx_wrong")
    for operation in OPERATIONS:
        assert (await api.ask(operation.id, token="pbx_wrong")).problem == "throttled"
    assert (await api.ask("service")).problem == "locked"  # a known token doesn't wait for others


def test_nothing_in_the_document_names_anybody() -> None:
    text = json.dumps(served())
    assert "Krej" not in text and "127.0.0.1" not in text

"""The API's own document (OpenAPI 3.1), made from the list of operations."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from practicebox import __version__
from practicebox.practice.programs import SCOPES
from practicebox.web.api import problems
from practicebox.web.api.operations import EVENTS, JSON, OPERATIONS, PDF, Operation
from practicebox.web.api.schemas import ID, SCHEMAS

BASE = "/api/v1"
Data = dict[str, Any]

_ETAG = {"schema": {"type": "string"}, "description": "strong, from the content (RFC 9110 8.8.3)"}
_ABOUT = (
    "Interface of a PracticeBox for practice software. Every request needs a token that the main"
    " user has made; errors are problem details (RFC 9457) with a stable `type`."
)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "the same key with the same request gets the same answer for 24 hours",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


@cache
def text() -> str:
    """The document as it is served."""
    return json.dumps(document(), ensure_ascii=False)


def document() -> Data:
    """The document as data."""
    paths: dict[str, Data] = {}
    for operation in OPERATIONS:
        path = paths.setdefault(BASE + operation.path, {})
        path[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "PracticeBox", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": {"Problem": _problem()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "pbx_",
                    "description": f"Scopes: {', '.join(SCOPES)}",
                }
            },
        },
    }


def _operation(operation: Operation) -> Data:
    found: Data = {
        "operationId": operation.id,
        "summary": operation.summary,
        "security": [{"token": [operation.scope] if operation.scope else []}],
        "parameters": _parameters(operation),
        "responses": {str(status): _answer(operation, status) for status in operation.statuses},
    }
    if operation.body:
        schema = {"schema": _named(operation.body)}
        content = dict.fromkeys(operation.takes, schema)
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(operation: Operation) -> list[Data]:
    found: list[Data] = []
    if "{id}" in operation.path:
        found.append({"name": "id", "in": "path", "required": True, "schema": ID})
    for name, one in operation.query.items():
        schema = {"schema": dict(one.schema), "description": one.description}
        found.append({"name": name, "in": "query", "required": False, **schema})
    if operation.changes:
        found.append(_header("If-Match", "the ETag that was seen", required=True))
    if operation.is_conditional:
        found.append(_header("If-None-Match", "answers 304 where nothing has changed"))
    if operation.repeats:
        found.append(_KEY)
    if operation.produces == EVENTS:
        found.append(_header("Last-Event-ID", "goes on behind this event, or with a `reset`"))
    return found


def _header(name: str, description: str, *, required: bool = False) -> Data:
    schema = {"schema": {"type": "string"}, "description": description}
    return {"name": name, "in": "header", "required": required, **schema}


def _answer(operation: Operation, status: int) -> Data:
    if status == operation.good:
        return _good(operation)
    if status == 304:
        return {"description": "Nothing has changed", "headers": {"ETag": _ETAG}}
    return {"$ref": "#/components/responses/Problem"}


def _good(operation: Operation) -> Data:
    description = HTTPStatus(operation.good).phrase
    if operation.produces == EVENTS:
        content: Data = {EVENTS: {"schema": {"type": "string"}}}
        return {"description": description, "content": content}
    if operation.good == 204:
        return {"description": description}
    schema = _named(operation.answer) if operation.answer else {"type": "object"}
    is_paper = operation.produces == PDF
    content = {PDF: {}} if is_paper else {JSON: {"schema": schema}}
    headers = {"ETag": _ETAG} if operation.is_tagged else {}
    if operation.good == 201:
        headers["Location"] = {"schema": {"type": "string"}, "description": "where it is now"}
    return {"description": description, "headers": headers, "content": content}


def _problem() -> Data:
    kinds = "; ".join(f"{name} ({kind.status})" for name, kind in problems.KINDS.items())
    return {
        "description": f"A problem. Types behind {problems.URN}: {kinds}",
        "content": {problems.TYPE: {"schema": _named("Problem")}},
    }


def _named(schema: str) -> Data:
    return {"$ref": f"#/components/schemas/{schema}"}

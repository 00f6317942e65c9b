"""What a program says beside who it is: accepted types, the query, the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from practicebox.web.api import strict_json
from practicebox.web.api.operations import Operation
from practicebox.web.api.problems import Flaw, Problem
from practicebox.web.api.schema import flaws
from practicebox.web.api.schemas import SCHEMAS

BODY: web.RequestKey[Any] = web.RequestKey("api-body", dict)
QUERY: web.RequestKey[Any] = web.RequestKey("api-query", dict)

_RANGE = re.compile(r"\s*([\w.+*-]+/[\w.+*-]+)\s*(?:;(.*))?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


async def read(request: web.Request, operation: Operation) -> None:
    """Check and keep query and body; raise `Problem`."""
    if not accepts(request.headers.get("Accept", ""), operation.produces):
        raise Problem("not-acceptable", f"The answer is {operation.produces}.")
    request[QUERY] = _query(request, operation)
    if operation.body:
        request[BODY] = await _body(request, operation)


def accepts(header: str, produces: str) -> bool:
    """Whether an `Accept` header takes this type (RFC 9110 section 12.5.1); none takes all."""
    if not header.strip():
        return True
    wanted = {"*/*", f"{produces.partition('/')[0]}/*", produces}
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found and found[1].lower() in wanted and not _is_refused(found[2] or ""):
            return True
    return False


def _is_refused(parameters: str) -> bool:
    values = [part.strip().lower() for part in parameters.split(";")]
    return any(re.fullmatch(r"q=0(\.0*)?", value) for value in values)


def _query(request: web.Request, operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wrong: list[Flaw] = []
    for name in sorted(set(request.query)):
        parameter, values = operation.query.get(name), request.query.getall(name)
        if parameter is None or len(values) > 1:
            known = name[:40] if strict_json.whole(name) else "?"
            told = "There is no such parameter." if parameter is None else "This stands twice."
            wrong.append(Flaw(known, told))
            continue
        value = _typed(values[0], parameter.schema)
        wrong += [Flaw(name, flaw.detail) for flaw in flaws(parameter.schema, value)]
        found[name] = value
    if wrong:
        raise Problem("parameters", flaws=wrong)
    return found


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    return int(text) if schema["type"] == "integer" and _WHOLE.fullmatch(text) else text


async def _body(request: web.Request, operation: Operation) -> dict[str, Any]:
    if request.content_type not in operation.takes:
        raise Problem("media-type", f"Send {operation.takes[-1]}.")
    body = strict_json.read(await request.read())
    wrong = list(flaws(SCHEMAS[operation.body], body))
    if wrong or not isinstance(body, dict):
        raise Problem("validation", flaws=wrong)
    return body

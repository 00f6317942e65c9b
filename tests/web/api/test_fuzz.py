"""Requests made up from the served document, good ones, nearly good ones and nonsense: every answer
is a described one, and none is a mistake of ours."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practicebox.web.api.operations import OPERATIONS, Operation
from practicebox.web.api.schema import flaws
from practicebox.web.api.schemas import SCHEMAS
from tests.web.api.api_world import Api, api_of, validator

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("PRACTICEBOX_API_REQUESTS", "500"))
Strategy = st.SearchStrategy[Any]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JUNK: Strategy = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
DAYS = st.sampled_from(["2027-01-19", "2027-03-28", "2028-02-29", "2027-02-30", "0001-01-01"])
CLOCKS = st.sampled_from(
    ["09:00:00+01:00", "02:30:00+01:00", "23:59:00Z", "29:00:00Z", "00:00:00-19:59"]
)
MOMENTS = st.builds("{}T{}".format, DAYS, CLOCKS)


def from_schema(schema: Any, ids: list[str]) -> Strategy:
    """Values that a schema takes, and some that look like it."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(kind, schema, ids) for kind in kinds])


def _of_type(kind: str, schema: Any, ids: list[str]) -> Strategy:
    if kind == "object":
        needed = set(schema["required"])
        fields = {n: from_schema(s, ids) | JUNK for n, s in schema["properties"].items()}
        wanted = {n: from_schema(s, ids) for n, s in schema["properties"].items()}
        good = st.fixed_dictionaries(
            {n: s for n, s in wanted.items() if n in needed},
            optional={n: s for n, s in wanted.items() if n not in needed},
        )
        return st.one_of(good, good, good, st.fixed_dictionaries({}, optional=fields))
    if kind == "array":
        return st.lists(from_schema(schema["items"], ids), max_size=schema["maxItems"] + 1)
    if kind == "integer":
        return st.integers(schema.get("minimum", 0) - 1, schema.get("maximum", 99) + 1)
    if kind == "null":
        return st.none()
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format"):
        return MOMENTS if schema["format"] == "date-time" else DAYS
    if schema.get("pattern", "").endswith("{16}$"):
        return st.sampled_from(ids)
    return st.text(max_size=schema.get("maxLength", 30) + 1) | st.just("Beispiel, Bob")


@st.composite
def requests(draw: st.DrawFn, ids: list[str]) -> tuple[Operation, dict[str, Any]]:
    """An operation, and how it is asked."""
    operation = draw(st.sampled_from(OPERATIONS))
    headers = draw(
        st.fixed_dictionaries(
            {"If-Match": st.sampled_from(["*", '"old"'])} if operation.changes else {},
            optional={
                "If-None-Match": VISIBLE | st.just("*"),
                "Idempotency-Key": st.sampled_from(["1", "2", "3"]) | VISIBLE,
                "Last-Event-ID": VISIBLE,
                "Accept-Language": st.sampled_from(["de", "en"]),
            },
        )
    )
    names = st.sampled_from([*operation.query, "x"])
    values = VISIBLE | DAYS | st.integers(0, 101).map(str) | st.text(max_size=9)
    asked: dict[str, Any] = {
        "id_": draw(st.sampled_from(ids) | st.text(min_size=1, max_size=20).map(_as_path)),
        "query": draw(st.dictionaries(names, values, max_size=2)) or None,
        "headers": headers,
    }
    if operation.body:
        body = draw(from_schema(SCHEMAS[operation.body], ids) | JUNK)
        text = draw(st.just(json.dumps(body).encode()) | st.binary(max_size=40))
        kinds = [*operation.takes, *operation.takes, "text/plain"]
        asked["data"] = text
        headers["Content-Type"] = draw(st.sampled_from(kinds))
    return operation, asked


def _as_path(text: str) -> str:
    found = quote(text.encode("utf-8", "replace"), safe="")
    return "x" if found in (".", "..") else found


def test_no_request_gets_an_answer_that_is_not_described() -> None:
    """The answer is held against the document by `Api.ask`; what is refused is refused by name."""
    good = set()
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        stack = AsyncExitStack()
        api, ids = runner.run(_open(stack, Path(folder)))

        @settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
        @given(requests(ids))
        def ask(asked: tuple[Operation, dict[str, Any]]) -> None:
            operation, how = asked
            reply = runner.run(api.ask(operation.id, **how))
            assert reply.status < 500, (operation.id, reply.body)
            if reply.status < 400:
                good.add(operation.id)

        try:
            ask()
        finally:
            runner.run(stack.aclose())
    assert len(good) > len(OPERATIONS) // 2, "most of what was asked was nonsense"


async def _open(stack: AsyncExitStack, folder: Path) -> tuple[Api, list[str]]:
    api = await stack.enter_async_context(api_of(folder))
    appointments = [await api.doors.plan(date=f"2027-02-0{n}") for n in range(1, 6)]
    [user] = await api.doors.box.store.users()
    ids = [one.id for one in appointments]
    return api, [*ids, appointments[0].patient_id, user.id, "A" * 16]


@settings(max_examples=MANY)
@given(
    st.sampled_from([n for n in SCHEMAS if "Change" in n or "New" in n or "Search" in n]), st.data()
)
def test_our_judge_of_schemas_agrees_with_somebody_elses(name: str, data: st.DataObject) -> None:
    """`format` is asked by ours alone."""
    schema = SCHEMAS[name]
    value = data.draw(from_schema(schema, ["A" * 16]) | JUNK)
    theirs = validator(json.dumps(schema)).is_valid(value)
    ours = [flaw for flaw in flaws(schema, value) if flaw.detail != "There is no such day or time."]
    halves = any("\\ud" in part for part in [json.dumps(value)])
    assert bool(ours) is not theirs or halves, (value, ours)

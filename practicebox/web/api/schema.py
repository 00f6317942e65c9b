"""Checks values against the schemas that the API's own document serves (JSON Schema 2020-12).

Only the words that the document uses; a schema with any other word raises `KeyError`, so that none
is silently ignored. One description binds both sides: what is served is what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from practicebox.web.api.problems import Flaw
from practicebox.web.api.strict_json import whole

Schema = Mapping[str, Any]
Check = Callable[[Any, Any, Schema, str], Iterator[Flaw]]

_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str) and whole(value),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: _is_number(value) and value == int(value),  # type: ignore[call-overload]  # a number
}
_SILENT = {"description", "title", "default", "examples"}


def flaws(schema: Schema, value: object, pointer: str = "") -> Iterator[Flaw]:
    """Everything that is wrong with a value, and where (RFC 6901)."""
    wrong = list(_type(schema.get("type", ()), value, pointer))
    if wrong:
        yield from wrong
        return
    for word, wanted in schema.items():
        if word not in _SILENT and word != "type":
            yield from _CHECKS[word](wanted, value, schema, pointer)


def _type(wanted: str | list[str], value: object, pointer: str) -> Iterator[Flaw]:
    names = [wanted] if isinstance(wanted, str) else wanted
    if names and not any(_TYPES[name](value) for name in names):
        yield Flaw(pointer, f"This has to be of type {' or '.join(names)}.")


def _properties(wanted: Schema, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    for name, within in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from flaws(within, value[name], f"{pointer}/{name}")


def _required(wanted: list[str], value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    for name in wanted:
        if isinstance(value, dict) and name not in value:
            yield Flaw(f"{pointer}/{name}", "This is missing.")


def _additional(wanted: bool, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    for name in value if isinstance(value, dict) and not wanted else ():
        if name not in schema["properties"]:
            place = name.replace("~", "~0").replace("/", "~1")
            known = place if whole(place) else "?"
            yield Flaw(f"{pointer}/{known[:80]}", "There is no such field.")


def _least(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, dict) and len(value) < wanted:
        yield Flaw(pointer, "This says nothing.")


def _enum(wanted: list[object], value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if value not in wanted:
        yield Flaw(pointer, "This is none of the possible values.")


def _longest(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, str) and len(value) > wanted:
        yield Flaw(pointer, f"This may have {wanted} characters at most.")


def _shortest(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, str) and len(value) < wanted:
        yield Flaw(pointer, "This may not be empty.")


def _pattern(wanted: str, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, str) and not _compiled(wanted).search(value):
        yield Flaw(pointer, "This is not written as described.")


def _format(wanted: str, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    reader = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}[wanted]
    try:
        if isinstance(value, str):
            reader(value)
    except ValueError:
        yield Flaw(pointer, "There is no such day or time.")


def _minimum(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if _is_number(value) and value < wanted:
        yield Flaw(pointer, f"This has to be {wanted} at least.")


def _maximum(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if _is_number(value) and value > wanted:
        yield Flaw(pointer, f"This may be {wanted} at most.")


def _items(wanted: Schema, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    for number, item in enumerate(value if isinstance(value, list) else ()):
        yield from flaws(wanted, item, f"{pointer}/{number}")


def _most(wanted: int, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, list) and len(value) > wanted:
        yield Flaw(pointer, f"There may be {wanted} of these at most.")


def _unique(wanted: bool, value: Any, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if isinstance(value, list) and any(item in value[:n] for n, item in enumerate(value)):
        yield Flaw(pointer, "Something stands here twice.")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """As ECMA-262 means it: `$` is the end of the text, never the line break before it."""
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CHECKS: dict[str, Check] = {
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "minProperties": _least,
    "enum": _enum,
    "maxLength": _longest,
    "minLength": _shortest,
    "pattern": _pattern,
    "format": _format,
    "minimum": _minimum,
    "maximum": _maximum,
    "items": _items,
    "maxItems": _most,
    "uniqueItems": _unique,
}

"""JSON as strict as it gets (RFC 8259, I-JSON of RFC 7493): no name twice, no half characters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from practicebox.web.api.problems import Problem


def read(body: bytes) -> object:
    """What the body says; raise `Problem`."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
        )
    except Problem:
        raise
    except RecursionError:
        raise Problem("malformed", "The JSON is nested too deeply.") from None
    except ValueError:  # bad UTF-8, bad JSON, a number with thousands of digits
        raise Problem("malformed", "The body is not JSON in UTF-8.") from None


def whole(text: object) -> bool:
    """Whether a text can be written in UTF-8: `"\\ud800"` is half a character."""
    if not isinstance(text, str):
        return True
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem("malformed", "A name stands twice in one object.")
    return found


def _constant(name: str) -> object:
    raise Problem("malformed", f"{name} is not JSON.")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Problem("malformed", "A number is too large.")
    return number

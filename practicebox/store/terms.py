"""What a caller wants to hold within the transaction of a deed, and to have written along with it.

A check before a deed and the deed itself would be two visits to the database, and somebody else
could come in between; a note after it would be lost with the power.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Terms(Generic[T]):
    """Both run in the database thread; whatever one of them raises undoes the deed."""

    before: Callable[[T], None] = _nothing  # given what is there already
    after: Callable[[sqlite3.Connection, T], None] = _nothing  # given what is there from now on


NO_TERMS: Terms[Any] = Terms()

"""Forms: what was typed, what is wrong with it, and both of them back on the page.

A handler reads fields through a `Form`; every mistake is noted beside its field in
the user's words. `form.is_good` says whether to go on; if not, the page is shown again with
status 422, everything typed still there and the first bad field focused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

LONGEST = 200  # characters of an ordinary field
T = TypeVar("T")
Translate = Callable[[str], str]


@dataclass
class Form:
    """The fields of one request (or of a fresh page) and the errors found in them."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.errors

    @property
    def first_error(self) -> str | None:
        """The name of the field to focus."""
        return next(iter(self.errors), None)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def is_ticked(self, name: str) -> bool:
        return self.values.get(name) == "yes"

    def text(self, name: str, missing: str | None = None, *, longest: int = LONGEST) -> str:
        """A field without blanks around it; `missing` is the sentence if it may not be empty."""
        value = " ".join(self.value(name).split())
        if not value and missing:
            self.errors.setdefault(name, missing)
        return value[:longest]

    def lines(self, name: str, *, most: int = 6, longest: int = 80) -> tuple[str, ...]:
        """The non-empty lines of a text area."""
        found = (" ".join(line.split())[:longest] for line in self.value(name).splitlines())
        return tuple(line for line in found if line)[:most]

    def one_of(self, name: str, allowed: Iterable[str], wrong: str) -> str:
        """A choice; anything not offered gets the sentence `wrong`."""
        value = self.value(name)
        if value not in set(allowed):
            self.errors.setdefault(name, wrong)
        return value

    def read(self, name: str, reader: Callable[[str], T], wrong: str) -> T | None:
        """The value as `reader` understands it; its `ValueError` becomes the sentence `wrong`."""
        try:
            return reader(self.value(name))
        except ValueError:
            self.errors.setdefault(name, wrong)
            return None


async def posted(request: web.Request) -> Form:
    """The form in a POST request; files and repeated fields are not used anywhere."""
    return from_mapping({k: v for k, v in (await request.post()).items() if isinstance(v, str)})


def from_mapping(values: Mapping[str, str]) -> Form:
    return Form({name: value.replace("\r\n", "\n") for name, value in values.items()})

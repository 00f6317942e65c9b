"""Conditional requests: strong ETags from the content, `If-Match`, `If-None-Match` (RFC 9110)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from aiohttp import web

from practicebox.store.api.answers import Answer
from practicebox.web.api.problems import Problem
from practicebox.web.keys import services

T = TypeVar("T")
View = Callable[[T], Mapping[str, object]]


def dumped(content: Mapping[str, object]) -> str:
    """A representation as text."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def tag_of(request: web.Request, content: str | bytes) -> str:
    """The ETag of a representation. Keyed, so that it can't be tried out what it stands for."""
    data = content.encode() if isinstance(content, str) else content
    key = services(request).store.secret("etags")
    return f'"{hashlib.blake2b(data, key=key, digest_size=16).hexdigest()}"'


def shown(request: web.Request, content: Mapping[str, object]) -> web.Response:
    """A representation with its ETag, or 304."""
    text = dumped(content)
    tag = tag_of(request, text)
    if is_known(request, tag):
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(text=text, content_type="application/json", headers={"ETag": tag})


def is_known(request: web.Request, tag: str) -> bool:
    """Whether the program has this representation already."""
    return _names(request.headers.get("If-None-Match", ""), tag, weakly=True)


def expected(request: web.Request, view: View[T]) -> Callable[[T], None]:
    """What `Terms.before` needs: refuse a change of something that isn't as it was seen.

    Raise `Problem` at once where the program doesn't say what it has seen.
    """
    seen = request.headers.get("If-Match")
    if seen is None:
        raise Problem("precondition", "Send the ETag that you have seen.")

    def check(now: T) -> None:
        if not _names(seen, tag_of(request, dumped(view(now))), weakly=False):
            raise Problem("changed", "Read it again, and decide anew.")

    return check


def told(
    request: web.Request, id_: str, content: Mapping[str, object], *, place: str = ""
) -> Answer:
    """The answer that tells of something made (`place` says where it is) or changed."""
    text = dumped(content)
    headers = {"ETag": tag_of(request, text), **({"Location": place} if place else {})}
    return Answer(id_, 201 if place else 200, headers, text)


def as_response(answer: Answer) -> web.Response:
    """An answer as it goes back, the first time or again."""
    return web.Response(
        text=answer.body,
        status=answer.status,
        content_type="application/json",
        headers=answer.headers,
    )


def _names(header: str, tag: str, *, weakly: bool) -> bool:
    for one in header.split(","):
        name = one.strip()
        if weakly:
            name = name.removeprefix("W/")
        if name in ("*", tag):
            return True
    return False

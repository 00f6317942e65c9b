"""What goes wrong, as programs read it: problem details (RFC 9457), each kind by its name.

Names and statuses never change their meaning; `document.py` and docs/api.md list them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiohttp import web

from practicebox.web.keys import DOOR

PREFIX = "/api/"
URN = "urn:practicebox:problem:"
TYPE = "application/problem+json"
REALM = 'Bearer realm="PracticeBox"'


class Kind(NamedTuple):
    """One kind of problem."""

    status: int
    title: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The request can't be read"),
    "parameters": Kind(400, "A parameter or header is wrong"),
    "token": Kind(401, "The token is missing or wrong"),
    "scope": Kind(403, "The token does not allow this"),
    "cross-site": Kind(403, "The request comes from another web site"),
    "not-found": Kind(404, "There is nothing here"),
    "method": Kind(405, "This method is not possible here"),
    "not-acceptable": Kind(406, "There is no answer of an accepted type"),
    "timeout": Kind(408, "The request took too long"),
    "questions": Kind(409, "Somebody has to say yes to this first"),
    "in-progress": Kind(409, "The same request is being answered just now"),
    "answer-gone": Kind(409, "What this request made has been deleted since"),
    "changed": Kind(412, "Somebody has changed this in the meantime"),
    "too-large": Kind(413, "The body is too large"),
    "media-type": Kind(415, "The body has a type that is not read here"),
    "host": Kind(421, "This host name is not ours"),
    "validation": Kind(422, "The body is not as described"),
    "key-reused": Kind(422, "The idempotency key belongs to another request"),
    "precondition": Kind(428, "This change needs the header If-Match"),
    "throttled": Kind(429, "Too many wrong tokens"),
    "streams": Kind(429, "Too many open event streams"),
    "error": Kind(500, "A mistake of ours"),
    "locked": Kind(503, "The vault is locked"),
    "not-saved": Kind(507, "The disk did not take it"),
}
_OF_STATUS = {
    **{kind.status: name for name, kind in reversed(KINDS.items())},
    403: "cross-site",  # the guard's; what a token doesn't allow is told by its own name
}


class Flaw(NamedTuple):
    """One thing that is wrong, and where."""

    pointer: str  # into the body (RFC 6901), or the name of a parameter or header
    detail: str


class Problem(Exception):
    """A request that is refused."""

    def __init__(
        self,
        name: str,
        detail: str = "",
        *,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(name)
        self.name, self.detail, self.flaws = name, detail, flaws
        self.headers, self.members = headers or {}, members or {}

    def answer(self) -> web.Response:
        """The problem as it goes back."""
        kind = KINDS[self.name]
        content: dict[str, object] = {
            "type": URN + self.name,
            "title": kind.title,
            "status": kind.status,
        }
        if self.detail:
            content["detail"] = self.detail
        if self.flaws:
            place = "parameter" if self.name == "parameters" else "pointer"
            content["errors"] = [{place: one.pointer, "detail": one.detail} for one in self.flaws]
        content.update(self.members)
        return web.Response(
            text=json.dumps(content, ensure_ascii=False),
            status=kind.status,
            content_type=TYPE,
            headers=dict(self.headers),
        )


def concerns(request: web.Request) -> bool:
    """Whether whoever asks expects problems and not pages."""
    return request.config_dict[DOOR].name == "staff" and request.path.startswith(PREFIX)


def of_status(status: int, headers: Mapping[str, str], error_id: str = "") -> web.Response:
    """The problem behind a status that the door itself gives."""
    name = _OF_STATUS.get(status, "error" if status >= 500 else "malformed")
    kept = {key: headers[key] for key in ("Allow", "Retry-After") if key in headers}
    members = {"error_id": error_id} if error_id else {}
    return Problem(name, headers=kept, members=members).answer()

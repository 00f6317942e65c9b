"""The cookies: a staff session, an approved device, a patient's visit, a set-up in progress, the
two short names that a workstation may remember, that a patient's browser has been here before, and
which challenge a passkey is to sign.

All are HttpOnly, for this host only, and never sent along from other sites. Over HTTPS
they carry the `__Host-` prefix, which browsers enforce.
"""

from __future__ import annotations

from enum import Enum

from aiohttp import web

from practicebox.web.keys import DOOR

LASTING_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie (RFC 6265bis)


class Cookie(Enum):
    SESSION = "session"
    DEVICE = "device"
    VISIT = "visit"
    DRAFT = "setup"
    NAMES = "names"
    WITNESS = "witness"  # how far the audit log had got (`store.audit_mark`)
    KNOWN = "known"
    CHALLENGE = "challenge"


LASTING = {Cookie.DEVICE, Cookie.NAMES, Cookie.KNOWN, Cookie.WITNESS}


def read(request: web.Request, cookie: Cookie) -> str:
    """The value of a cookie, or an empty string."""
    return request.cookies.get(_name(request, cookie), "")


def write(request: web.Request, response: web.StreamResponse, cookie: Cookie, value: str) -> None:
    """Set a cookie; those in `LASTING` stay, the others end with the browser."""
    response.set_cookie(
        _name(request, cookie),
        value,
        max_age=LASTING_SECONDS if cookie in LASTING else None,
        path="/",
        httponly=True,
        secure=request.config_dict[DOOR].secure,
        samesite="Strict",
    )


def forget(request: web.Request, response: web.StreamResponse, cookie: Cookie) -> None:
    """Delete a cookie."""
    secure = request.config_dict[DOOR].secure
    name = _name(request, cookie)
    response.del_cookie(name, path="/", secure=secure, httponly=True, samesite="Strict")


def _name(request: web.Request, cookie: Cookie) -> str:
    return f"__Host-{cookie.value}" if request.config_dict[DOOR].secure else f"pb-{cookie.value}"

"""What this browser holds: the secret of its device, and the draft of a set-up.

A browser that founded the practice but lost the answer has no device cookie. Its draft still
has the secret, so it isn't locked out of its own box.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.practice import link
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.staff.setup_draft import Draft, Drafts, NoDraft

DRAFTS = web.AppKey("drafts", Drafts)


def read_secret(request: web.Request) -> bytes | None:
    """The secret of this device, if it has one.

    The cookie comes last, because it may be left from an earlier box. In the demonstration every
    browser on this machine is the one approved device.
    """
    demo = services(request).demo
    if demo:
        return demo.device_secret
    return _secret_of_draft(request) or _secret_of_cookie(request)


def write_secret(request: web.Request, response: web.StreamResponse, secret: bytes) -> None:
    """Let the browser keep the secret."""
    cookies.write(request, response, Cookie.DEVICE, link.encode(secret))


def draft(request: web.Request) -> Draft:
    """The set-up this browser has begun; raise `NoDraft`."""
    return request.config_dict[DRAFTS].get(cookies.read(request, Cookie.DRAFT))


def _secret_of_draft(request: web.Request) -> bytes | None:
    try:
        return draft(request).device_secret
    except NoDraft:
        return None


def _secret_of_cookie(request: web.Request) -> bytes | None:
    try:
        return link.decode(cookies.read(request, Cookie.DEVICE)) or None
    except link.NotALink:
        return None

"""Who may talk to a door at all: `Host`, `Origin` and `Sec-Fetch-Site`, before anything else.

aiohttp checks none of them (DESIGN section 2). Without the check of `Host` a page on the
internet could point its own name at the box's LAN address and read what it serves (DNS rebinding);
without `Origin` it could open a WebSocket with the receptionist's cookies. And no other page has
any reason to fetch a piece of ours: it may only lead people to us.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.web.api import problems
from practicebox.web.keys import DOOR, Door

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OUR_OWN = {"same-origin", "none"}  # "none": typed, a bookmark, a scanned code


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a foreign `Host` with 421 and a foreign origin with 403."""
    door = request.app[DOOR]
    if not host_is_ours(request.headers.get("Host", ""), door):
        raise web.HTTPMisdirectedRequest(text="421")
    if problems.concerns(request):
        if not _from_no_other_site(request, door):
            raise web.HTTPForbidden(text="403")
        return await handler(request)
    if _changes_something(request) and not _from_our_own_page(request, door):
        raise web.HTTPForbidden(text="403")
    if not _fetched_by_us(request):
        raise web.HTTPForbidden(text="403")
    return await handler(request)


def host_is_ours(host: str, door: Door) -> bool:
    """Whether a `Host` header names this box: a known name or any IP literal.

    An IP literal can't be rebound to another machine, a name can.
    """
    name = host_name(host)
    if door.knows_host(name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def host_name(host: str) -> str:
    """The name in a `Host` header, lower case, without port and brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _changes_something(request: web.Request) -> bool:
    if request.method not in SAFE_METHODS:
        return True
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _from_our_own_page(request: web.Request, door: Door) -> bool:
    """Browsers send `Origin` with every unsafe request and every WebSocket."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in OUR_OWN:
        return False
    scheme = "https" if door.secure else "http"
    return request.headers.get("Origin", "") == f"{scheme}://{request.headers.get('Host', '')}"


def _from_no_other_site(request: web.Request, door: Door) -> bool:
    """Programs send neither `Origin` nor `Sec-Fetch-Site`; a browser on another page sends both.

    The API looks at no cookie, so a program has nothing that a foreign page could use. Still no
    page elsewhere gets so far as to try tokens through a browser in the practice.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in OUR_OWN:
        return False
    return "Origin" not in request.headers or _from_our_own_page(request, door)


def _fetched_by_us(request: web.Request) -> bool:
    """Whether it's our own page that wants this, or a link elsewhere that leads here.

    W3C Fetch Metadata, "resource isolation policy". Old browsers don't send these headers; cookies
    and `Cross-Origin-Resource-Policy` protect them.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in OUR_OWN or request.headers.get("Sec-Fetch-Mode") == "navigate"

"""The help page on plain HTTP: how computers of the practice come to trust the box's authority.

Over HTTPS it would only be seen by those who trust the box already. So whoever sits between
browser and box could change it: what protects is the comparison of the fingerprint that the system
itself shows with the one on paper or on the status page of a computer that trusts the box.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.appliance import addresses
from practicebox.appliance.trust_anchor import TrustAnchor
from practicebox.practice.words import word_list
from practicebox.web import doors
from practicebox.web.guard import host_name
from practicebox.web.keys import Door, Services, services
from practicebox.web.render import render

FILE = "practicebox-ca"
# What the browser says it runs on, in the order of asking: Android says "Linux" as well.
SIGNS = (
    ("ios", ("iPhone", "iPad", "iPod")),
    ("android", ("Android",)),
    ("windows", ("Windows",)),
    ("macos", ("Macintosh",)),
    ("linux", ("Linux", "X11", "CrOS")),
)
WORDS = 6  # of 11 bits each: 66 bits of the fingerprint
WORD_BITS = 11

routes = web.RouteTableDef()


@dataclass(frozen=True)
class Authority:
    """What the page is about; it can change while the box runs."""

    anchor: Callable[[], TrustAnchor]


AUTHORITY = web.AppKey("authority", Authority)


def make_door(
    services: Services, knows_host: Callable[[str], bool], anchor: Callable[[], TrustAnchor]
) -> web.Application:
    """The application of the help page; `knows_host` as for the staff door."""
    door = Door("trust", knows_host, secure=False)
    app = doors.build(services, door, [routes], [neighbours_only])
    app[AUTHORITY] = Authority(anchor)
    return app


@web.middleware
async def neighbours_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whoever comes from outside the networks of this machine, with 403."""
    if not addresses.is_near(request.remote or "", addresses.interfaces()):
        raise web.HTTPForbidden(text="403")
    return await handler(request)


@routes.get("/", name="trust.page")
async def page(request: web.Request) -> web.Response:
    agent = request.headers.get("User-Agent", "")
    anchor = request.app[AUTHORITY].anchor()
    context = {
        **marks(anchor),
        "name": anchor.name,
        "thumbprint": grouped(hashlib.sha1(anchor.der, usedforsecurity=False).digest()),
        "system": system_of(agent),
        "is_firefox": "Firefox/" in agent,
        "test_address": _test_address(request),
    }
    return render(request, "trust.html", context)


@routes.get(f"/{FILE}.crt", name="trust.certificate")
async def certificate(request: web.Request) -> web.Response:
    """DER: every system takes it, and the hash of the file is the fingerprint."""
    body = request.app[AUTHORITY].anchor().der
    return web.Response(body=body, content_type="application/x-x509-ca-cert")


@routes.get(f"/{FILE}.pem", name="trust.text")
async def text(request: web.Request) -> web.Response:
    """PEM, for the folder of certificates of a Linux system."""
    headers = {"Content-Disposition": f'attachment; filename="{FILE}.pem"'}
    body = request.app[AUTHORITY].anchor().pem()
    return web.Response(body=body, content_type="application/x-pem-file", headers=headers)


def marks(anchor: TrustAnchor) -> dict[str, object]:
    """What `trust_mark.html` shows, here and on the status page, to be compared."""
    digest = hashlib.sha256(anchor.der).digest()
    return {"fingerprint": grouped(digest), "check_words": check_words(digest)}


def grouped(digest: bytes) -> list[str]:
    """A digest in groups of four hex digits: `3F9A`."""
    text = digest.hex().upper()
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def check_words(digest: bytes) -> list[str]:
    """The first bits of a SHA-256 fingerprint as six words, to be read out on the telephone."""
    number = int.from_bytes(digest) >> (8 * len(digest) - WORDS * WORD_BITS)
    places = (number >> WORD_BITS * place & 2**WORD_BITS - 1 for place in reversed(range(WORDS)))
    words = word_list()
    return [words[place] for place in places]


def system_of(agent: str) -> str:
    """The system that a `User-Agent` names; empty for an unknown one.

    An iPad says that it is a Mac; the page tells its users where to go on.
    """
    return next((name for name, signs in SIGNS if _has_any(agent, signs)), "")


def _has_any(agent: str, signs: Iterable[str]) -> bool:
    return any(sign in agent for sign in signs)


def _test_address(request: web.Request) -> str:
    """The staff door, by the address the visitor came by where the certificate can hold it.

    Some phones can't find `.local` names.
    """
    staff = services(request).staff_url()
    host = host_name(request.headers.get("Host", ""))
    if not _is_in_certificates(host):
        return f"{staff}/"
    named = f"[{host}]" if ":" in host else host
    return f"https://{named}:{urlsplit(staff).port or 443}/"


def _is_in_certificates(host: str) -> bool:
    if host == "localhost" or host.endswith(".local"):
        return True
    try:
        return bool(ip_address(host))
    except ValueError:
        return False

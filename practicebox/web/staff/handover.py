"""Taking an approved device along to another address of the same box.

The set-up often happens at an IP address; afterwards the box has a name of its own. Cookies belong
to one address, so the device would be unknown there. A signed-in browser gets a ticket for one use
within two minutes; the page it leads to, at the other address, turns it into the same cookies.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import posted
from practicebox.web.guard import host_name
from practicebox.web.keys import SERVICES, services
from practicebox.web.render import render
from practicebox.web.staff import device

LIFETIME = timedelta(minutes=2)
MOST = 8  # tickets at once

routes = web.RouteTableDef()


class NoTicket(LookupError):
    """The ticket is unknown, used or too old."""


@dataclass(frozen=True)
class Luggage:
    """What moves with the browser."""

    device_secret: bytes = field(repr=False)
    session_token: str = field(repr=False)
    expires: datetime


@dataclass
class Tickets:
    """All tickets that have been given out and not used."""

    now: Callable[[], datetime]
    _luggage: dict[str, Luggage] = field(default_factory=dict)

    def give(self, device_secret: bytes, session_token: str) -> str:
        """A new ticket; the oldest makes room."""
        while len(self._luggage) >= MOST:
            del self._luggage[next(iter(self._luggage))]
        ticket = secrets.token_urlsafe()
        self._luggage[ticket] = Luggage(device_secret, session_token, self.now() + LIFETIME)
        return ticket

    def redeem(self, ticket: str) -> Luggage:
        """What the ticket stands for, once; raise `NoTicket`."""
        luggage = self._luggage.pop(ticket, None)
        if luggage is None or luggage.expires <= self.now():
            raise NoTicket
        return luggage


TICKETS = web.AppKey("tickets", Tickets)


def prepare(app: web.Application) -> None:
    """Give the staff door a place for tickets."""
    app[TICKETS] = Tickets(app[SERVICES].now)


def other_address(request: web.Request) -> str:
    """The box's own address, if the browser is at another one; else empty."""
    box = services(request)
    address = box.staff_url()
    if box.demo or urlsplit(address).hostname == host_name(request.host):
        return ""
    return address


@routes.post("/devices/move", name="devices.move")
async def move(request: web.Request) -> web.Response:
    """A page with the link: a form may not lead to another address (CSP `form-action`)."""
    address, secret = other_address(request), device.read_secret(request)
    if not address or secret is None:
        raise web.HTTPSeeOther("/devices")
    ticket = request.app[TICKETS].give(secret, cookies.read(request, Cookie.SESSION))
    context = {
        "current_area": "devices",
        "link": f"{address}/login/arrive?ticket={ticket}",
        "host": urlsplit(address).netloc,
    }
    return render(request, "staff/move.html", context)


@routes.get("/login/arrive", name="login.arrive")
async def arrive(request: web.Request) -> web.Response:
    """Only asks: an address in a mail or on another page must not change who is logged in."""
    return render(request, "staff/arrive.html", {"ticket": request.query.get("ticket", "")})


@routes.post("/login/arrive", name="login.unpack")
async def unpack(request: web.Request) -> web.Response:
    form = await posted(request)
    try:
        luggage = request.app[TICKETS].redeem(form.value("ticket"))
    except NoTicket:
        raise web.HTTPSeeOther("/login?said=too_late") from None
    response = web.HTTPSeeOther("/devices?said=moved")
    device.write_secret(request, response, luggage.device_secret)
    cookies.write(request, response, Cookie.SESSION, luggage.session_token)
    raise response

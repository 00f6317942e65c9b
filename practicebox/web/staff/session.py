"""Who is signed in on the staff door, and where everybody else is sent."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.store.conditions import Locked, NoSession
from practicebox.store.records import Practice, Session
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.render import SHELL
from practicebox.web.staff import said

SESSION = web.RequestKey("session", Session)
DEVICE = web.RequestKey("device", str)  # all that `KEYLESS` routes know of the session
PRACTICE = web.RequestKey("practice", Practice)

# Names of routes, up to the first dot
# A restart of the box locks the vault; a consultation that is under way must not wait for a login.
KEYLESS = {"consultation.signal"}
OPEN_TO_ALL = {"static", "login", "recover", "setup", "health"}


@web.middleware
async def sign_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let signed-in staff through; send others to the wizard or to the login."""
    store = services(request).store
    name = (request.match_info.route.name or "").partition(".")[0]
    if name in OPEN_TO_ALL or request.match_info.http_exception is not None:
        return await handler(request)
    practice = await store.practice()
    if practice is None:
        raise web.HTTPSeeOther("/setup")
    token = cookies.read(request, Cookie.SESSION)
    try:
        if request.match_info.route.name in KEYLESS:
            request[DEVICE] = await store.session_device(token)
            return await handler(request)
        session = await store.session(token)
        if not store.vault.is_unlocked:
            raise Locked
        request[SESSION] = session
        request[PRACTICE] = practice
        request[SHELL] = {"session": session, "practice": practice, "said": said.sentence(request)}
        return await handler(request)
    except (NoSession, Locked):
        raise _to_login(request) from None


def zone_of(request: web.Request) -> ZoneInfo:
    """The time zone of the practice."""
    return ZoneInfo(request[PRACTICE].time_zone)


def _to_login(request: web.Request) -> web.HTTPException:
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return web.HTTPUnauthorized()
    return web.HTTPSeeOther("/login")

"""Who is signed in on the staff door, what their role allows, and where everybody else is sent."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.store.conditions import Locked, NoSession
from practicebox.store.people.endings import Ending
from practicebox.store.people.records_sessions import Bearer, Session
from practicebox.store.records import Practice, User
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.render import SHELL, render
from practicebox.web.staff import rights, said, webauthn
from practicebox.web.staff.device_asking import REQUESTS
from practicebox.web.staff.watch import WATCH

SESSION = web.RequestKey("session", Session)
BEARER = web.RequestKey("bearer", Bearer)  # all that `KEYLESS` routes know of the session
DEVICE = web.RequestKey("device", str)  # its workstation
PRACTICE = web.RequestKey("practice", Practice)

# A restart of the box locks the vault; a consultation that is under way must not wait for a login.
# The locked screen and the news of a session's end work without keys as well, and while covered.
KEYLESS = {"consultation.signal", "consultation.beside", "figures.way", "sessions.watch"}
KEYLESS |= {"lock.page", "lock.cover", "lock.uncover"}
# What pages ask by themselves: nobody needs to be there for it.
UNTOUCHED = {"day.now", "patients.import_progress", "presence.news"}
# Names of routes, up to the first dot
OPEN_TO_ALL = {"static", "login", "recover", "setup", "health", "api"}  # api: see `api.access`


@web.middleware
async def sign_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let signed-in staff through as far as their role goes; send others to where they get in."""
    store = services(request).store
    name = request.match_info.route.name or ""
    if name.partition(".")[0] in OPEN_TO_ALL or request.match_info.http_exception is not None:
        return await handler(request)
    practice = await store.practice()
    if practice is None:
        raise web.HTTPSeeOther("/setup")
    request[PRACTICE] = practice
    token = cookies.read(request, Cookie.SESSION)
    try:
        if name in KEYLESS:
            bearer = await store.bearer(token)
            request[BEARER], request[DEVICE] = bearer, bearer.device_id
            return await _within(request, handler, bearer.session_id, rights.may(bearer.role, name))
        session = await store.session(token, touched=name not in UNTOUCHED)
        if not store.vault.is_unlocked:
            raise Locked
        if session.is_covered:
            raise _to(request, "/lock")
        request[SESSION] = session
        request[SHELL] = {
            "session": session,
            "practice": practice,
            "said": said.sentence(request),
            "said_is_warning": said.is_warning(request),
            "asking": _asking(request, session.user),
            "passkeys_here": webauthn.party(request) is not None,
        }
        if name not in UNTOUCHED:
            request.app[WATCH].touch(session.id, services(request).now())
        allowed = rights.may(session.user.role, name)
        return await _within(request, handler, session.id, allowed)
    except NoSession:
        raise _to(request, f"/login{_reason(request, token)}") from None
    except Locked:
        bearer = await store.bearer(token)
        raise _to(request, "/lock" if bearer.is_covered else "/login") from None


def zone_of(request: web.Request) -> ZoneInfo:
    """The time zone of the practice."""
    return ZoneInfo(request[PRACTICE].time_zone)


def _asking(request: web.Request, user: User) -> bool:
    """Whether a workstation waits for an approval that this user can give."""
    return bool(request.app[REQUESTS].waiting(None if user.role == "admin" else user.id))


async def _within(
    request: web.Request, handler: Handler, session_id: str, allowed: bool
) -> web.StreamResponse:
    """The handler's answer; sockets end with the session."""
    if not allowed and SHELL in request and not _is_socket(request):
        return render(request, "staff/no_right.html", {"current_area": ""}, status=403)
    if not allowed:
        raise web.HTTPForbidden
    if not _is_socket(request) or request.transport is None:
        return await handler(request)
    if request.match_info.route.name == "sessions.watch":
        return await handler(request)  # it says goodbye in its own way
    with request.app[WATCH].hold(session_id, request.transport):
        return await handler(request)


def _reason(request: web.Request, token: str) -> str:
    """Why the session is over, for the login page."""
    store = services(request).store
    ending = store.endings.reason(store.session_id(token)) if token else None
    return f"?said={ending.value}" if ending and ending is not Ending.LOGGED_OUT else ""


def _to(request: web.Request, place: str) -> web.HTTPException:
    return web.HTTPUnauthorized() if _is_socket(request) else web.HTTPSeeOther(place)


def _is_socket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"

"""The way in: the field for the access code, the page behind the QR code, and joining.

The clear name is asked here and stays in the browser: its field has no name, so not even a
browser without JavaScript could send it. GET never changes anything; joining needs a tap.
"""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from practicebox.practice import codes, link
from practicebox.practice.window import Phase, window
from practicebox.store.conditions import NoVisit, UnknownInvitation
from practicebox.store.records import Invitation
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.render import render

routes = web.RouteTableDef()

REFUSAL = 0.25  # seconds; every refusal takes this long, whatever was wrong
LARGEST = 1024  # bytes of a joining request
NO_SUCH_CODE = "000-000-000"  # looked up in place of what is no code, so that the work is the same


@routes.get("/", name="entrance.code")
async def by_code(request: web.Request) -> web.Response:
    return await _page(request, by_link=False)


@routes.get(link.PATH, name="entrance.link")
async def by_link(request: web.Request) -> web.Response:
    """What the QR code opens; the fragment never reaches the box."""
    return await _page(request, by_link=True)


@routes.post("/visit", name="entrance.join")
async def join(request: web.Request) -> web.Response:
    """Start a visit with `{"code"}` or `{"rid", "token"}` (base64url), both in JSON."""
    began = asyncio.get_running_loop().time()
    now = services(request).now()
    try:
        invitation = await _invitation(request)
        span = window(invitation.starts, invitation.minutes)
        if span.phase(now) is Phase.OVER:
            raise UnknownInvitation
    except UnknownInvitation:
        await asyncio.sleep(began + REFUSAL - asyncio.get_running_loop().time())
        return web.json_response({"error": "unknown"}, status=404)
    token = await _token(request, invitation.appointment_id)
    answer = {"phase": span.phase(now).value, "opens": span.opens.isoformat()}
    response = web.json_response(answer)
    cookies.write(request, response, Cookie.VISIT, token)
    return response


async def _token(request: web.Request, appointment_id: str) -> str:
    """The visit of this browser goes on in a new window; otherwise a new one begins."""
    visits = services(request).store.visits
    present = cookies.read(request, Cookie.VISIT)
    try:
        if (await visits.find(present)).appointment_id == appointment_id:
            return present
    except NoVisit:
        pass
    return await visits.start(appointment_id)


async def _invitation(request: web.Request) -> Invitation:
    """The patient's invitation that the request names; `UnknownInvitation` for anything else."""
    invitations = services(request).store.invitations
    match await _fields(request):
        case {"code": str(text)}:
            found = await invitations.by_code(_code(text))
        case {"rid": str(rid), "token": str(token)}:
            found = await invitations.by_link(_bytes(rid), _bytes(token))
        case _:
            raise UnknownInvitation
    if found.role != "patient" or found.state != "planned":
        raise UnknownInvitation
    return found


async def _fields(request: web.Request) -> object:
    if (request.content_length or LARGEST + 1) > LARGEST:
        return None
    try:
        return json.loads(await request.text())
    except ValueError:
        return None


def _code(text: str) -> str:
    try:
        return codes.read(text)
    except codes.NotACode:
        return NO_SUCH_CODE


def _bytes(text: str) -> bytes:
    try:
        return link.decode(text)
    except link.NotALink:
        return b""


async def _page(request: web.Request, *, by_link: bool) -> web.Response:
    practice = await services(request).store.practice()
    return render(request, "patient/entrance.html", {"practice": practice, "by_link": by_link})

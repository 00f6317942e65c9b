"""The way in: the field for the access code, the page behind the QR code, and joining.

The clear name is asked here and stays in the browser: its field has no name, so not even a
browser without JavaScript could send it. GET never changes anything; joining needs a tap. How often
codes may be guessed is the business of `throttle`.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from practicebox.appliance.sources import network_of
from practicebox.practice import codes, link
from practicebox.practice.window import Phase, window
from practicebox.store.conditions import NoVisit, UnknownInvitation
from practicebox.store.records import Invitation
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.patient import confirm, known
from practicebox.web.patient.proof import BITS, PARTS
from practicebox.web.patient.throttle import THROTTLE, Paused, ProofWanted, Throttle, Visitor
from practicebox.web.render import render

routes = web.RouteTableDef()

REFUSAL = 0.25  # seconds; every refusal takes this long, whatever was wrong
LARGEST = 4096  # bytes of a joining request; a pasted text with a proof of work has about 1,000
KNOWN = "known browsers"  # the purpose of the secret that their cookies are made with


class NotReleased(Exception):
    """The release from secrecy towards this participant of a conference is missing."""


@dataclass(frozen=True)
class Typed:
    """A code as it was typed, with the proof of work that the browser was asked for."""

    text: str
    puzzle: str = ""
    answers: list[object] = field(default_factory=list)


def prepare(app: web.Application) -> None:
    """Give the patient door its count of wrong codes."""
    app[THROTTLE] = Throttle()


@routes.get("/", name="entrance.code")
async def by_code(request: web.Request) -> web.Response:
    return await _page(request, by_link=False)


@routes.get(link.PATH, name="entrance.link")
async def by_link(request: web.Request) -> web.Response:
    """What the QR code opens; the fragment never reaches the box."""
    return await _page(request, by_link=True)


@routes.post("/visit", name="entrance.join")
async def join(request: web.Request) -> web.Response:
    """Start a visit with `{"code"}` or `{"rid", "token"}` (base64url), both in JSON.

    After too many wrong codes: 429 with a `puzzle`, whose `answers` go into the next try, or 503.
    """
    began = asyncio.get_running_loop().time()
    try:
        invitation = await _invitation(request)
    except NotReleased:
        return web.json_response({"error": "closed"}, status=409)
    except UnknownInvitation:
        await asyncio.sleep(began + REFUSAL - asyncio.get_running_loop().time())
        return web.json_response({"error": "unknown"}, status=404)
    except ProofWanted as condition:
        wanted = {"error": "proof", "puzzle": condition.puzzle, "parts": PARTS, "bits": BITS}
        return web.json_response(wanted, status=429)
    except Paused as condition:
        later = {"Retry-After": str(math.ceil(condition.seconds))}
        return web.json_response({"error": "paused"}, status=503, headers=later)
    return await _let_in(request, invitation)


async def _let_in(request: web.Request, invitation: Invitation) -> web.Response:
    box = services(request)
    token = await _token(request, invitation)
    span, now = window(invitation.starts, invitation.minutes), box.now()
    answer = {"phase": span.phase(now).value, "opens": span.opens.isoformat()}
    response = web.json_response(answer)
    cookies.write(request, response, Cookie.VISIT, token)
    key = box.store.secret(KNOWN)
    mark = known.cookie(key, invitation.appointment_id, now.date())
    cookies.write(request, response, Cookie.KNOWN, mark)
    return response


async def _token(request: web.Request, invitation: Invitation) -> str:
    """The visit of this browser goes on in a new window; otherwise a new one begins."""
    visits = services(request).store.visits
    present = cookies.read(request, Cookie.VISIT)
    whose = invitation.appointment_id, invitation.participant_id
    try:
        visit = await visits.find(present)
        if (visit.appointment_id, visit.participant_id) == whose:
            return present
    except NoVisit:
        pass
    return await visits.start(*whose)


async def _invitation(request: web.Request) -> Invitation:
    """The patient's invitation that the request names; `UnknownInvitation` for anything else.

    Also raise `ProofWanted` or `Paused`.
    """
    invitations = services(request).store.invitations
    match await _fields(request):
        case {"code": str(text), "puzzle": str(puzzle), "answers": list(answers)}:
            return await _by_code(request, Typed(text, puzzle, answers))
        case {"code": str(text)}:
            return await _by_code(request, Typed(text))
        case {"rid": str(rid), "token": str(token)}:
            return await _to_patient(
                request, lambda: invitations.by_link(_bytes(rid), _bytes(token)), by_link=True
            )
    raise UnknownInvitation


async def _by_code(request: web.Request, typed: Typed) -> Invitation:
    """What is no code at all is refused without a look: it can't be a guess."""
    try:
        code = codes.read(typed.text)
    except codes.NotACode:
        raise UnknownInvitation from None
    found = services(request).store.invitations
    visitor = Visitor(
        network_of(request.remote or ""), _known_as(request), typed.puzzle, typed.answers
    )
    return await request.config_dict[THROTTLE].find(
        visitor, lambda: _to_patient(request, lambda: found.by_code(code))
    )


async def _to_patient(
    request: web.Request, look_up: Callable[[], Awaitable[Invitation]], *, by_link: bool = False
) -> Invitation:
    """An invitation that a patient can follow now or later; raise `UnknownInvitation`.

    When it is over, the link still leads to the service confirmation; a code, which can be guessed,
    leads nowhere any more. Raise `NotReleased` for a participant whose door is closed.
    """
    found = await look_up()
    if found.role != "patient" or found.state != "planned":
        raise UnknownInvitation
    span = window(found.starts, found.minutes)
    box = services(request)
    is_over = span.phase(box.now()) is Phase.OVER
    if is_over and not (by_link and await confirm.is_open(box, found)):
        raise UnknownInvitation
    if not found.is_open:
        raise NotReleased
    return found


def _known_as(request: web.Request) -> bytes | None:
    box = services(request)
    try:
        value = cookies.read(request, Cookie.KNOWN)
        return known.budget(box.store.secret(KNOWN), value, box.now().date())
    except known.NotKnown:
        return None


async def _fields(request: web.Request) -> object:
    if (request.content_length or LARGEST + 1) > LARGEST:
        return None
    try:
        return json.loads(await request.text())
    except ValueError:
        return None


def _bytes(text: str) -> bytes:
    try:
        return link.decode(text)
    except link.NotALink:
        return b""


async def _page(request: web.Request, *, by_link: bool) -> web.Response:
    practice = await services(request).store.practice()
    return render(request, "patient/entrance.html", {"practice": practice, "by_link": by_link})

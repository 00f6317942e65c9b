"""The patient's way in: link and code, or the letter. Each look is noted in the audit log."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from practicebox.practice import link
from practicebox.store.audit.audit import Action
from practicebox.web.api.access import note
from practicebox.web.api.appointments import found
from practicebox.web.api.conditions import is_known, shown, tag_of
from practicebox.web.api.routes import answers
from practicebox.web.keys import services
from practicebox.web.staff import letters

routes = web.RouteTableDef()


@answers(routes, "appointments.invitation")
async def invitation(request: web.Request) -> web.Response:
    """Link, code and host; all null where nobody comes in by them."""
    one = await found(request)
    url = services(request).public_url()
    works = one.state == "planned" and one.kind != "phone"
    content = {
        "kind": one.kind,
        "link": link.address(url, one.link) if works else None,
        "code": one.codes.patient if works else None,
        "host": urlsplit(url).netloc if works else None,
    }
    if works:
        await note(request, Action.CODES_SHOWN, one.id)
    return shown(request, content)


@answers(routes, "appointments.letter")
async def letter(request: web.Request) -> web.Response:
    """The letter, as the reception prints it."""
    one = await found(request)
    await note(request, Action.LETTER_PRINTED, one.id)
    response = await letters.as_pdf(request, [await letters.letter_of(request, one)])
    assert isinstance(response.body, bytes)
    tag = tag_of(request, response.body)
    if is_known(request, tag):
        return web.Response(status=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response

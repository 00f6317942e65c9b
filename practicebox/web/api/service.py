"""The front page of the API, its document, and who holds consultations."""

from __future__ import annotations

from aiohttp import web

from practicebox import __version__
from practicebox.web.api import conditions, document
from practicebox.web.api.access import PROGRAM
from practicebox.web.api.conditions import shown
from practicebox.web.api.document import BASE
from practicebox.web.api.operations import OPERATIONS
from practicebox.web.api.routes import answers
from practicebox.web.keys import services
from practicebox.web.render import full_name

routes = web.RouteTableDef()


@answers(routes, "service")
async def service(request: web.Request) -> web.Response:
    """Which version this is, what this token may do, and what there is."""
    places = {
        operation.id.removesuffix(".list"): BASE + operation.path
        for operation in OPERATIONS
        if operation.method == "GET" and "{id}" not in operation.path
    }
    content = {"version": __version__, "scopes": list(request[PROGRAM].scopes), "links": places}
    return shown(request, content)


@answers(routes, "document")
async def openapi(request: web.Request) -> web.Response:
    """The document of everything here."""
    text = document.text()
    tag = conditions.tag_of(request, text)
    if conditions.is_known(request, tag):
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(text=text, content_type="application/json", headers={"ETag": tag})


@answers(routes, "organisers")
async def organisers(request: web.Request) -> web.Response:
    """Everybody who holds consultations, by their ids."""
    users = await services(request).store.users()
    found = [
        {"id": user.id, "name": full_name(user.person)}
        for user in users
        if user.role != "reception"
    ]
    return shown(request, {"organisers": found})

"""What both doors are made of: one application frame, two separate route tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from aiohttp.typedefs import Middleware

from practicebox.appliance.sources import DailyNames
from practicebox.web import render, static_files
from practicebox.web.bodies import at_work, read_body
from practicebox.web.crowd import Crowd
from practicebox.web.guard import guard
from practicebox.web.headers import add_headers
from practicebox.web.keys import DOOR, SERVICES, Door, Services
from practicebox.web.listener import CROWD
from practicebox.web.observe import NETWORKS, observe
from practicebox.web.signal import register_sockets

LARGEST_FORM = 64 * 1024  # bytes; the longest form, an appointment, has about 2 KiB


def build(
    services: Services,
    door: Door,
    tables: Iterable[web.RouteTableDef],
    middlewares: Iterable[Middleware] = (),
) -> web.Application:
    """An application with the routes of `tables` and nothing else."""
    frame = [at_work, observe, guard, read_body]
    app = web.Application(middlewares=[*frame, *middlewares], client_max_size=LARGEST_FORM)
    app[SERVICES] = services
    app[DOOR] = door
    app[CROWD] = Crowd()
    app[NETWORKS] = DailyNames()
    render.setup(app, services.languages, services.store)
    app.router.add_get("/static/{version}/{path:.+}", _static(services), name="static")
    for table in tables:
        app.add_routes(table)
    register_sockets(app)
    app.on_response_prepare.append(add_headers)
    return app


def _static(services: Services) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        return await static_files.serve(request, services.static)

    return serve

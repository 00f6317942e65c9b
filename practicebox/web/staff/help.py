"""Help: the short answers for the reception desk, and who is responsible for the data."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.keys import services
from practicebox.web.render import render

routes = web.RouteTableDef()


@routes.get("/help", name="help.page")
async def page(request: web.Request) -> web.Response:
    context = {"current_area": "help", "patients_address": services(request).public_url()}
    return render(request, "staff/help.html", context)

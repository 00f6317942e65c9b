"""Help: the handbook by chapters, searched while one types; a part of it also before the login."""

from __future__ import annotations

import asyncio

from aiohttp import web

from practicebox.practice.handbook import AUDIENCES, Chapter, find
from practicebox.web.forms import Form, posted
from practicebox.web.handbook import NoSuchPicture, chapters, picture
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language, render

routes = web.RouteTableDef()

MOST = 20  # sections that are listed of a search
GROUPS = {
    "reception": mark("At the reception desk"),
    "clinician": mark("In the consultation"),
    "admin": mark("Setting up and looking after the box"),
    "patient": mark("For your patients"),
    "trouble": mark("When something does not work"),
}


@routes.get("/help", name="help.page")
async def page(request: web.Request) -> web.Response:
    return _contents(request, Form())


@routes.post("/help", name="help.search")
async def search(request: web.Request) -> web.Response:
    """What was typed goes by POST: it may be anything, and stands in no log."""
    return _contents(request, await posted(request))


@routes.get("/help/{id}", name="help.chapter")
async def chapter(request: web.Request) -> web.Response:
    found = _chapter(request)
    return render(request, "staff/help_chapter.html", {"current_area": "help", "chapter": found})


@routes.get("/help/pictures/{path}.png", name="help.picture")
async def show_picture(request: web.Request) -> web.Response:
    try:
        body = await asyncio.to_thread(picture, request.match_info["path"])
    except NoSuchPicture:
        raise web.HTTPNotFound from None
    return web.Response(body=body, content_type="image/png")


@routes.get("/login/help", name="login.help")
async def before_login(request: web.Request) -> web.Response:
    """The chapters for whoever doesn't get in."""
    opened = [each for each in chapters().values() if each.is_open]
    return render(request, "staff/login_help.html", {"opened": opened})


@routes.get("/login/help/{id}", name="login.help_chapter")
async def chapter_before_login(request: web.Request) -> web.Response:
    found = _chapter(request)
    if not found.is_open:
        raise web.HTTPNotFound
    return render(request, "staff/login_help.html", {"opened": [found]})


def _chapter(request: web.Request) -> Chapter:
    try:
        return chapters()[request.match_info["id"]]
    except KeyError:
        raise web.HTTPNotFound from None


def _contents(request: web.Request, form: Form) -> web.Response:
    typed, known = form.text("q"), chapters().values()
    hits = find(known, typed)
    translate = language(request).gettext
    context = {
        "current_area": "help",
        "typed": typed,
        "hits": hits[:MOST],
        "groups": [
            (name, translate(GROUPS[name]), [one for one in known if name in one.audiences])
            for name in AUDIENCES
        ],
        "patients_address": services(request).public_url(),
    }
    return render(request, "staff/help.html", context)

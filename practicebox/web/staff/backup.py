"""The page "Backups": what there is, back up now, trial restore, and how far that has come."""

from __future__ import annotations

import math

from aiohttp import web
from babel.numbers import format_decimal

from practicebox.store.backup.make import Progress, Step
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import backup_view
from practicebox.web.staff.acting import by
from practicebox.web.staff.backup_view import Verdict
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

MB = 10**6
_PARTS = {Step.COPY: (0, 10), Step.SEAL: (10, 40), Step.OPEN: (40, 80), Step.CHECK: (80, 100)}


@routes.get("/backup", name="backup.page")
async def page(request: web.Request) -> web.Response:
    """Lights, buttons, calendar and list."""
    box = services(request)
    overview = await box.store.backups.overview()
    now = box.now()
    context = {
        "current_area": "backup",
        "overview": overview,
        "verdict": backup_view.judge(overview, request[PRACTICE].founded, now),
        "lines": list(backup_view.lines_of(overview)),
        "days": list(backup_view.days(overview, zone_of(request), now)),
        "symbols": backup_view.SYMBOLS,
        "zone": zone_of(request),
        "busy": box.store.backups.is_busy,
        "progress": _view(request),
        "size": lambda size: _size(request, size),
    }
    return render(request, "staff/backup.html", context)


@routes.post("/backup", name="backup.make")
async def make(request: web.Request) -> web.Response:
    """Begin a backup; the page shows how far it has come."""
    backups = services(request).store.backups
    backups.begin(backups.make, by(request))
    raise web.HTTPSeeOther("/backup")


@routes.post("/backup/proof", name="backup.prove")
async def prove(request: web.Request) -> web.Response:
    """Begin a trial restore of the newest backup."""
    backups = services(request).store.backups
    backups.begin(backups.prove, by(request))
    raise web.HTTPSeeOther("/backup")


@routes.get("/backup/progress", name="backup.progress")
async def progress(request: web.Request) -> web.Response:
    """How far it has come, for the progress bar."""
    busy = services(request).store.backups.is_busy
    return web.json_response({"busy": busy, **_view(request)})


async def light(request: web.Request) -> Verdict | None:
    """What the start page has to say of the backups; None where all is well."""
    box = services(request)
    overview = await box.store.backups.overview()
    verdict = backup_view.judge(overview, request[PRACTICE].founded, box.now())
    return verdict if verdict.is_worth_a_light else None


def _view(request: web.Request) -> dict[str, object]:
    now = services(request).store.backups.progress or Progress(Step.COPY, 0, 1)
    begin, end = _PARTS[now.step]
    done = min(1.0, now.done / now.total)
    words = language(request).gettext(backup_view.STEPS[now.step])
    return {"percent": math.floor(begin + (end - begin) * done), "words": words}


def _size(request: web.Request, size: int) -> str:
    return format_decimal(max(0.1, round(size / MB, 1)), locale=language(request).code)

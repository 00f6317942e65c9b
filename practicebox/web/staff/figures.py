"""Figures people look at: how the practice's consultations went, without a name."""

from __future__ import annotations

from collections import Counter

from aiohttp import web

from practicebox.practice import figures
from practicebox.practice.figures import Way
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff.figures_view import charts, labels
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

RECENT = 4  # weeks that the sentences speak of; of months they speak of all


@routes.get("/figures", name="figures.page")
async def page(request: web.Request) -> web.Response:
    """The last twelve weeks; `?by=months` shows as many months."""
    box, by_month = services(request), request.query.get("by") == "months"
    today = box.now().astimezone(zone_of(request)).date()
    spans = figures.months(today) if by_month else figures.weeks(today)
    days = await box.store.figures.between(spans[0].first, spans[-1].last)
    columns = figures.sums(days, spans)
    recent: Counter[str] = sum(columns if by_month else columns[-RECENT:], Counter())
    context = {
        "current_area": "figures",
        "by_month": by_month,
        "spans": spans,
        "labels": labels(spans, by_month=by_month),
        "charts": charts(columns, language(request).gettext),
        "recent": recent,
        "took_place": figures.took_place(recent),
        "expected": figures.expected(recent),
        "waited": figures.classes(recent),
        "median": figures.median(recent),
    }
    return render(request, "staff/figures.html", context)


@routes.post("/appointments/{id}/way", name="figures.way")
async def way(request: web.Request) -> web.Response:
    """What a clinician's page tells of a call: one word of a fixed list. Needs no key."""
    try:
        told = Way((await posted(request)).value("way"))
    except ValueError:
        raise web.HTTPBadRequest from None
    await services(request).store.figures.note_way(request.match_info["id"], told)
    return web.Response(status=204)

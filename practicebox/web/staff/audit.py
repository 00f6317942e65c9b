"""Master data: the audit log for the Hauptnutzer. Read, filter, export, compare, acknowledge."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from practicebox.store.audit import mark as audit_mark
from practicebox.store.audit.audit import BOX, PATIENT, Action
from practicebox.store.audit.log import KEEP_CHOICES, Filter
from practicebox.store.audit.mark import NotAMark
from practicebox.web.forms import Form, from_mapping, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, audit_export, audit_view, audit_words
from practicebox.web.staff.audit_view import Line
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

PAGE = 100  # entries at once
EXPORT = 1000  # entries opened at once for a file
_TYPES = {"csv": "text/csv", "json": "application/json"}
_LAST_NUMBER = 10**15


@routes.get("/audit", name="audit.page")
async def page(request: web.Request) -> web.Response:
    """The entries that were asked for, the latest first."""
    form = from_mapping({k: v for k, v in request.query.items() if k in {"who", "group", "day"}})
    return await _page(request, form)


@routes.post("/audit/keep", name="audit.keep")
async def keep(request: web.Request) -> web.Response:
    """For how long entries are kept from now on."""
    form, _, by = await posted(request), language(request).gettext, acting.by(request)
    offered = [str(days) for days in KEEP_CHOICES]
    days = form.one_of("days", offered, _("Please choose one of the periods."))
    if not form.is_good:
        return await _page(request, form, status=422)
    await services(request).store.audit.keep(int(days), by.actor, by.device)
    raise web.HTTPSeeOther("/audit?said=saved")


@routes.post("/audit/compare", name="audit.compare")
async def compare(request: web.Request) -> web.Response:
    """Whether the log still has what a mark on paper says."""
    form, _ = await posted(request), language(request).gettext
    store = services(request).store
    try:
        mark = audit_mark.read_text(form.value("mark"))
    except NotAMark:
        form.errors["mark"] = _("This is not a mark. It looks like 0.57.x3Jk… and stands below.")
        return await _page(request, form, status=422)
    before = (await store.audit.head()).flaws
    await store.audit.ask_witness(mark)
    same = (await store.audit.head()).flaws == before
    raise web.HTTPSeeOther(f"/audit?said={'mark_good' if same else 'mark_bad'}")


@routes.post("/audit/acknowledge", name="audit.acknowledge")
async def acknowledge(request: web.Request) -> web.Response:
    by = acting.by(request)
    await services(request).store.audit.acknowledge(by.actor, by.device)
    raise web.HTTPSeeOther("/audit?said=saved")


@routes.post("/audit/verify", name="audit.verify")
async def verify(request: web.Request) -> web.Response:
    """Read the whole log again, now."""
    alarms = await services(request).store.audit.verify()
    raise web.HTTPSeeOther(f"/audit?said={'log_bad' if alarms else 'log_good'}")


@routes.post("/audit/export", name="audit.export")
async def export(request: web.Request) -> web.Response:
    """Everything as a file. By POST, for it leaves an entry itself."""
    form, _ = await posted(request), language(request).gettext
    wanted = form.value("format") if form.value("format") in _TYPES else "csv"
    store, by = services(request).store, acting.by(request)
    await store.audit.record(by.did(Action.LOG_EXPORTED))
    lines, mark = await _all(request), (await store.audit.mark()).text
    if wanted == "csv":
        header = (_("Entry no."), _("Date and time"), _("Who"), _("Device"), _("What happened"))
        body = await asyncio.to_thread(audit_export.as_csv, lines, header)
    else:
        body = await asyncio.to_thread(audit_export.as_json, lines, mark)
    today = services(request).now().astimezone(zone_of(request)).date().isoformat()
    name = _("log") + f"-{today}.{wanted}"
    return web.Response(
        body=body,
        content_type=_TYPES[wanted],
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    store, zone, spoken = services(request).store, zone_of(request), language(request)
    wanted = _filter(form, zone, spoken.gettext)
    found = await store.audit.page(wanted, PAGE, _before(request))
    head = await store.audit.head()
    known = await audit_view.names(store, found.entries, zone, spoken)
    query = {name: form.value(name) for name in ("who", "group", "day") if form.value(name)}
    context = {
        "current_area": "audit",
        "form": form,
        "lines": audit_view.lines(found.entries, known, zone, spoken),
        "next": urlencode({**query, "before": found.before}) if found.before else "",
        "people": known.people,
        "groups": audit_words.GROUPS,
        "alarms": [(audit_words.FLAWS[flaw.kind], flaw) for flaw in head.alarms],
        "mark": (await store.audit.mark()).text,
        "keep": head.keep,
        "choices": KEEP_CHOICES,
        "filtered": bool(query),
    }
    return render(request, "staff/audit.html", context, status=status or 200)


def _filter(form: Form, zone: ZoneInfo, translate: audit_view.Translate) -> Filter:
    """What the fields ask for; a mistake is noted beside its field and asks for nothing."""
    _ = translate
    who = form.value("who")
    actor = {"box": BOX, "patient": PATIENT}.get(who, who)
    _title, actions = audit_words.GROUPS.get(form.value("group"), ("", frozenset()))
    since = until = None
    if form.value("day"):
        wrong = _("Please enter a date like 2026-03-29.")
        day = form.read("day", date.fromisoformat, wrong)
        if day and date(2000, 1, 1) < day < date(9000, 1, 1):
            since = datetime.combine(day, time(), zone)
            until = datetime.combine(day + timedelta(days=1), time(), zone)
    return Filter(actor, actions, since, until)


def _before(request: web.Request) -> int | None:
    text = request.query.get("before", "")
    return min(int(text), _LAST_NUMBER) if text.isascii() and text.isdigit() and text else None


async def _all(request: web.Request) -> list[Line]:
    store, zone, spoken = services(request).store, zone_of(request), language(request)
    lines: list[Line] = []
    before: int | None = None
    while True:
        found = await store.audit.page(Filter(), EXPORT, before)
        known = await audit_view.names(store, found.entries, zone, spoken)
        lines += audit_view.lines(found.entries, known, zone, spoken)
        before = found.before
        if before is None:
            return lines

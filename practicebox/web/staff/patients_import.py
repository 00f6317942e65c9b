"""Patients of a file of another program: uploaded, looked at, assigned, taken in one go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import BodyPartReader, web

from practicebox.practice import csv_text, patient_csv
from practicebox.practice.csv_text import NotATable, Table
from practicebox.practice.patient_csv import Field
from practicebox.store.patients.entering import Entered
from practicebox.store.records import Patient
from practicebox.web import bodies
from practicebox.web.forms import Form, posted
from practicebox.web.keys import SERVICES, services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, import_drafts, import_words
from practicebox.web.staff.import_drafts import Draft, Drafts
from practicebox.web.staff.patients import AREA
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

LARGEST = 8 * 1024 * 1024  # bytes; 20,000 patients with everything take 4 MB
MOST_ROWS = 50_000
PATIENCE = 120.0  # seconds for the whole file
SHOWN = 50  # rows with flaws on the page; the file of the rejected has all
EXAMPLES = 3  # cells shown of a column
DRAFTS = web.AppKey("import_drafts", Drafts)


class _Unfit(Exception):
    """The file can't be taken; its text is the msgid for the user."""


def prepare(app: web.Application) -> None:
    """Keep no file longer than its session."""
    app[DRAFTS] = Drafts()
    app.cleanup_ctx.append(_forget_ended)


@routes.get("/patients/import", name="patients.import_page")
async def show(request: web.Request) -> web.Response:
    """The file as far as it is: to be chosen, looked at, on its way, done."""
    draft = _draft(request)
    if draft is None:
        return _choose(request, Form())
    if draft.task is None:
        return _preview(request, draft, Form())
    return render(request, "staff/patients_import_done.html", _progress(request, draft))


@routes.post("/patients/import", name="patients.import_file")
@bodies.streamed
async def upload(request: web.Request) -> web.StreamResponse:
    """Read a file and look at it; what is wrong with it is said beside the field."""
    form = Form()
    try:
        table = await asyncio.to_thread(_read, await _content(request))
        draft = Draft(table, patient_csv.assign(table.headings))
        await _judge(request, draft)
    except _Unfit as unfit:
        form.errors["file"] = language(request).gettext(str(unfit))
        response = _choose(request, form, status=422)
        response.force_close()  # nobody reads the rest of a file that is too long
        return response
    request.app[DRAFTS].put(request[SESSION].id, draft)
    raise web.HTTPSeeOther("/patients/import")


@routes.post("/patients/import/columns", name="patients.import_columns")
async def assign(request: web.Request) -> web.Response:
    """Other meanings for the columns, then a new look."""
    draft, form = _wanted(request), await posted(request)
    _ = language(request).gettext
    columns: list[Field | None] = []
    for number in range(len(draft.columns)):
        name = f"column_{number}"
        value = form.one_of(name, ("", *Field), _("Please choose one of these."))
        if value and value in columns:
            form.errors[name] = _("Two columns can’t be the same.")
        columns.append(Field(value) if value in set(Field) else None)
    if not form.is_good:
        return _preview(request, draft, form, status=422)
    draft.columns = columns
    await _judge(request, draft)
    raise web.HTTPSeeOther("/patients/import#rows")


@routes.post("/patients/import/start", name="patients.import_start")
async def start(request: web.Request) -> web.Response:
    """Take all good rows, in one transaction."""
    draft, form = _wanted(request), await posted(request)
    wrong = language(request).gettext("Please choose one of these.")
    update = draft.known and form.one_of("known", ("skip", "update"), wrong) == "update"
    if not form.is_good:
        return _preview(request, draft, form, status=422)
    upkeep, by = services(request).store.upkeep, acting.by(request)

    def begin(patients: list[Patient], done: Callable[[int], None]) -> asyncio.Task[list[Entered]]:
        return asyncio.create_task(upkeep.enter(patients, by, update=bool(update), done=done))

    if draft.good:
        import_drafts.begin(draft, begin)
    raise web.HTTPSeeOther("/patients/import")


@routes.get("/patients/import/progress", name="patients.import_progress")
async def progress(request: web.Request) -> web.Response:
    """How far the import is, for the bar."""
    draft = _draft(request)
    if draft is None or draft.task is None:
        return web.json_response({"busy": False, "percent": 0, "words": ""})
    context = _progress(request, draft)
    return web.json_response({name: context[name] for name in ("busy", "percent", "words")})


@routes.get("/patients/import/rejected.csv", name="patients.import_rejected")
async def rejected(request: web.Request) -> web.Response:
    """The rows that were not taken, each with its line and the reason."""
    draft, _ = _wanted(request), language(request).gettext
    why = {flaw: _(words) for flaw, words in import_words.FLAWS.items()}
    rows = [(*draft.table.headings, _("Line"), _("Why it was not taken"))]
    width = len(draft.table.headings)
    for record, flaw in draft.rejected():
        cells = (*record.cells, *[""] * (width - len(record.cells)))
        rows.append((*cells, str(record.line), why[flaw]))
    body = await asyncio.to_thread(csv_text.write, rows)
    headers = {"Content-Disposition": 'attachment; filename="nicht-uebernommen.csv"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


@routes.post("/patients/import/stop", name="patients.import_stop")
async def stop(request: web.Request) -> web.Response:
    """Forget the file."""
    request.app[DRAFTS].forget([request[SESSION].id])
    raise web.HTTPSeeOther("/patients/import")


def _draft(request: web.Request) -> Draft | None:
    return request.app[DRAFTS].get(request[SESSION].id)


def _wanted(request: web.Request) -> Draft:
    draft = _draft(request)
    if draft is None:
        raise web.HTTPSeeOther("/patients/import?said=import_gone")
    return draft


async def _content(request: web.Request) -> bytes:
    """The file in the form; raise `_Unfit`."""
    if request.content_type != "multipart/form-data":
        raise _Unfit(import_words.NO_FILE)
    content = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name != "file":
                    continue
                while chunk := await part.read_chunk(64 * 1024):
                    content += chunk
                    if len(content) > LARGEST:
                        raise _Unfit(import_words.TOO_LONG)
    except (TimeoutError, ValueError, AssertionError):  # of a multipart body that is broken
        raise _Unfit(import_words.NO_FILE) from None
    if not content:
        raise _Unfit(import_words.NO_FILE)
    return bytes(content)


def _read(content: bytes) -> Table:
    try:
        table = csv_text.read(content)
    except NotATable:
        raise _Unfit(import_words.NO_TABLE) from None
    if not table.records:
        raise _Unfit(import_words.NO_ROWS)
    if len(table.records) > MOST_ROWS:
        raise _Unfit(import_words.TOO_LONG)
    return table


async def _judge(request: web.Request, draft: Draft) -> None:
    identities = await services(request).store.upkeep.identities()
    today = services(request).now().astimezone(zone_of(request)).date()
    draft.rows, draft.known = await asyncio.to_thread(
        import_drafts.judge, draft.table, draft.columns, today, identities
    )


def _choose(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {**AREA, "form": form, "megabytes": LARGEST // 1024**2}
    return render(request, "staff/patients_import.html", context, status=status)


def _preview(request: web.Request, draft: Draft, form: Form, *, status: int = 200) -> web.Response:
    _ = language(request).gettext
    for number, meant in enumerate(draft.columns):
        form.values.setdefault(f"column_{number}", meant or "")
    form.values.setdefault("known", "skip")
    bad = draft.bad
    context = {
        **AREA,
        "form": form,
        "columns": import_words.columns(draft, EXAMPLES, _("Column %(number)s")),
        "fields": [(field.value, _(words)) for field, words in import_words.FIELDS.items()],
        "good": len(draft.good) - len(draft.known),
        "known": len(draft.known),
        "bad": len(bad),
        "flaws": [
            (row.record.line, import_words.shown(row), _(import_words.FLAWS[row.flaw]))
            for row in bad[:SHOWN]
            if row.flaw
        ],
    }
    return render(request, "staff/patients_import_preview.html", context, status=status)


def _progress(request: web.Request, draft: Draft) -> dict[str, object]:
    total = max(1, len(draft.good))
    words = language(request).gettext("%(done)s of %(total)s patients")
    return {
        **AREA,
        "busy": draft.task is not None and not draft.task.done(),
        "percent": 100 * draft.done // total,
        "words": words % {"done": draft.done, "total": total},
        "failed": draft.task is not None and draft.task.done() and draft.result is None,
        "counts": draft.counts,
        "rejected": len(draft.rejected()),
    }


async def _forget_ended(app: web.Application) -> AsyncIterator[None]:
    drafts = app[DRAFTS]
    silence = app[SERVICES].store.endings.listen(lambda ids, _: drafts.forget(ids))
    yield
    silence()

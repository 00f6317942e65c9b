"""The consents of a patient: how they stand to each form, noted, scanned in, revoked."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import cast

from aiohttp import web

from practicebox.practice.consents import RELEASE, How
from practicebox.store.conditions import NoSuchConsent
from practicebox.store.consents.consents import Draft
from practicebox.store.patients.rows import PatientRecord
from practicebox.web import bodies
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, consents_view
from practicebox.web.staff.attendance import tell
from practicebox.web.staff.consent_words import WAYS
from practicebox.web.staff.form_paper import form_of
from practicebox.web.staff.patients import AREA, record_of
from practicebox.web.staff.scan_upload import (
    ENDINGS,
    LARGEST,
    Broken,
    NotAScan,
    TooLong,
    Upload,
    media_type,
    read_upload,
)
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

AT_THE_DESK = ("paper", "scan", "word")
NOON = time(12)  # of a day on which the moment isn't known
SANDBOX = "sandbox; default-src 'none'"  # should a browser show it all the same


@routes.get("/patients/{id}/consents", name="consents.page")
async def page(request: web.Request) -> web.Response:
    record = await record_of(request)
    context = {
        **AREA,
        "record": record,
        "patient": record.patient,
        "cards": await consents_view.cards(request, record.id),
        "lines": await consents_view.history(request, record.id),
    }
    return render(request, "staff/consents.html", context)


@routes.get("/patients/{id}/consents/{form}", name="consents.form")
async def ask(request: web.Request) -> web.Response:
    """What the desk needs to note a consent."""
    form = form_of(request)
    return await _form(request, await record_of(request), form, Form(_today(request)))


@routes.post("/patients/{id}/consents/{form}", name="consents.note")
@bodies.streamed
async def note(request: web.Request) -> web.StreamResponse:
    """Note that the patient has agreed; with a scanned sheet if there is one."""
    name, record, _ = form_of(request), await record_of(request), language(request).gettext
    try:
        upload = await read_upload(request)
    except (TooLong, Broken) as condition:
        words = (
            _("The file is too long: at most %(megabytes)s MB fit.") % _megabytes()
            if isinstance(condition, TooLong)
            else _("The form has not arrived whole. Please try again.")
        )
        form = Form(_today(request), {"file": words})
        response = await _form(request, record, name, form, status=422)
        response.force_close()  # nobody reads the rest of a file that is too long
        return response
    draft = _read(request, name, upload)
    if draft is None:
        return await _form(request, record, name, upload.form, status=422)
    await services(request).store.consents.note(record.id, draft, acting.by(request))
    tell(request.app)
    raise web.HTTPSeeOther(f"/patients/{record.id}/consents?said=consent_noted")


@routes.post("/patients/{id}/consents/{consent}/revoke", name="consents.revoke")
async def revoke(request: web.Request) -> web.Response:
    """The patient has revoked it."""
    record, by = await record_of(request), acting.by(request)
    try:
        await services(request).store.consents.revoke(record.id, request.match_info["consent"], by)
    except NoSuchConsent:
        raise web.HTTPNotFound from None
    tell(request.app)
    raise web.HTTPSeeOther(f"/patients/{record.id}/consents?said=consent_revoked")


@routes.get("/patients/{id}/consents/{consent}/scan", name="consents.scan")
async def scan(request: web.Request) -> web.Response:
    """What was scanned in, as a file to keep and never as a page."""
    record = await record_of(request)
    try:
        wanted = request.match_info["consent"]
        kind, content = await services(request).store.consents.scan(record.id, wanted)
    except NoSuchConsent:
        raise web.HTTPNotFound from None
    headers = {
        "Content-Disposition": f'attachment; filename="einwilligung.{ENDINGS[kind]}"',
        "Content-Security-Policy": SANDBOX,
    }
    return web.Response(body=content, content_type=kind, headers=headers)


def _read(request: web.Request, name: str, upload: Upload) -> Draft | None:
    """The consent as it was typed; None where something is wrong, which is noted."""
    form, _ = upload.form, language(request).gettext
    how = form.one_of("how", AT_THE_DESK, _("Please choose one of these."))
    at = _given(request, form)
    until = form.read("until", _day_or_none, _("Please enter the day as day, month and year."))
    persons = form.lines("persons") if name == RELEASE else ()
    if name == RELEASE and not persons:
        form.errors["persons"] = _("Please enter who is meant, one person a line.")
    if at and until and until < at.date():
        form.errors["until"] = _("The last day is before the first.")
    kind = _kind(form, upload.content, _("Please choose a PDF, JPEG or PNG file."))
    if how == "scan" and not upload.content:
        form.errors["file"] = _("Please choose the scanned file.")
    if not form.is_good or at is None:
        return None
    return Draft(name, cast(How, how), at, until, persons, "", kind, upload.content)


def _kind(form: Form, content: bytes, wrong: str) -> str:
    try:
        return media_type(content) if content else ""
    except NotAScan:
        form.errors["file"] = wrong
        return ""


def _given(request: web.Request, form: Form) -> datetime | None:
    """The moment: now if it is of today, otherwise noon of the day."""
    zone, now, _ = zone_of(request), services(request).now(), language(request).gettext
    day = form.read("day", date.fromisoformat, _("Please enter the day as day, month and year."))
    if day is None:
        return None
    if day > now.astimezone(zone).date() or day.year < now.year - 100:
        form.errors["day"] = _("This day is not possible. Please enter a day up to today.")
        return None
    return now if day == now.astimezone(zone).date() else datetime.combine(day, NOON, zone)


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _today(request: web.Request) -> dict[str, str]:
    today = services(request).now().astimezone(zone_of(request)).date()
    return {"how": "paper", "day": today.isoformat()}


def _megabytes() -> dict[str, int]:
    return {"megabytes": LARGEST // 1024**2}


async def _form(
    request: web.Request, record: PatientRecord, name: str, form: Form, *, status: int = 200
) -> web.Response:
    _, versions = language(request).gettext, await services(request).store.form_texts.all()
    context = {
        **AREA,
        **_megabytes(),
        "record": record,
        "patient": record.patient,
        "name": name,
        "title": versions[name][-1].text.title,
        "form": form,
        "ways": [(way, _(WAYS[way])) for way in AT_THE_DESK],
        "is_release": name == RELEASE,
    }
    return render(request, "staff/consent_form.html", context, status=status)

"""Forms as PDF: blank, with a patient's data to sign, or as a patient has given them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from practicebox.post import form as paper
from practicebox.practice import form_text
from practicebox.practice.consents import FORMS, RELEASE, Consent
from practicebox.practice.form_text import FormVersion
from practicebox.store.audit.audit import Action
from practicebox.store.records import Patient
from practicebox.web.form_values import of_practice
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff import acting
from practicebox.web.staff.consent_words import WAYS
from practicebox.web.staff.patients import record_of
from practicebox.web.staff.practice_sheets import sender_of
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

LINE = "______________________________"  # to be filled in by hand


@dataclass(frozen=True)
class Whose:
    """For whom a form is printed, and what they have agreed to with it."""

    patient: Patient | None = None
    consent: Consent | None = None


@routes.get("/forms/{form}.pdf", name="forms.blank")
async def blank(request: web.Request) -> web.Response:
    """A form for the counter, with lines for name and birth date."""
    return await _pdf(request, Whose())


@routes.get("/patients/{id}/forms/{form}.pdf", name="forms.print")
async def for_patient(request: web.Request) -> web.Response:
    """A form with a patient's data; with `?consent=` as it was given."""
    record, wanted = await record_of(request), request.query.get("consent", "")
    known = await services(request).store.consents.of(record.id) if wanted else ()
    given = [one for one in known if one.id == wanted and one.form == request.match_info["form"]]
    if wanted and not given:
        raise web.HTTPNotFound
    await acting.note(request, Action.FORM_PRINTED, record.id, form_of(request))
    return await _pdf(request, Whose(record.patient, given[0] if given else None))


def form_of(request: web.Request) -> str:
    """The form in the address; 404 for anything else."""
    form = request.match_info["form"]
    if form not in FORMS:
        raise web.HTTPNotFound
    return form


async def _pdf(request: web.Request, whose: Whose) -> web.Response:
    spoken, form = language(request), form_of(request)
    versions = (await services(request).store.form_texts.all())[form]
    sheet = _sheet(request, _version(versions, whose.consent), whose)
    # typst takes about 30 ms: off the loop, or a running call would feel it
    body = await asyncio.to_thread(paper.pdf, sheet, spoken.gettext, spoken.code)
    return web.Response(body=body, content_type="application/pdf")


def _version(versions: Sequence[FormVersion], consent: Consent | None) -> FormVersion:
    wanted = consent.version if consent else versions[-1].number
    return next((one for one in versions if one.number == wanted), versions[-1])


def _sheet(request: web.Request, version: FormVersion, whose: Whose) -> paper.Sheet:
    practice, zone = request[PRACTICE], zone_of(request)
    values = of_practice(practice)
    if version.form == RELEASE:
        values |= _of_release(whose.consent, language(request).gettext("until revoked"))
    patient = whose.patient
    return paper.Sheet(
        sender=sender_of(practice.profile),
        title=version.text.title,
        blocks=tuple(form_text.blocks(version.text.text, values)),
        version=version.number,
        patient=patient.name if patient else "",
        born=patient.born if patient else None,
        given=_given(request, whose.consent) if whose.consent else None,
        printed=services(request).now().astimezone(zone).date(),
    )


def _of_release(consent: Consent | None, unlimited: str) -> dict[str, str]:
    if consent is None:
        return {"Personen": f"{LINE} {LINE}", "Bis": LINE}
    return {"Personen": "; ".join(consent.persons) or LINE, "Bis": _day(consent.until, unlimited)}


def _day(day: date | None, unlimited: str) -> str:
    return f"{day:%d.%m.%Y}" if day else unlimited  # on a German text


def _given(request: web.Request, consent: Consent) -> paper.Given:
    zone = zone_of(request)
    return paper.Given(
        at=consent.at.astimezone(zone),
        way=language(request).gettext(WAYS[consent.how]),
        revoked=consent.revoked.astimezone(zone).date() if consent.revoked else None,
        signature=consent.signature,
    )

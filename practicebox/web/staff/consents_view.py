"""How consents look: a light and a sentence for each form, and what was given when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

from practicebox.practice import signature
from practicebox.practice.consents import FORMS, RELEASE, Consent, Light
from practicebox.practice.signature import HEIGHT, WIDTH
from practicebox.store.audit.audit import PATIENT
from practicebox.web.keys import services
from practicebox.web.render import full_name, language
from practicebox.web.staff.consent_words import COLOURS, LIGHTS, WAYS
from practicebox.web.staff.session import zone_of


@dataclass(frozen=True)
class Line:
    """One consent as the page shows it."""

    id: str
    form: str
    title: str
    version: int
    day: date
    way: str
    who: str
    until: date | None
    persons: tuple[str, ...] = field(repr=False)
    revoked: date | None
    revoked_by: str
    has_scan: bool
    strokes: list[str] = field(repr=False)
    frame: str  # of the strokes, as an SVG view box


@dataclass(frozen=True)
class Card:
    """How a patient stands to a form today."""

    form: str
    title: str
    light: str
    words: str
    line: Line | None


async def cards(request: web.Request, patient_id: str) -> list[Card]:
    """All forms, with the consent that says how the patient stands to each."""
    store, _ = services(request).store, language(request).gettext
    today = services(request).now().astimezone(zone_of(request)).date()
    judged = await store.consents.judged(patient_id, today)
    titles, names = await _titles(request), await _names(request)
    return [
        Card(
            form,
            titles[form],
            *_light(form, light, _),
            _line(request, one, titles, names) if one else None,
        )
        for form in FORMS
        for light, one in [judged[form]]
    ]


def _light(form: str, light: Light, _: Callable[[str], str]) -> tuple[str, str]:
    """Colour and words; nobody needs a release who speaks for themselves."""
    if form == RELEASE and light is Light.MISSING:
        return "none", _("none noted")
    return COLOURS.get(light, "red"), _(LIGHTS[light])


async def history(request: web.Request, patient_id: str) -> list[Line]:
    """Everything that was ever given, the latest first."""
    titles, names = await _titles(request), await _names(request)
    known = await services(request).store.consents.of(patient_id)
    return [_line(request, one, titles, names) for one in reversed(known)]


async def _titles(request: web.Request) -> dict[str, str]:
    versions = await services(request).store.form_texts.all()
    return {form: listed[-1].text.title for form, listed in versions.items()}


async def _names(request: web.Request) -> dict[str, str]:
    everybody = await services(request).store.people.everybody()
    names = {user.id: full_name(user.person) for user in everybody}
    return names | {PATIENT: language(request).gettext("by the patient")}


def _line(
    request: web.Request, one: Consent, titles: dict[str, str], names: dict[str, str]
) -> Line:
    zone = zone_of(request)
    return Line(
        id=one.id,
        form=one.form,
        title=titles[one.form],
        version=one.version,
        day=one.at.astimezone(zone).date(),
        way=language(request).gettext(WAYS[one.how]),
        who=names.get(one.by, "–"),
        until=one.until,
        persons=one.persons,
        revoked=one.revoked.astimezone(zone).date() if one.revoked else None,
        revoked_by=names.get(one.revoked_by, "–"),
        has_scan=bool(one.scan),
        strokes=signature.lines(one.signature),
        frame=f"0 0 {WIDTH} {HEIGHT}",
    )

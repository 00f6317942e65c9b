"""The consent on the patient's page: after the code or link, before the waiting room, once for each
version of the text. Works while the vault is locked; only the visit's cookie says whose it is.

An ordinary form, so that nothing has to be loaded to read and agree; drawing a signature is the
only thing that needs a script, and it is optional. Anlage 31b BMV-Ä: consent beforehand, nobody
records, rooms that keep privacy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from practicebox.practice import form_text, signature
from practicebox.practice.consents import AT_THE_DOOR
from practicebox.practice.form_text import Block, FormVersion
from practicebox.practice.signature import HEIGHT, WIDTH
from practicebox.practice.window import Phase, window
from practicebox.store.conditions import NoSuchAppointment, NoVisit
from practicebox.store.consents.door import Given, OldVersion
from practicebox.store.records import Visit
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.form_values import of_practice
from practicebox.web.forms import Form, Translate, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render

routes = web.RouteTableDef()

PATH = "/visit/consent"
RULES = ("alone", "no_recording", "protected")  # rows K3 and C11; Anlage 31b BMV-Ä


@dataclass(frozen=True)
class Shown:
    """A form as the page shows it."""

    name: str
    number: int
    title: str
    short: list[Block]
    blocks: list[Block]


async def is_needed(request: web.Request, visit: Visit) -> bool:
    """Whether this visit has to agree before it goes on; never one that only confirms.

    Nor one of somebody else in a conference: what they said would count for the patient.
    """
    if visit.participant_id:
        return False
    box = services(request)
    is_over = window(visit.starts, visit.minutes).phase(box.now()) is Phase.OVER
    return not is_over and await box.store.consent_door.asks(visit.appointment_id)


@routes.get(PATH, name="consent.page")
async def page(request: web.Request) -> web.Response:
    """The short texts in large type, the long ones behind them, three ticks and one button."""
    await _asked(request)
    return await _page(request, Form())


@routes.post(PATH, name="consent.give")
async def give(request: web.Request) -> web.Response:
    """Keep it and go on to camera and microphone."""
    visit, form = await _asked(request), await posted(request)
    given = _read(form, language(request).gettext)
    if given is None:
        return await _page(request, form, status=422)
    try:
        await services(request).store.consent_door.give(visit.appointment_id, given)
    except OldVersion:
        return await _page(request, form, is_new=True, status=409)
    except NoSuchAppointment:
        raise web.HTTPSeeOther("/") from None
    raise web.HTTPSeeOther("/visit")


async def _asked(request: web.Request) -> Visit:
    """The visit that is asked; everybody else is sent on."""
    try:
        visit = await services(request).store.visits.find(cookies.read(request, Cookie.VISIT))
    except NoVisit:
        raise web.HTTPSeeOther("/") from None
    if not await is_needed(request, visit):
        raise web.HTTPSeeOther("/visit")
    return visit


def _read(form: Form, _: Translate) -> Given | None:
    """What was agreed to; None where something is missing, which is noted beside its field."""
    for rule in RULES:
        if not form.is_ticked(rule):
            form.errors[rule] = _("Please tick this if it is so. Otherwise call the practice.")
    drawn = form.read("signature", signature.read, _("Please sign once more, or leave it out."))
    versions = {name: form.value(f"version_{name}") for name in AT_THE_DOOR}
    if not form.is_good or drawn is None:
        return None
    return Given({name: _number(text) for name, text in versions.items()}, drawn)


def _number(text: str) -> int:
    """The version that the page has shown; 0, which is none, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


async def _page(
    request: web.Request, form: Form, *, is_new: bool = False, status: int = 200
) -> web.Response:
    store = services(request).store
    practice, versions = await store.practice(), await store.form_texts.all()
    assert practice is not None, "without a practice there are no visits"
    context = {
        "practice": practice,
        "form": form,
        "is_new": is_new,
        "texts": [_shown(versions[name][-1], of_practice(practice)) for name in AT_THE_DOOR],
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "patient/consent.html", context, status=status)


def _shown(version: FormVersion, values: Mapping[str, str]) -> Shown:
    text = version.text
    return Shown(
        name=version.form,
        number=version.number,
        title=text.title,
        short=form_text.blocks(text.short, values),
        blocks=form_text.blocks(text.text, values),
    )

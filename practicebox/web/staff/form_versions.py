"""Master data: the texts of the forms in their versions, and whether patients are asked to agree
before the waiting room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practicebox.practice import form_text
from practicebox.practice.consents import AT_THE_DOOR, FORMS
from practicebox.practice.form_text import (
    LONGEST_SHORT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Block,
    Change,
    FormText,
    FormVersion,
)
from practicebox.practice.message_text import UnknownPlaceholder
from practicebox.store.settings import ASK_CONSENT
from practicebox.web.form_values import of_practice
from practicebox.web.forms import Form, Translate, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.form_paper import form_of
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

AREA = {"current_area": "organisation"}


@dataclass(frozen=True)
class Shown:
    """A version as the page shows it, with what it changed."""

    number: int
    since: datetime | None  # in the practice's zone; None for what the box came with
    renew: bool
    changes: list[tuple[Change, str]]


@routes.get("/forms", name="forms.list")
async def show_list(request: web.Request) -> web.Response:
    """The forms, and the switch for the patients' door."""
    store = services(request).store
    versions = await store.form_texts.all()
    context = {
        **AREA,
        "forms": [versions[form][-1] for form in FORMS],
        "zone": zone_of(request),
        "is_on": await store.settings.get(ASK_CONSENT) == "yes",
    }
    return render(request, "staff/forms.html", context)


@routes.post("/forms/door", name="forms.switch")
async def switch(request: web.Request) -> web.Response:
    """Begin or stop asking before the waiting room."""
    is_on = (await posted(request)).is_ticked("ask")
    await services(request).store.consent_door.switch(is_on, acting.by(request))
    raise web.HTTPSeeOther("/forms?said=saved")


@routes.get("/forms/{form}", name="forms.edit")
async def edit(request: web.Request) -> web.Response:
    form = form_of(request)
    last = (await services(request).store.form_texts.all())[form][-1].text
    filled = Form({"title": last.title, "short": last.short, "text": last.text})
    return await _page(request, form, filled)


@routes.post("/forms/{form}", name="forms.save")
async def save(request: web.Request) -> web.Response:
    """Show what would change; with an answer about earlier consents, keep it as a new version."""
    name, form = form_of(request), await posted(request)
    store, _ = services(request).store, language(request).gettext
    new, last = _read(name, form, _), (await store.form_texts.all())[name][-1].text
    if not form.is_good:
        return await _page(request, name, form, status=422)
    if new == last:
        raise web.HTTPSeeOther("/forms?said=form_same")
    if form.value("again") or form.value("seen") != _digest(new):
        form.values["seen"] = _digest(new)
        return await _page(request, name, form, asked=changes(last, new))
    renew = form.one_of("renew", ("yes", "no"), _("Please choose one of these."))
    if form.errors:
        return await _page(request, name, form, asked=changes(last, new), status=422)
    await store.form_texts.publish(name, new, renew=renew == "yes", by=acting.by(request))
    raise web.HTTPSeeOther("/forms?said=form_saved")


def changes(before: FormText, after: FormText) -> list[tuple[Change, str]]:
    """What became of a whole form."""
    whole = ("\n\n".join((t.title, t.short, t.text)) for t in (before, after))
    return form_text.shortened(form_text.changes(*whole))


def _digest(text: FormText) -> str:
    """Which text the changes were shown of, so that no other one is kept."""
    return hashlib.sha256(repr(text).encode("utf-8", "surrogatepass")).hexdigest()


def _read(name: str, form: Form, _: Translate) -> FormText:
    """The three texts; mistakes are noted."""
    title = form.text("title", _("Please enter a title."), longest=LONGEST_TITLE)
    short, text = (
        _area(form, field, longest, _)
        for field, longest in (("short", LONGEST_SHORT), ("text", LONGEST_TEXT))
    )
    for field in ("title", "short", "text"):
        try:
            form_text.check(name, form.value(field))
        except UnknownPlaceholder as unknown:
            form.errors.setdefault(
                field,
                _("“{%(name)s}” means nothing here. Possible are: %(names)s.")
                % {"name": unknown.name, "names": _braces(name)},
            )
    return FormText(title, short, text)


def _area(form: Form, field: str, longest: int, _: Translate) -> str:
    value = "\n".join(line.rstrip() for line in form.value(field).strip().splitlines())
    if not value:
        form.errors[field] = _("Please enter a text.")
    if len(value) > longest:
        words = _("This is too long: %(has)s characters; at most %(most)s fit.")
        form.errors[field] = words % {"has": len(value), "most": longest}
    return value


def _braces(name: str) -> str:
    return ", ".join(f"{{{word}}}" for word in form_text.placeholders(name))


async def _page(
    request: web.Request,
    name: str,
    form: Form,
    *,
    asked: list[tuple[Change, str]] | None = None,
    status: int = 200,
) -> web.Response:
    versions = (await services(request).store.form_texts.all())[name]
    context = {
        **AREA,
        "name": name,
        "form": form,
        "asked": asked,
        "title": versions[-1].text.title,
        "last": versions[-1].number,
        "versions": list(reversed(_history(request, versions))),
        "preview": _preview(request, versions[-1]),
        "braces": _braces(name),
        "at_the_door": name in AT_THE_DOOR,
        "longest": {"title": LONGEST_TITLE, "short": LONGEST_SHORT, "text": LONGEST_TEXT},
    }
    return render(request, "staff/form_edit.html", context, status=status)


def _preview(request: web.Request, version: FormVersion) -> list[Block]:
    return form_text.blocks(version.text.text, of_practice(request[PRACTICE]))


def _history(request: web.Request, versions: tuple[FormVersion, ...]) -> list[Shown]:
    zone = zone_of(request)
    return [
        Shown(
            one.number,
            datetime.fromisoformat(one.since).astimezone(zone) if one.since else None,
            one.renew,
            changes(before.text, one.text) if before else [],
        )
        for before, one in zip((None, *versions), versions, strict=False)
    ]

"""Master data: which treatments which payer pays for by video; the practice's copy of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from importlib.resources import files

from aiohttp import web

from practicebox.practice import treatments
from practicebox.practice.treatments import (
    LONGEST,
    MOST,
    PAYERS,
    NotTreatments,
    Treatment,
    is_paid,
)
from practicebox.store.audit.audit import Action
from practicebox.store.records import Appointment
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

SETTING = "treatments"  # in clear: a price list, no patient
EMPTY = 2  # rows for new treatments at the end of the form


@routes.get("/treatments", name="treatments.form")
async def show(request: web.Request) -> web.Response:
    return await _page(request, _filled(await current(request)))


@routes.post("/treatments", name="treatments.save")
async def save(request: web.Request) -> web.Response:
    form = await posted(request)
    read = _read(form, language(request).gettext)
    if not form.is_good:
        return await _page(request, form, status=422)
    await services(request).store.settings.keep(SETTING, treatments.dump(read))
    await acting.note(request, Action.SETTING_CHANGED, detail=SETTING)
    raise web.HTTPSeeOther("/treatments?said=treatments_saved")


@routes.post("/treatments/reset", name="treatments.reset")
async def reset(request: web.Request) -> web.Response:
    await services(request).store.settings.keep(SETTING, _delivered())
    await acting.note(request, Action.SETTING_CHANGED, detail=SETTING)
    raise web.HTTPSeeOther("/treatments?said=treatments_reset")


async def current(request: web.Request) -> tuple[Treatment, ...]:
    """The practice's list; as delivered where it has none, or none that can be read."""
    kept = await services(request).store.settings.get(SETTING)
    try:
        return treatments.load(kept if kept is not None else _delivered())
    except NotTreatments:
        return treatments.load(_delivered())


async def remarks(request: web.Request, appointment: Appointment) -> tuple[str, ...]:
    """What the letter says of costs: nothing on top, where the payer pays for it by video."""
    day = appointment.starts.astimezone(zone_of(request)).date()
    known, payer = await current(request), appointment.patient.payer
    is_covered = payer != "self" and is_paid(known, appointment.treatment, payer, day)
    if appointment.kind == "phone" or not is_covered:
        return ()
    return (language(request).gettext("The treatment by video costs you nothing extra."),)


def payer_words(_: Callable[[str], str]) -> dict[str, str]:
    """Who pays, in words."""
    return {
        "gkv": _("statutory health insurance"),
        "pkv": _("private health insurance"),
        "self": _("pays by themselves"),
        "bg": _("accident insurance (BG)"),
    }


def _delivered() -> str:
    return files("practicebox.practice").joinpath("treatments.toml").read_text("utf-8")


def _filled(known: Sequence[Treatment]) -> Form:
    values: dict[str, str] = {}
    for n, one in enumerate(known):
        values |= {
            f"name{n}": one.name,
            f"since{n}": one.since.isoformat(),
            f"until{n}": one.until.isoformat() if one.until else "",
            f"source{n}": one.source,
            **{f"{payer}{n}": "yes" for payer in one.payers},
        }
    return Form(values)


def _read(form: Form, _: Callable[[str], str]) -> list[Treatment]:
    """The rows that have a name; mistakes are noted."""
    found = []
    for n in range(_rows(form)):
        name = form.text(f"name{n}", longest=LONGEST)
        if not name:
            continue
        wrong = _("Please enter the day as day, month and year.")
        since = form.read(f"since{n}", date.fromisoformat, wrong)
        until = form.read(f"until{n}", _day_or_none, wrong)
        if since and until and until < since:
            form.errors[f"until{n}"] = _("The last day is before the first.")
        payers = frozenset(payer for payer in PAYERS if form.is_ticked(f"{payer}{n}"))
        source = form.text(f"source{n}")
        found.append(Treatment(name, payers, since or date.min, until, source))
    return found


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _rows(form: Form) -> int:
    return sum(f"name{n}" in form.values for n in range(MOST))


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    used = sum(bool(form.value(f"name{n}")) for n in range(MOST))
    context = {
        "current_area": "organisation",
        "form": form,
        "rows": range(min(MOST, max(used + EMPTY, _rows(form)))),
        "payers": payer_words(language(request).gettext),
    }
    return render(request, "staff/treatments.html", context, status=status)

"""Opening hours, the state whose public holidays count, and blocked times: one page of settings.

Hours and state are the Hauptnutzer's to change; times are blocked by everybody who plans.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from aiohttp import web

from practicebox.practice.local_time import NoSuchTime, moment
from practicebox.practice.opening import Opening, dump, read_spans, write_spans
from practicebox.store import settings
from practicebox.store.audit.audit import Action
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting, appointment_form, hours
from practicebox.web.staff.appointment_form import Desk
from practicebox.web.staff.desk import desk_of
from practicebox.web.staff.opening_words import STATES
from practicebox.web.staff.session import SESSION

routes = web.RouteTableDef()

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORDS = {
    "monday": mark("Monday"),
    "tuesday": mark("Tuesday"),
    "wednesday": mark("Wednesday"),
    "thursday": mark("Thursday"),
    "friday": mark("Friday"),
    "saturday": mark("Saturday"),
    "sunday": mark("Sunday"),
}
LONGEST_BLOCK = timedelta(days=366)
FAR = timedelta(days=3 * 366)  # blocked times that are listed


@routes.get("/opening", name="opening.page")
async def show(request: web.Request) -> web.Response:
    return await _page(request, await _filled(request), await _fresh(request))


@routes.post("/opening", name="opening.save")
async def save(request: web.Request) -> web.Response:
    form = await posted(request)
    opening = _read(form, await desk_of(request))
    if opening is None:
        return await _page(request, form, await _fresh(request), status=422)
    await services(request).store.settings.keep(settings.OPENING, dump(opening))
    await acting.note(request, Action.SETTING_CHANGED, detail=settings.OPENING)
    raise web.HTTPSeeOther("/opening?said=saved")


@routes.post("/opening/blocked", name="opening.block")
async def block(request: web.Request) -> web.Response:
    """Block a time: `from` and `until` are days; without times whole days, the last included."""
    form, desk = await posted(request), await desk_of(request)
    span = _span(form, desk)
    whose = form.value("blocked_whose")
    if whose and whose not in {user.id for user in desk.users}:
        form.errors["blocked_whose"] = desk.translate("Please choose whose time is blocked.")
    if span is None or not form.is_good:
        return await _page(request, await _filled(request), form, status=422)
    reason = form.text("blocked_reason", longest=120)
    await services(request).store.blocked.add(*span, whose, reason, acting.by(request))
    raise web.HTTPSeeOther("/opening?said=saved#blocked")


@routes.post("/opening/blocked/{id}/remove", name="opening.unblock")
async def unblock(request: web.Request) -> web.Response:
    store = services(request).store
    await store.blocked.remove(request.match_info["id"], acting.by(request))
    raise web.HTTPSeeOther("/opening?said=saved#blocked")


async def _filled(request: web.Request) -> Form:
    """Hours and state as they were saved last."""
    known = await hours.known(request)
    days = zip(WEEK, known.hours, strict=True)
    return Form({"state": known.state, **{name: write_spans(spans) for name, spans in days}})


async def _fresh(request: web.Request) -> Form:
    """An empty form for a blocked time."""
    desk = await desk_of(request)
    today = desk.now.astimezone(desk.zone).date().isoformat()
    return Form({"blocked_from": today, "blocked_until": today})


def _read(form: Form, desk: Desk) -> Opening | None:
    _ = desk.translate
    wrong = _("Please enter times such as 8-12, 14-18. A day that is closed stays empty.")
    days = [form.read(name, read_spans, wrong) for name in WEEK]
    state = form.one_of("state", STATES, _("Please choose the state."))
    if not form.is_good:
        return None
    return Opening(tuple(spans or () for spans in days), state)


def _span(form: Form, desk: Desk) -> tuple[datetime, datetime] | None:
    """When it begins and ends (aware), or None with the mistakes noted."""
    _ = desk.translate
    begins = _moment(form, desk, "blocked_from", _("Please enter the first day."), whole=0)
    ends = _moment(form, desk, "blocked_until", _("Please enter the last day."), whole=1)
    if begins is None or ends is None:
        return None
    if ends <= begins:
        form.errors["blocked_until"] = _("This is before the beginning.")
    elif ends - begins > LONGEST_BLOCK:
        form.errors["blocked_until"] = _("A time can be blocked for at most a year.")
    elif ends < desk.now:
        form.errors["blocked_until"] = _("This day is already over.")
    return begins, ends


def _moment(form: Form, desk: Desk, name: str, missing: str, *, whole: int) -> datetime | None:
    """A day with its time; without a time the midnight after `whole` days."""
    _ = desk.translate
    day = form.read(name, appointment_form.read_day, missing)
    clock: time | None = time()
    if form.value(f"{name}_time").strip():
        wrong = _("Please enter a time such as 9:30, or leave it empty.")
        clock = form.read(f"{name}_time", appointment_form.read_clock, wrong)
        whole = 0
    if day is None or clock is None:
        return None
    try:
        return moment(day + timedelta(days=whole), clock, desk.zone)
    except NoSuchTime:
        form.errors[f"{name}_time"] = _(
            "The clocks are put forward on that day; this time does not exist."
        )
    except OverflowError:
        form.errors[name] = missing
    return None


async def _page(
    request: web.Request, form: Form, block_form: Form, *, status: int = 200
) -> web.Response:
    _, desk = language(request).gettext, await desk_of(request)
    blocked = await services(request).store.blocked.between(desk.now, desk.now + FAR)
    everybody = await services(request).store.people.everybody()
    context = {
        "current_area": "opening",
        "form": form,
        "block_form": block_form,
        "days": [(name, _(WORDS[name])) for name in WEEK],
        "states": [(code, _(words)) for code, words in STATES.items()],
        "may_save": request[SESSION].user.role == "admin",
        "people": [(user.id, full_name(user.person)) for user in desk.users],
        "names": {user.id: full_name(user.person) for user in everybody},
        "blocked": [
            (one, one.starts.astimezone(desk.zone), _last(one.ends, desk)) for one in blocked
        ],
    }
    return render(request, "staff/opening.html", context, status=status)


def _last(ends: datetime, desk: Desk) -> datetime:
    """The end as people say it: of whole days the last one, not the midnight after it."""
    local = ends.astimezone(desk.zone)
    is_midnight = local.time() == time()
    return local - timedelta(minutes=1) if is_midnight else local

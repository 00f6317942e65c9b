"""Master data: access for programs (docs/api.md). The Hauptnutzer sees each token once."""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from practicebox.practice.programs import NAME_LONGEST, SCOPES, in_order
from practicebox.store.conditions import NoSuchProgram, TooManyPrograms
from practicebox.store.people.programs import MOST
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

WORDS = {
    "appointments:read": mark("See appointments, without names"),
    "appointments:write": mark("Plan, move, cancel and delete appointments"),
    "patients:read": mark("See patients with all their data"),
    "patients:write": mark("Enter patients and change their data"),
    "invitations:read": mark("Fetch letters, links and access codes"),
    "events:read": mark("Learn who waits and when a consultation begins and ends"),
}


@routes.get("/software", name="software.list")
async def show(request: web.Request) -> web.Response:
    """All accesses, and the form of a new one."""
    return await _page(request, Form())


@routes.post("/software", name="software.add")
async def add(request: web.Request) -> web.Response:
    """Make an access and show its token: the only time that it is shown."""
    form, _ = await posted(request), language(request).gettext
    name = form.text("name", _("Please give the access a name."), longest=NAME_LONGEST)
    scopes = in_order(scope for scope in SCOPES if form.is_ticked(_field(scope)))
    if not scopes:
        form.errors[_field(SCOPES[0])] = _("Please choose what the program may do.")
    token = ""
    if form.is_good:
        try:
            made = await services(request).store.programs.add(name, scopes, acting.by(request))
            token = made[1]
        except TooManyPrograms:
            form.errors["name"] = _(
                "There are %(count)s accesses already. Please end one of them first."
            ) % {"count": MOST}
    if not form.is_good:
        return await _page(request, form, status=422)
    return await _page(request, Form(), token=token, name=name)


@routes.post("/software/revoke", name="software.revoke")
async def revoke(request: web.Request) -> web.Response:
    """From now on the token opens nothing, and what it has open is cut off."""
    form = await posted(request)
    with suppress(NoSuchProgram):  # ended already
        await services(request).store.programs.revoke(form.value("program"), acting.by(request))
    raise web.HTTPSeeOther("/software?said=program_revoked")


def _field(scope: str) -> str:
    """The name of a box to tick."""
    return "may_" + scope.replace(":", "_")


async def _page(
    request: web.Request, form: Form, *, token: str = "", name: str = "", status: int = 200
) -> web.Response:
    _ = language(request).gettext
    programs = await services(request).store.programs.all()
    context = {
        "current_area": "software",
        "form": form,
        "programs": [one for one in programs if one.state == "approved"],
        "words": {scope: _(WORDS[scope]) for scope in SCOPES},
        "choices": [(_field(scope), _(WORDS[scope])) for scope in SCOPES],
        "first": _field(SCOPES[0]),
        "token": token,
        "name": name,
        "address": f"{services(request).staff_url()}/api/v1",
        "zone": zone_of(request),
    }
    return render(request, "staff/software.html", context, status=status)

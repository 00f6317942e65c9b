"""Master data: "Billing data", which here means the organisation and its contact person.

PracticeBox costs nothing and has no contract, so there are no bank data (FEATURES R9).
The short name can't be changed: it is shown, not asked for.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.records import User
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, profile_form
from practicebox.web.staff.session import PRACTICE

routes = web.RouteTableDef()


@routes.get("/organisation", name="organisation.form")
async def show(request: web.Request) -> web.Response:
    main_user = await _main_user(request)
    return _page(request, profile_form.filled(request[PRACTICE].profile, main_user.person))


@routes.post("/organisation", name="organisation.save")
async def save(request: web.Request) -> web.Response:
    form = await posted(request)
    read = profile_form.read(form, language(request).gettext)
    if read is None:
        return _page(request, form, status=422)
    profile, person = read
    store, main_user = services(request).store, await _main_user(request)
    await store.change_person(main_user.id, person)
    await store.change_profile(profile, acting.by(request))
    raise web.HTTPSeeOther("/organisation?said=saved")


async def _main_user(request: web.Request) -> User:
    """The user who founded the practice; there is always one."""
    users = await services(request).store.users()
    return next(user for user in users if user.role == "admin")


def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {
        "current_area": "organisation",
        "form": form,
        "choices": profile_form.choices(language(request).gettext),
    }
    return render(request, "staff/organisation.html", context, status=status)

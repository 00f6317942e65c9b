"""Users: the list, the invitation of a colleague, another name or role, the end of an access."""

from __future__ import annotations

from aiohttp import web

from practicebox.practice import passwords
from practicebox.store.conditions import (
    MainUser,
    MasterPasswordNeeded,
    NoSuchUser,
    WrongMasterPassword,
)
from practicebox.store.people.records_sessions import Enrolment
from practicebox.store.records import User
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, user_form
from practicebox.web.staff.recover import readings
from practicebox.web.staff.session import SESSION, zone_of
from practicebox.web.staff.setup_end import staff_address

AREA = {"current_area": "users"}

routes = web.RouteTableDef()


@routes.get("/users", name="users.list")
async def show(request: web.Request) -> web.Response:
    everybody = await services(request).store.people.everybody()
    context = {
        **AREA,
        "users": [user for user in everybody if user.state != "departed"],
        "departed": [user for user in everybody if user.state == "departed"],
        "roles": user_form.ROLES,
        "own_id": request[SESSION].user.id,
        "may_decide": request[SESSION].user.role == "admin",
        "now": services(request).now(),
        "zone": zone_of(request),
    }
    return render(request, "staff/users.html", context)


@routes.get("/users/new", name="users.new")
async def new(request: web.Request) -> web.Response:
    return _form_page(request, Form())


@routes.post("/users/new", name="users.invite")
async def invite(request: web.Request) -> web.Response:
    """Make the user and show the code: the only time that it is shown."""
    form = await posted(request)
    typed = user_form.read(form, language(request).gettext)
    if typed is None:
        return _form_page(request, form, status=422)
    people = services(request).store.people
    enrolment = await people.invite(typed.role, typed.person, acting.by(request))
    return await _code_page(request, enrolment)


@routes.get("/users/{id}/edit", name="users.edit")
async def edit(request: web.Request) -> web.Response:
    """Name and role as they are now."""
    user = await _user(request)
    return _change_page(request, user, user_form.filled(user))


@routes.post("/users/{id}/edit", name="users.change")
async def change(request: web.Request) -> web.Response:
    """Keep another name or role; with another role the colleague is logged out everywhere."""
    user, form = await _user(request), await posted(request)
    typed = user_form.read(form, language(request).gettext, user.person)
    if typed is None:
        return _change_page(request, user, form, status=422)
    people = services(request).store.people
    try:
        is_another_role = await people.change(user.id, typed.role, typed.person, acting.by(request))
    except (NoSuchUser, MainUser):
        raise web.HTTPNotFound from None  # left a moment ago
    raise web.HTTPSeeOther(f"/users?said={'role_now' if is_another_role else 'saved'}")


@routes.post("/users/{id}/code", name="users.code")
async def new_code(request: web.Request) -> web.Response:
    """Another code in place of one that was lost or is too old."""
    try:
        enrolment = await services(request).store.people.renew_code(
            request.match_info["id"], acting.by(request)
        )
    except NoSuchUser:
        raise web.HTTPNotFound from None
    return await _code_page(request, enrolment)


@routes.get("/users/{id}/leave", name="users.ask")
async def ask(request: web.Request) -> web.Response:
    """Ask before somebody's access ends."""
    return await _leave_page(request, await _user(request), Form())


@routes.post("/users/{id}/leave", name="users.leave")
async def leave(request: web.Request) -> web.Response:
    """End it, at once and everywhere."""
    user, form = await _user(request), await posted(request)
    master = form.value("master")[: passwords.LONGEST + 1]
    try:
        await _off_board(request, user.id, master)
    except (NoSuchUser, MainUser):
        raise web.HTTPNotFound from None
    except (MasterPasswordNeeded, WrongMasterPassword):
        form.errors["master"] = language(request).gettext("This is not the master password.")
        return await _leave_page(request, user, form, status=422)
    raise web.HTTPSeeOther("/users?said=departed_now")


async def _off_board(request: web.Request, user_id: str, master: str) -> None:
    people, wrong = services(request).store.people, WrongMasterPassword()
    for reading in readings(master) if master else ("",):
        try:
            return await people.off_board(user_id, reading, acting.by(request))
        except WrongMasterPassword as condition:
            wrong = condition
    raise wrong


async def _user(request: web.Request) -> User:
    """The colleague in the address; 404 for the Hauptnutzer and for who has left."""
    for user in await services(request).store.people.everybody():
        gone = user.state == "departed" or user.role == "admin"
        if user.id == request.match_info["id"] and not gone:
            return user
    raise web.HTTPNotFound


def _form_page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {**AREA, "form": form, "choices": user_form.choices(language(request).gettext)}
    return render(request, "staff/user_new.html", context, status=status)


def _change_page(
    request: web.Request, user: User, form: Form, *, status: int = 200
) -> web.Response:
    choices = user_form.choices(language(request).gettext)
    context = {**AREA, "form": form, "choices": choices, "user": user}
    return render(request, "staff/user_edit.html", context, status=status)


async def _code_page(request: web.Request, enrolment: Enrolment) -> web.Response:
    box = services(request)
    practice = await box.store.practice()
    assert practice is not None, "somebody is signed in"
    [user] = [u for u in await box.store.people.everybody() if u.id == enrolment.user_id]
    context = {
        **AREA,
        "enrolment": enrolment,
        "user": user,
        "address": staff_address(box, practice.short_name),
        "zone": zone_of(request),
    }
    return render(request, "staff/user_code.html", context)


async def _leave_page(
    request: web.Request, user: User, form: Form, *, status: int = 200
) -> web.Response:
    needs = await services(request).store.people.needs_master_password()
    context = {**AREA, "user": user, "form": form, "needs_master": needs}
    return render(request, "staff/user_leave.html", context, status=status)

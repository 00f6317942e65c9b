"""A colleague's first login: one-time code, short name and password of her own.

Open to everybody who reaches the staff door, so tries are counted: by the store for each code, and
here by where they come from (`attempts`), before any time is spent on Argon2id.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from practicebox.practice import names, one_time_code, passwords
from practicebox.practice.one_time_code import OneTimeCode
from practicebox.store.conditions import (
    DeviceNotApproved,
    Locked,
    ShortNameTaken,
    UnknownCode,
)
from practicebox.store.records import Practice
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import device, device_asking
from practicebox.web.staff.access_form import read_password
from practicebox.web.staff.attempts import Attempts, attempt
from practicebox.web.staff.throttle import TooMany

routes = web.RouteTableDef()

ATTEMPTS = web.AppKey("join-attempts", Attempts)


@dataclass(frozen=True)
class Typed:
    """What was typed, without mistakes of form."""

    code: OneTimeCode
    short_name: str = field(repr=False)
    password: str = field(repr=False)


def prepare(app: web.Application) -> None:
    """Give the staff door a count of wrong codes."""
    app[ATTEMPTS] = Attempts(UnknownCode)


@routes.get("/login/join", name="login.join")
async def show(request: web.Request) -> web.Response:
    await _practice(request)
    return _page(request, Form())


@routes.post("/login/join", name="login.enrol")
async def enrol(request: web.Request) -> web.Response:
    """Use the code, then log in where this workstation is approved, else ask for its approval."""
    practice, form = await _practice(request), await posted(request)
    typed = _read(request, form, practice)
    if typed is None:
        return _page(request, form, status=422)
    people, secret = services(request).store.people, device.read_secret(request)
    try:
        async with attempt(request, request.app[ATTEMPTS]):
            user_id = await people.enrol(typed.code, typed.short_name, typed.password, secret)
    except TooMany as condition:
        return _page(request, form, minutes=condition.minutes, status=429)
    except Locked:
        return _page(request, form, is_locked=True, status=409)
    except (UnknownCode, ShortNameTaken) as condition:
        _note(request, form, condition)
        return _page(request, form, status=422)
    return await _enter(request, practice, typed, user_id)


async def _enter(
    request: web.Request, practice: Practice, typed: Typed, user_id: str
) -> web.Response:
    try:
        session = await services(request).store.login(
            practice.short_name, typed.short_name, typed.password, device.read_secret(request)
        )
    except DeviceNotApproved:
        device_asking.begin(request, user_id)
    response = web.HTTPSeeOther("/?said=joined")
    cookies.write(request, response, Cookie.SESSION, session.token)
    raise response


def _read(request: web.Request, form: Form, practice: Practice) -> Typed | None:
    _ = language(request).gettext
    wrong = _("A one-time code has 16 letters and digits in groups of four.")
    code = form.read("code", one_time_code.read, wrong)
    short_name = form.read(
        "user",
        names.short,
        _(
            "A short name has 2 to 32 letters or digits, without blanks. "
            "Dots and hyphens may stand between them."
        ),
    )
    known = (practice.short_name, short_name or "", form.value("code")[: passwords.LONGEST])
    password = read_password(form, "new", _, known=known)
    if code is None or short_name is None or not form.is_good:
        return None
    return Typed(code, short_name, password)


def _note(request: web.Request, form: Form, condition: Exception) -> None:
    _ = language(request).gettext
    if isinstance(condition, ShortNameTaken):
        form.errors["user"] = _("Somebody in your practice has this short name already.")
        return
    form.errors["code"] = _(
        "This one-time code does not work. Please compare every character; it is valid for seven "
        "days, once. The main user can make you another one at any time."
    )


async def _practice(request: web.Request) -> Practice:
    practice = await services(request).store.practice()
    if practice is None:
        raise web.HTTPSeeOther("/setup")
    return practice


def _page(
    request: web.Request,
    form: Form,
    *,
    minutes: int = 0,
    is_locked: bool = False,
    status: int = 200,
) -> web.Response:
    shown = Form({name: form.value(name) for name in ("code", "user")}, form.errors)
    context = {"form": shown, "minutes": minutes, "is_locked": is_locked}
    return render(request, "staff/join.html", context, status=status)

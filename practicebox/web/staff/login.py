"""Login with three fields, and logout.

The sentence for a failure never says which of the three was wrong (FEATURES L2); blanks and case
in the short names are forgiven by the store. What was typed stays, except the password.
"""

from __future__ import annotations

import base64
import binascii

from aiohttp import web

from practicebox.practice import passwords
from practicebox.store.conditions import (
    DeviceLocked,
    DeviceNotApproved,
    Locked,
    NoSession,
    WrongCredentials,
)
from practicebox.store.people.records_sessions import Session
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import render
from practicebox.web.staff import device, device_asking, said, throttle, witness

routes = web.RouteTableDef()

LONGEST_NAME = 64  # characters; more than any short name has
_SEPARATOR = "\n"  # between the two names in the cookie; neither can have one


@routes.get("/login", name="login.form")
async def show(request: web.Request) -> web.Response:
    """The form; whoever is logged in already goes to the start."""
    store = services(request).store
    if await store.practice() is None:
        raise web.HTTPSeeOther("/setup")
    if await _is_signed_in(request):
        raise web.HTTPSeeOther("/")
    demo = services(request).demo
    if demo:
        return _page(request, Form({"organisation": demo.organisation, "user": demo.user}))
    return _page(request, _remembered(request))


@routes.post("/login", name="login.enter")
async def enter(request: web.Request) -> web.Response:
    if await services(request).store.practice() is None:
        raise web.HTTPSeeOther("/setup")
    form = await posted(request)
    try:
        session = await _login(request, form)
    except throttle.TooMany as condition:
        return _page(request, form, problem="wait", status=429, minutes=condition.minutes)
    except WrongCredentials:
        return _page(request, form, problem="credentials", status=422)
    except DeviceLocked:
        return _page(request, form, problem="device", status=403)
    except DeviceNotApproved as condition:
        device_asking.begin(request, condition.user_id)
    # A session is never carried over into another login.
    await services(request).store.logout(cookies.read(request, Cookie.SESSION))
    response = web.HTTPSeeOther("/")
    cookies.write(request, response, Cookie.SESSION, session.token)
    await witness.meet(request, response)
    _keep_device(request, response)
    _remember(request, response, form)
    raise response


@routes.post("/logout", name="login.leave")
async def leave(request: web.Request) -> web.Response:
    await services(request).store.logout(cookies.read(request, Cookie.SESSION))
    response = web.HTTPSeeOther("/login?said=logged_out")
    cookies.forget(request, response, Cookie.SESSION)
    raise response


async def _login(request: web.Request, form: Form) -> Session:
    organisation = form.value("organisation")[:LONGEST_NAME]
    user = form.value("user")[:LONGEST_NAME]
    async with throttle.attempt(request, organisation, user):
        return await services(request).store.login(
            organisation,
            user,
            form.value("password")[: passwords.LONGEST + 1],  # one more than any password has
            device.read_secret(request),
        )


async def _is_signed_in(request: web.Request) -> bool:
    store = services(request).store
    try:
        await store.session(cookies.read(request, Cookie.SESSION))
    except (NoSession, Locked):
        return False
    return bool(store.vault.is_unlocked)


def _page(
    request: web.Request, form: Form, *, problem: str = "", status: int = 200, minutes: int = 0
) -> web.Response:
    context = {
        "form": form,
        "problem": problem,
        "minutes": minutes,
        "said": said.sentence(request),
    }
    return render(request, "staff/login.html", context, status=status)


def _keep_device(request: web.Request, response: web.StreamResponse) -> None:
    """Renew the device cookie: browsers forget it 400 days after it was last set."""
    secret = device.read_secret(request)
    if secret:
        device.write_secret(request, response, secret)


def _remember(request: web.Request, response: web.StreamResponse, form: Form) -> None:
    """Keep or forget the short names on this workstation. They open nothing."""
    if not form.is_ticked("remember"):
        cookies.forget(request, response, Cookie.NAMES)
        return
    both = _SEPARATOR.join((form.text("organisation"), form.text("user")))
    value = base64.urlsafe_b64encode(both.encode()).decode()
    cookies.write(request, response, Cookie.NAMES, value)


def _remembered(request: web.Request) -> Form:
    try:
        both = base64.urlsafe_b64decode(cookies.read(request, Cookie.NAMES)).decode()
    except (binascii.Error, ValueError):
        return Form()
    organisation, separator, user = both.partition(_SEPARATOR)
    if not separator:
        return Form()
    return Form({"organisation": organisation, "user": user, "remember": "yes"})

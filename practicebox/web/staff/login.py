"""Login with three fields, and logout.

The sentence for a failure never says which of the three was wrong (FEATURES L2); blanks and case
in the short names are forgiven by the store. What was typed stays, except the password.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable

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
from practicebox.web.staff import device, device_asking, said, throttle, webauthn, witness

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
    return await _page(request, untouched(request))


@routes.post("/login", name="login.enter")
async def enter(request: web.Request) -> web.Response:
    if await services(request).store.practice() is None:
        raise web.HTTPSeeOther("/setup")
    form = await posted(request)
    response = await attempt(request, form, _login(request, form), wrong="credentials")
    if response.status == web.HTTPSeeOther.status_code:
        _remember(request, response, form)
    return response


async def attempt(
    request: web.Request, form: Form, login: Awaitable[Session], *, wrong: str
) -> web.Response:
    """Lead whoever comes in by `login` to the start; show everybody else the form again.

    `wrong` names what to say where the login was refused.
    """
    try:
        session = await login
    except throttle.TooMany as condition:
        return await _page(request, form, problem="wait", status=429, minutes=condition.minutes)
    except WrongCredentials:
        return await _page(request, form, problem=wrong, status=422)
    except DeviceLocked:
        return await _page(request, form, problem="device", status=403)
    except DeviceNotApproved as condition:
        device_asking.begin(request, condition.user_id)
    # A session is never carried over into another login.
    await services(request).store.logout(cookies.read(request, Cookie.SESSION))
    response = web.Response(status=303, headers={"Location": "/"})
    cookies.write(request, response, Cookie.SESSION, session.token)
    await witness.meet(request, response)
    _keep_device(request, response)
    return response


@routes.post("/logout", name="login.leave")
async def leave(request: web.Request) -> web.Response:
    await services(request).store.logout(cookies.read(request, Cookie.SESSION))
    response = web.HTTPSeeOther("/login?said=logged_out")
    cookies.forget(request, response, Cookie.SESSION)
    raise response


def untouched(request: web.Request) -> Form:
    """The form before anybody has typed, with what this workstation remembers."""
    demo = services(request).demo
    if demo:
        return Form({"organisation": demo.organisation, "user": demo.user})
    return _remembered(request)


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


async def _page(
    request: web.Request, form: Form, *, problem: str = "", status: int = 200, minutes: int = 0
) -> web.Response:
    context = {
        "form": form,
        "problem": problem,
        "minutes": minutes,
        "said": said.sentence(request),
        "has_passkeys": await services(request).store.passkeys.exist(),
        **webauthn.place(request),
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

""" "Bildschirm sperren": the page is covered, password or passkey of the same user uncover it.

The box itself refuses everything to a locked session, so taking the cover off the page shows
nothing new. Works without keys: they may be gone meanwhile, and the password brings them back.
A running call goes on, for its signaling needs no key.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.practice import passwords
from practicebox.store.conditions import DeviceNotApproved, WrongCredentials, WrongPassword
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import device, passkey_login, webauthn
from practicebox.web.staff.session import BEARER
from practicebox.web.staff.watch import WATCH

routes = web.RouteTableDef()

MOST_WRONG = 5  # then the session is over, and the login has a throttle of its own
STRIKES = web.AppKey("uncover-strikes", dict[str, int])


def prepare(app: web.Application) -> None:
    """Give the staff door a count of wrong passwords for each session."""
    app[STRIKES] = {}


@routes.post("/lock", name="lock.cover")
async def cover(request: web.Request) -> web.Response:
    """Lock the screen of this session, on all its pages."""
    await request.app[WATCH].cover([request[BEARER].session_id])
    raise web.HTTPSeeOther("/lock")


@routes.get("/lock", name="lock.page")
async def show(request: web.Request) -> web.Response:
    """The locked screen, for whoever comes by address or without JavaScript."""
    if not request[BEARER].is_covered:
        raise web.HTTPSeeOther("/")
    return _page(request, Form())


@routes.post("/lock/open", name="lock.uncover")
async def uncover(request: web.Request) -> web.Response:
    """Uncover, for a form or for the page's script; a wrong password is said beside the field."""
    form, eye, bearer = await posted(request), request.app[WATCH], request[BEARER]
    token = cookies.read(request, Cookie.SESSION)
    strikes = request.app[STRIKES]
    strikes[bearer.session_id] = strikes.get(bearer.session_id, 0) + 1  # before it is tried
    try:
        if strikes[bearer.session_id] > MOST_WRONG:
            raise DeviceNotApproved
        await _try(request, form, token)
    except WrongPassword:
        form.errors["password"] = language(request).gettext("This is not your password.")
        return _refused(request, form)
    except WrongCredentials:
        form.errors["password"] = language(request).gettext(
            "This passkey does not unlock the screen. Please enter your password."
        )
        return _refused(request, form)
    except DeviceNotApproved:
        strikes.pop(bearer.session_id)
        await services(request).store.logout(token)
        raise web.HTTPSeeOther("/login?said=logged_out") from None
    strikes.pop(bearer.session_id, None)
    eye.touch(bearer.session_id, services(request).now())
    eye.tell(bearer.session_id, {"covered": False})
    if _is_script(request):
        return web.json_response({"error": ""})
    raise web.HTTPSeeOther("/")


async def _try(request: web.Request, form: Form, token: str) -> None:
    store, secret = services(request).store, device.read_secret(request)
    if passkey_login.has_answer(form):
        return await store.passkeys.uncover(token, passkey_login.read(request, form), secret)
    password = form.value("password")[: passwords.LONGEST + 1]  # one more than any password has
    return await store.uncover(token, password, secret)


def _refused(request: web.Request, form: Form) -> web.Response:
    if _is_script(request):
        return web.json_response({"error": form.errors["password"]}, status=422)
    return _page(request, Form({}, form.errors), status=422)


def _is_script(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {"form": form, **webauthn.place(request)}
    return render(request, "staff/lock.html", context, status=status)

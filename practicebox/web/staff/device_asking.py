"""The new workstation's side of an approval: it names itself, waits, and shows four digits.

Open to whoever has just typed a right password, which the cookie of the device-to-be stands for.
"""

from __future__ import annotations

from typing import NoReturn

from aiohttp import web

from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, posted
from practicebox.web.keys import SERVICES, services
from practicebox.web.render import language, render
from practicebox.web.staff import device
from practicebox.web.staff.access_form import LONGEST_DEVICE
from practicebox.web.staff.device_requests import NoRequest, Request, Requests, State

routes = web.RouteTableDef()

REQUESTS = web.AppKey("device-requests", Requests)


def prepare(app: web.Application) -> None:
    """Give the staff door a place for requests."""
    app[REQUESTS] = Requests(app[SERVICES].now)


def begin(request: web.Request, user_id: str) -> NoReturn:
    """Let this browser ask, whose user has just typed the right password."""
    had_cookie = bool(cookies.read(request, Cookie.DEVICE))
    asking = request.app[REQUESTS].ask(user_id)
    response = web.HTTPSeeOther("/login/device" if had_cookie else "/login/device?new=1")
    device.write_secret(request, response, asking.device_secret)
    cookies.forget(request, response, Cookie.DRAFT)  # it would bring back another device's secret
    raise response


@routes.get("/login/device", name="login.device")
async def show(request: web.Request) -> web.Response:
    """Where the request stands; without JavaScript the page looks again by itself."""
    return _page(request, _asking(request), Form())


@routes.post("/login/device", name="login.name_device")
async def name(request: web.Request) -> web.Response:
    asking, form = _asking(request), await posted(request)
    missing = language(request).gettext("Please give this device a name.")
    typed = form.text("device", missing, longest=LONGEST_DEVICE)
    if not form.is_good:
        return _page(request, asking, form, status=422)
    if asking.state is State.UNNAMED:
        asking.name, asking.state = typed, State.WAITING
    raise web.HTTPSeeOther("/login/device")


@routes.get("/login/device/news", name="login.device_news")
async def news(request: web.Request) -> web.Response:
    """`{"state": word, "digits": "0482"}`, for the page's script to ask again and again."""
    try:
        asking = _find(request)
    except NoRequest:
        return web.json_response({"state": "over", "digits": ""})
    return web.json_response({"state": asking.state.value, "digits": asking.digits})


def _find(request: web.Request) -> Request:
    return request.app[REQUESTS].of_device(device.read_secret(request))


def _asking(request: web.Request) -> Request:
    """The request of this browser; one that is decided or over leads back to the login."""
    try:
        asking = _find(request)
    except NoRequest:
        raise web.HTTPSeeOther("/login?said=request_over") from None
    if asking.state is State.APPROVED:
        raise web.HTTPSeeOther("/login?said=approved")
    if asking.state is State.REFUSED:
        raise web.HTTPSeeOther("/login?said=refused")
    return asking


def _page(request: web.Request, asking: Request, form: Form, *, status: int = 200) -> web.Response:
    context = {
        "form": form,
        "asking": asking,
        "is_new": request.query.get("new") == "1",
        "staff_url": services(request).staff_url(),
    }
    return render(request, "staff/device_ask.html", context, status=status)

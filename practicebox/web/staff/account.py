"""One's own password: the old one, and the new one twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from practicebox.practice import passwords
from practicebox.store.conditions import WrongPassword
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import throttle
from practicebox.web.staff.access_form import read_password
from practicebox.web.staff.session import PRACTICE, SESSION

routes = web.RouteTableDef()


@routes.get("/password", name="account.password")
async def password(request: web.Request) -> web.Response:
    return _page(request, Form())


@routes.post("/password", name="account.change_password")
async def change_password(request: web.Request) -> web.Response:
    _, user = language(request).gettext, request[SESSION].user
    form = await posted(request)
    old = form.value("old")[: passwords.LONGEST + 1]  # one more than any password has
    if not old:
        form.errors["old"] = _("Please enter your present password.")
    known = (request[PRACTICE].short_name, user.short_name, old)
    new = read_password(form, "new", _, known=known)
    if form.is_good:
        await _change(request, form, old, new)
    if not form.is_good:
        return _page(request, form, status=422)
    raise web.HTTPSeeOther("/users?said=password")


async def with_password(
    request: web.Request, form: Form, field: str, wrong: str, deed: Callable[[], Awaitable[None]]
) -> None:
    """Do what takes the user's password; note in `field` why it wasn't done: `wrong`, or that there
    were too many wrong ones."""
    try:
        async with throttle.attempt(request, request[SESSION].user.id):
            await deed()
    except WrongPassword:
        form.errors[field] = wrong
    except throttle.TooMany as condition:
        form.errors[field] = language(request).translations.ngettext(
            "There have been too many wrong passwords. Please wait one minute and try again.",
            "There have been too many wrong passwords. Please wait %(num)s minutes and try again.",
            condition.minutes,
        ) % {"num": condition.minutes}


async def _change(request: web.Request, form: Form, old: str, new: str) -> None:
    wrong = language(request).gettext("This is not your present password.")
    change, user_id = services(request).store.change_password, request[SESSION].user.id
    await with_password(request, form, "old", wrong, lambda: change(user_id, old, new))


def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {"current_area": "users", "form": form}
    return render(request, "staff/password.html", context, status=status)

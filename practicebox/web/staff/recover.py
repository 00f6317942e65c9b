"""The way back with the master password: a new password, and this device in place of all others.

Open to everybody who reaches the staff door, so guesses are counted (`attempts`) before the box
spends any time on Argon2id. The sentence for a failure never says which of master password and user
was wrong.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from practicebox.practice import passwords, words
from practicebox.store.audit.audit import NOBODY, Action, Entry
from practicebox.store.conditions import (
    DeviceNotApproved,
    NoSuchUser,
    WrongCredentials,
    WrongMasterPassword,
)
from practicebox.store.records import Founded, Practice
from practicebox.store.store import Store
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, Translate, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import access_form, device
from practicebox.web.staff.attempts import Attempts, attempt
from practicebox.web.staff.throttle import TooMany

routes = web.RouteTableDef()

ATTEMPTS = web.AppKey("recovery-attempts", Attempts)


@dataclass(frozen=True)
class Typed:
    """What was typed, without mistakes of form."""

    master_password: str = field(repr=False)
    user_short_name: str = field(repr=False)
    password: str = field(repr=False)
    device_name: str = field(repr=False)


def prepare(app: web.Application) -> None:
    """Give the staff door a count of wrong master passwords."""
    app[ATTEMPTS] = Attempts(WrongMasterPassword, NoSuchUser)


@routes.get("/recover", name="recover.form")
async def show(request: web.Request) -> web.Response:
    await _practice(request)
    return _page(request, Form())


@routes.post("/recover", name="recover.reset")
async def reset(request: web.Request) -> web.Response:
    """Reset, log in and keep the device; mistakes come back with all but the passwords."""
    practice, form, _ = await _practice(request), await posted(request), language(request).gettext
    typed = read(form, practice, _)
    if typed is None:
        return _page(request, form, status=422)
    try:
        async with attempt(request, request.config_dict[ATTEMPTS]):
            founded = await _reset(services(request).store, typed)
    except TooMany as condition:
        return _page(request, form, minutes=condition.minutes, status=429)
    except (WrongMasterPassword, NoSuchUser):
        failed = Entry(NOBODY, "", Action.RECOVERY_FAILED)
        await services(request).store.audit.record(failed)
        form.errors["master"] = _(
            "The master password or the short name of the user is not right. "
            "Please compare both with your overview sheet."
        )
        return _page(request, form, status=422)
    return await _enter(request, practice, typed, founded)


def read(form: Form, practice: Practice, translate: Translate) -> Typed | None:
    """What was typed, or None with every mistake noted in the form, in the order of the page."""
    _ = translate
    master = form.value("master")[: passwords.LONGEST + 1]  # one more than any password has
    if not master.strip():
        form.errors["master"] = _("Please enter the master password.")
    user = form.text("user", _("Please enter your short name."), longest=access_form.LONGEST_NAME)
    known = (practice.short_name, user, master)
    password = access_form.read_password(form, "new", _, known=known)
    missing = _("Please give this device a name.")
    name = form.text("device", missing, longest=access_form.LONGEST_DEVICE)
    return Typed(master, user, password, name) if form.is_good else None


def readings(master_password: str) -> tuple[str, ...]:
    """What may have been meant, at most two: the six words as they were proposed, and what
    was typed."""
    found = words.read(master_password)
    if len(found) != words.COUNT or not set(found) <= set(words.word_list()):
        return (master_password,)
    return tuple(dict.fromkeys((" ".join(found), master_password)))


async def _reset(store: Store, typed: Typed) -> Founded:
    for master in readings(typed.master_password):
        with suppress(WrongMasterPassword):
            return await store.reset_access(
                master, typed.user_short_name, typed.password, typed.device_name
            )
    raise WrongMasterPassword


async def _enter(
    request: web.Request, practice: Practice, typed: Typed, founded: Founded
) -> web.Response:
    try:
        session = await services(request).store.login(
            practice.short_name, typed.user_short_name, typed.password, founded.device_secret
        )
    except (WrongCredentials, DeviceNotApproved):  # a second click was at our heels; it counts
        raise web.HTTPSeeOther("/login") from None
    response = web.HTTPSeeOther("/?said=recovered")
    cookies.write(request, response, Cookie.SESSION, session.token)
    device.write_secret(request, response, founded.device_secret)
    # A draft of the set-up would bring back the secret of the device that was just revoked.
    cookies.forget(request, response, Cookie.DRAFT)
    raise response


async def _practice(request: web.Request) -> Practice:
    """The practice; without one, send everybody to the wizard. The demonstration can lose
    nothing, and its only device is built in."""
    practice = await services(request).store.practice()
    if practice is None:
        raise web.HTTPSeeOther("/setup")
    if services(request).demo:
        raise web.HTTPSeeOther("/login")
    return practice


def _page(request: web.Request, form: Form, *, minutes: int = 0, status: int = 200) -> web.Response:
    shown = Form({name: form.value(name) for name in ("user", "device")}, form.errors)
    context = {"form": shown, "minutes": minutes}
    return render(request, "staff/recover.html", context, status=status)

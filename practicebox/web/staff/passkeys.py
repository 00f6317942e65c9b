"""One's own passkeys: the list, a new one, the end of one.

A new one takes the password, and two steps of the browser: it makes the passkey, and opens with it
for a trial what it is to open from then on. So no passkey is ever listed that doesn't work.
"""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from practicebox.practice import passwords
from practicebox.store.conditions import NoSuchPasskey, TooManyPasskeys, WrongPasskey
from practicebox.store.people.passkey_rows import MOST
from practicebox.store.people.records_sessions import NewPasskey
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting, challenges, webauthn
from practicebox.web.staff.account import with_password
from practicebox.web.staff.challenges import NoChallenge
from practicebox.web.staff.passkey_login import ANSWER, SECRET
from practicebox.web.staff.session import PRACTICE, SESSION, zone_of
from practicebox.web.staff.webauthn import Owner

routes = web.RouteTableDef()

CREATED = "secret_created"  # a field beside `ANSWER` and `SECRET`
LONGEST = 40  # characters of "Schlüssel am Bund"


@routes.get("/passkeys", name="passkeys.list")
async def show(request: web.Request) -> web.Response:
    return await _page(request, Form())


@routes.post("/passkeys/options", name="passkeys.options")
async def options(request: web.Request) -> web.Response:
    """What the browser is to make; mistakes as `{"errors": {field: sentence}}` with 422.

    The password is asked before anything is made: a passkey that were refused afterwards would
    still be offered by its device.
    """
    party, form = webauthn.party(request), await posted(request)
    if party is None:
        raise web.HTTPConflict
    user, passkeys = request[SESSION].user, services(request).store.passkeys
    _, password = _typed(request, form)
    if form.is_good:
        wrong = language(request).gettext("This is not your password.")
        check = passkeys.check_password
        await with_password(request, form, "password", wrong, lambda: check(user.id, password))
    if not form.is_good:
        return web.json_response({"errors": form.errors}, status=422)
    owner = Owner(user.id, user.short_name, full_name(user.person))
    others = [one.credential_id for one in await passkeys.of(user.id)]
    ticket, challenge = await challenges.give(request, _purpose(request))
    name = request[PRACTICE].profile.name
    make = webauthn.to_create(party, name, owner, others, challenge)
    content: dict[str, object] = {"create": make, "use": webauthn.to_use(party, challenge)}
    return challenges.answer(request, ticket, content)


@routes.post("/passkeys", name="passkeys.add")
async def add(request: web.Request) -> web.Response:
    """Keep a passkey that was made and has opened."""
    form = await posted(request)
    name, password = _typed(request, form)
    if form.is_good:
        await _add(request, form, name, password)
    if not form.is_good:
        return await _page(request, form, status=422)
    raise web.HTTPSeeOther("/passkeys?said=passkey_added")


@routes.post("/passkeys/remove", name="passkeys.remove")
async def remove(request: web.Request) -> web.Response:
    """From now on it opens nothing."""
    form, user_id = await posted(request), request[SESSION].user.id
    with suppress(NoSuchPasskey):  # gone already, or somebody else's: it isn't listed
        passkeys = services(request).store.passkeys
        await passkeys.remove(user_id, form.value("passkey"), acting.by(request))
    raise web.HTTPSeeOther("/passkeys?said=passkey_removed")


def _typed(request: web.Request, form: Form) -> tuple[str, str]:
    """Name and password, with what is missing noted."""
    _ = language(request).gettext
    name = form.text("name", _("Please give the passkey a name."), longest=LONGEST)
    password = form.value("password")[: passwords.LONGEST + 1]  # one more than any password has
    if not password:
        form.errors["password"] = _("Please enter your password.")
    return name, password


async def _add(request: web.Request, form: Form, name: str, password: str) -> None:
    _, user_id = language(request).gettext, request[SESSION].user.id
    try:
        new = await _read(request, form, name)
        passkeys, wrong = services(request).store.passkeys, _("This is not your password.")
        await with_password(
            request,
            form,
            "password",
            wrong,
            lambda: passkeys.add(user_id, password, new, acting.by(request)),
        )
    except TooManyPasskeys:
        form.errors["name"] = _(
            "You have %(count)s passkeys already. Please remove one of them first."
        ) % {"count": MOST}
    except (WrongPasskey, NoChallenge):
        form.errors["name"] = _(
            "The passkey has not been added: that took more than five minutes, or its answer was "
            "not right. Please try again."
        )


async def _read(request: web.Request, form: Form, name: str) -> NewPasskey:
    """What the browser has made and tried; raise `WrongPasskey` or `NoChallenge`."""
    party, challenge = webauthn.party(request), challenges.take(request, _purpose(request))
    if party is None:
        raise WrongPasskey
    made = webauthn.read_answer(form.value(CREATED))
    tried = webauthn.read_answer(form.value(ANSWER))
    secret = webauthn.read_secret(form.value(SECRET))
    verifier = await webauthn.created(made, party, challenge)
    handles = frozenset({request[SESSION].user.id, ""})  # known anyway, so it may be left out
    count = await webauthn.used(tried, party, challenge, handles, verifier)
    return NewPasskey(name, party.host, made.credential_id, verifier, count, secret)


def _purpose(request: web.Request) -> str:
    return f"add {request[SESSION].user.id}"


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    party, own = webauthn.party(request), request[SESSION].user.id
    context = {
        "current_area": "users",
        "form": Form({"name": form.value("name")}, form.errors),
        "passkeys": await services(request).store.passkeys.of(own),
        "host": party.host if party else "",
        "zone": zone_of(request),
        **webauthn.place(request),
    }
    return render(request, "staff/passkeys.html", context, status=status)

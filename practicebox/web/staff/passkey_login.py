"""Login with a passkey, and what the locked screen needs of it.

The browser asks for a challenge, has it signed, and sends the answer as an ordinary form, so that
everything after it is as with a password: the same pages, a budget for failures, the same request
for an unknown workstation. Nobody types a name: the passkey says whose it is.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.conditions import WrongPasskey
from practicebox.store.people.records_sessions import Session, Shown
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.staff import challenges, device, login, throttle, webauthn
from practicebox.web.staff.challenges import NoChallenge
from practicebox.web.staff.webauthn import Answer

routes = web.RouteTableDef()

ANSWER, SECRET = "secret_answer", "secret_prf"  # fields; no page ever holds them (`not_saved`)
_OPEN = "open"  # purpose of a challenge: to log in, or to uncover a screen
_ACCOUNT = "passkey"  # all passkeys of a workstation, or of an address, share a budget


@routes.post("/login/passkey/options", name="login.passkey_options")
async def options(request: web.Request) -> web.Response:
    """What the browser is to ask of a passkey; 409 at an address of numbers."""
    party = webauthn.party(request)
    if party is None:
        raise web.HTTPConflict
    ticket, challenge = await challenges.give(request, _OPEN)
    return challenges.answer(request, ticket, {"use": webauthn.to_use(party, challenge)})


@routes.post("/login/passkey", name="login.passkey")
async def enter(request: web.Request) -> web.Response:
    if await services(request).store.practice() is None:
        raise web.HTTPSeeOther("/setup")
    form = await posted(request)
    if not has_answer(form):  # the page's script hasn't run
        raise web.HTTPSeeOther("/login")
    begun = _login(request, form)
    return await login.attempt(request, login.untouched(request), begun, wrong="passkey")


def has_answer(form: Form) -> bool:
    """Whether somebody shows a passkey."""
    return bool(form.value(ANSWER))


def read(request: web.Request, form: Form) -> Shown:
    """The passkey in a form; uses up the challenge.

    What is wrong with any of it shows when the store asks for a judgement, so that it is noted and
    answered like every other failure.
    """
    party, challenge = webauthn.party(request), _challenge(request)
    try:
        answer = webauthn.read_answer(form.value(ANSWER))
        secret = webauthn.read_secret(form.value(SECRET))
    except WrongPasskey:
        answer, secret = Answer(b"", {}), b""

    async def check(user_id: str, verifier: bytes) -> int:
        if party is None or challenge is None:
            raise WrongPasskey
        return await webauthn.used(answer, party, challenge, frozenset({user_id}), verifier)

    return Shown(answer.credential_id, secret, check)


async def _login(request: web.Request, form: Form) -> Session:
    shown = read(request, form)
    async with throttle.attempt(request, _ACCOUNT, request.remote or ""):
        passkeys = services(request).store.passkeys
        return await passkeys.login(shown, device.read_secret(request))


def _challenge(request: web.Request) -> bytes | None:
    try:
        return challenges.take(request, _OPEN)
    except NoChallenge:
        return None

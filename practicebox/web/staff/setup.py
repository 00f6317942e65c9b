"""The set-up wizard: 1 Organisation – 2 Credentials – 3 Summary, on a box without a practice.

Every step posts to its own address and goes on with a redirect; what was typed waits in a draft
(`setup_draft`). As soon as a practice exists, every address here leads to the login.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from practicebox.appliance.mdns import host_label
from practicebox.practice import words
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, posted
from practicebox.web.keys import SERVICES, services
from practicebox.web.render import language, render
from practicebox.web.staff import access_form, device, profile_form, said, setup_end
from practicebox.web.staff.device import DRAFTS
from practicebox.web.staff.setup_draft import Draft, Drafts, NoDraft, is_kept, typed_again
from practicebox.web.staff.setup_end import Gathered, gather

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ORGANISATION, ACCESS, SUMMARY = "/setup/organisation", "/setup/access", "/setup/summary"
BEGIN_AGAIN = f"{ORGANISATION}?said=lost"

routes = web.RouteTableDef()


def prepare(app: web.Application) -> None:
    """Give the staff door a place for drafts."""
    app[DRAFTS] = Drafts(
        now=app[SERVICES].now,
        new_token=secrets.token_urlsafe,
        random_below=secrets.randbelow,
        propose=words.propose,
    )


def before_founding(handler: Handler) -> Handler:
    """Once there is a practice, send everybody to the login; without a draft, to the first step."""

    @wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        if await services(request).store.practice() is not None:
            raise web.HTTPSeeOther("/login")
        try:
            return await handler(request)
        except NoDraft:
            raise web.HTTPSeeOther(BEGIN_AGAIN) from None

    return wrapped


@routes.get("/setup", name="setup.start")
@before_founding
async def start(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(ORGANISATION)


@routes.get(ORGANISATION, name="setup.organisation")
@before_founding
async def organisation(request: web.Request) -> web.Response:
    try:
        form = Form(dict(device.draft(request).organisation))
    except NoDraft:
        form = Form()
    return _organisation_page(request, form)


@routes.post(ORGANISATION, name="setup.keep_organisation")
@before_founding
async def keep_organisation(request: web.Request) -> web.Response:
    form = await posted(request)
    if profile_form.read(form, language(request).gettext) is None:
        return _organisation_page(request, form, status=422)
    response = web.HTTPSeeOther(ACCESS)
    _draft_or_new(request, response).organisation = form.values
    raise response


@routes.get(ACCESS, name="setup.access")
@before_founding
async def access(request: web.Request) -> web.Response:
    draft = _draft_with_organisation(request)
    return _access_page(request, draft, Form(dict(draft.access)))


@routes.post(ACCESS, name="setup.keep_access")
@before_founding
async def keep_access(request: web.Request) -> web.Response:
    """Go on, go back, or propose other words; what was typed is kept in each case."""
    draft = _draft_with_organisation(request)
    form = _with_kept_passwords(await posted(request), draft)
    if form.value("go") == "back":
        draft.access = form.values
        raise web.HTTPSeeOther(ORGANISATION)
    if form.value("go") == "propose":
        request.config_dict[DRAFTS].propose_again(draft)
        draft.access = {**form.values, "master": "proposed"}
        raise web.HTTPSeeOther(f"{ACCESS}#words")
    if access_form.read(form, draft.words, language(request).gettext) is None:
        return _access_page(request, draft, form, status=422)
    draft.access = form.values
    raise web.HTTPSeeOther(SUMMARY)


@routes.get("/setup/host", name="setup.host")
@before_founding
async def host(request: web.Request) -> web.Response:
    """The host name that a short name becomes, for the hint while it is typed."""
    return web.Response(text=_host(request.query.get("name", "")[: access_form.LONGEST_NAME]))


@routes.get(SUMMARY, name="setup.summary")
@before_founding
async def summary(request: web.Request) -> web.Response:
    draft = device.draft(request)
    return _summary_page(request, draft, _gathered(request, draft), Form())


@routes.get("/setup/overview.pdf", name="setup.overview")
@before_founding
async def overview(request: web.Request) -> web.Response:
    """The sheet to print, as long as the words are known."""
    return await setup_end.sheet(request, _gathered(request, device.draft(request)))


@routes.get("/setup/responsibility", name="setup.responsibility")
@before_founding
async def responsibility(request: web.Request) -> web.Response:
    return render(request, "setup/responsibility.html")


@routes.post(SUMMARY, name="setup.finish")
async def finish(request: web.Request) -> web.StreamResponse:
    """Found the practice. A second click finds the founding begun, and shares its result."""
    form = await posted(request)
    practice = await services(request).store.practice()
    try:
        draft = device.draft(request)
    except NoDraft:
        raise web.HTTPSeeOther("/login" if practice else BEGIN_AGAIN) from None
    if draft.founding is None:
        if practice:
            raise web.HTTPSeeOther("/login")
        page = _begin(request, draft, form)  # without a pause, so that no click comes between
        if page:
            return page
    return await setup_end.enter(request, draft)


def _begin(request: web.Request, draft: Draft, form: Form) -> web.Response | None:
    """Start the founding; what is missing for it comes back as a page."""
    if form.value("go") == "back":
        raise web.HTTPSeeOther(ACCESS)
    gathered = _gathered(request, draft)
    setup_end.check(form, gathered, draft.asked, language(request).gettext)
    if not form.is_good:
        return _summary_page(request, draft, gathered, form, status=422)
    setup_end.begin(request, draft, gathered)
    return None


def _draft_or_new(request: web.Request, response: web.StreamResponse) -> Draft:
    try:
        return device.draft(request)
    except NoDraft:
        token, draft = request.config_dict[DRAFTS].begin()
        cookies.write(request, response, Cookie.DRAFT, token)
        return draft


def _draft_with_organisation(request: web.Request) -> Draft:
    draft = device.draft(request)
    if not draft.organisation:
        raise web.HTTPSeeOther(ORGANISATION)
    return draft


def _gathered(request: web.Request, draft: Draft) -> Gathered:
    """Both steps as they count; whoever left one out is sent there."""
    _draft_with_organisation(request)
    gathered = gather(draft, language(request).gettext)
    if gathered is None:
        raise web.HTTPSeeOther(ACCESS)
    return gathered


def _with_kept_passwords(form: Form, draft: Draft) -> Form:
    kept = typed_again(draft.access, form.values, "password")
    return Form(typed_again(draft.access, kept, "master_password"))


def _organisation_page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    context = {
        "form": form,
        "choices": profile_form.choices(language(request).gettext),
        "said": said.sentence(request),
    }
    return render(request, "setup/organisation.html", context, status=status)


def _access_page(
    request: web.Request, draft: Draft, form: Form, *, status: int = 200
) -> web.Response:
    short_name = form.value("short_name")
    context = {
        "form": form,
        "said": "",
        "words": draft.words,
        "host": _host(short_name) if short_name else "",
        "kept_password": form.is_good and is_kept(draft.access, "password"),
        "kept_master": form.is_good and is_kept(draft.access, "master_password"),
    }
    return render(request, "setup/access.html", context, status=status)


def _summary_page(
    request: web.Request, draft: Draft, gathered: Gathered, form: Form, *, status: int = 200
) -> web.Response:
    context = {
        "form": form,
        "said": "",
        "gathered": gathered,
        "asked": draft.asked,
        "host": _host(gathered.access.short_name),
        "kind": profile_form.KINDS[gathered.profile.kind],
        "size": profile_form.SIZES[gathered.profile.size],
    }
    return render(request, "setup/summary.html", context, status=status)


def _host(short_name: str) -> str:
    return f"{host_label(short_name)}.local"

"""The end of the set-up: all gathered, the sheet printed, two ticks, the practice founded."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from practicebox.appliance.mdns import host_label
from practicebox.post import recovery
from practicebox.post.recovery import RecoverySheet
from practicebox.practice import words
from practicebox.store.conditions import AlreadyFounded
from practicebox.store.records import Founding, Person, Profile
from practicebox.store.settings import ASK_CONSENT
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.forms import Form, Translate
from practicebox.web.keys import Services, services
from practicebox.web.render import full_name, language
from practicebox.web.staff import access_form, device, profile_form
from practicebox.web.staff.access_form import Access
from practicebox.web.staff.setup_draft import Draft


@dataclass(frozen=True)
class Gathered:
    """What the first two steps say."""

    profile: Profile
    person: Person
    access: Access


def gather(draft: Draft, translate: Translate) -> Gathered | None:
    """Both steps of a draft; None while one of them has mistakes or is missing."""
    read = profile_form.read(Form(dict(draft.organisation)), translate)
    access = access_form.read(Form(dict(draft.access)), draft.words, translate)
    if read is None or access is None:
        return None
    return Gathered(*read, access)


def check(form: Form, gathered: Gathered, asked: tuple[int, ...], translate: Translate) -> None:
    """Note in the form what is still missing before the practice can be founded."""
    _ = translate
    proposed = gathered.access.words or ()
    for position in asked if proposed else ():
        if words.read(form.value(f"word_{position}")) != (proposed[position],):
            form.errors[f"word_{position}"] = _(
                "Word no. {number} is another one on your sheet. Please compare the spelling."
            ).format(number=position + 1)
    if not form.is_ticked("responsible"):
        form.errors["responsible"] = _("Please confirm that you have understood this.")
    if not form.is_ticked("noted"):
        form.errors["noted"] = _("Please note or print your credentials first, then confirm it.")


def begin(request: web.Request, draft: Draft, gathered: Gathered) -> None:
    """Start the founding; it goes on even if the browser doesn't wait for it."""
    box, access = services(request), gathered.access
    founding = Founding(
        short_name=access.short_name,
        profile=gathered.profile,
        time_zone=box.default_zone.key,
        user_short_name=access.user_short_name,
        person=gathered.person,
        password=access.password,
        master_password=access.master_password,
        device_name=access.device_name,
    )
    task = asyncio.create_task(_found(box, draft, founding), name="founding")
    task.add_done_callback(lambda done: _forget_failed(draft, done))
    draft.founding = task


async def enter(request: web.Request, draft: Draft) -> web.Response:
    """Wait for the founding and give this browser its device and its session."""
    if draft.founding is None:
        raise web.HTTPSeeOther("/login")
    try:
        token = await asyncio.shield(draft.founding)
    except AlreadyFounded:  # another browser was quicker
        raise web.HTTPSeeOther("/login") from None
    response = web.HTTPSeeOther("/?said=welcome")
    if draft.device_secret:
        device.write_secret(request, response, draft.device_secret)
    cookies.write(request, response, Cookie.SESSION, token)
    raise response


async def sheet(request: web.Request, gathered: Gathered) -> web.Response:
    """The overview as a PDF."""
    box, spoken, access = services(request), language(request), gathered.access
    content = RecoverySheet(
        practice_name=gathered.profile.name,
        short_name=access.short_name,
        user_short_name=access.user_short_name,
        user_name=full_name(gathered.person),
        device_name=access.device_name,
        staff_address=staff_address(box, access.short_name),
        master_words=access.words,
        printed=box.now().astimezone(box.default_zone).date(),
    )
    # typst takes about 30 ms: off the loop, or a running call would feel it
    body = await asyncio.to_thread(recovery.pdf, content, spoken.gettext, spoken.code)
    return web.Response(
        body=body,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="PracticeBox.pdf"'},
    )


def staff_address(box: Services, short_name: str) -> str:
    """Where the practice will find the box: by its name, in the demonstration by address."""
    parts = urlsplit(box.staff_url())
    if not (parts.hostname or "").endswith(".local"):
        return box.staff_url()
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host_label(short_name)}.local{port}"


async def _found(box: Services, draft: Draft, founding: Founding) -> str:
    founded = await box.store.found(founding)
    await box.store.settings.keep(ASK_CONSENT, "yes")
    draft.device_secret = founded.device_secret
    box.founded(founding.short_name)
    session = await box.store.login(
        founding.short_name, founding.user_short_name, founding.password, founded.device_secret
    )
    draft.wipe()
    return session.token


def _forget_failed(draft: Draft, task: asyncio.Task[str]) -> None:
    """After a failure the next click tries again, or finds the practice and goes to the login."""
    if task.cancelled() or task.exception():
        draft.founding = None

"""Who is logged in where; ending a session; how long before the screen locks; the pages' socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import WSMsgType, web

from practicebox.store.audit.audit import Action
from practicebox.store.conditions import NoSession
from practicebox.web.forms import Form, posted
from practicebox.web.keys import SERVICES, services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.session import BEARER, SESSION, zone_of
from practicebox.web.staff.watch import (
    DROP_CHOICES,
    DROP_MINUTES,
    LOCK_CHOICES,
    LOCK_MINUTES,
    WATCH,
    Watch,
    read_patience,
)

routes = web.RouteTableDef()

HEARTBEAT = 20.0  # seconds
LOOK = 5.0  # seconds between two looks for idle sessions


def prepare(app: web.Application) -> None:
    """Give the staff door a watch, and have it look around while the door is open."""
    app[WATCH] = Watch(app[SERVICES].store)
    app.cleanup_ctx.append(_keep_watch)
    app.on_shutdown.append(_close)


@routes.get("/sessions", name="sessions.list")
async def show(request: web.Request) -> web.Response:
    """One's own sessions; the Hauptnutzer sees all of them."""
    return await _page(request, Form())


@routes.post("/sessions/end", name="sessions.end")
async def end(request: web.Request) -> web.Response:
    """End one of one's own sessions; the Hauptnutzer may end every one."""
    form, user = await posted(request), request[SESSION].user
    whose = None if user.role == "admin" else user.id
    with suppress(NoSession):  # over by itself meanwhile, or somebody else's: it isn't listed
        await services(request).store.people.end_session(
            form.value("session"), whose, acting.by(request)
        )
    raise web.HTTPSeeOther("/sessions?said=session_ended")


@routes.post("/sessions/idle", name="sessions.idle")
async def change_idle(request: web.Request) -> web.Response:
    """After how long the screen is locked, and the keys are dropped. The Hauptnutzer only."""
    form, settings = await posted(request), services(request).store.settings
    wrong = language(request).gettext("Please choose one of the times in the list.")
    lock = form.one_of("lock", map(str, LOCK_CHOICES), wrong)
    drop = form.one_of("drop", map(str, DROP_CHOICES), wrong)
    if form.is_good and int(drop) < int(lock):
        form.errors["drop"] = language(request).gettext(
            "The vault can not be locked before the screen."
        )
    if not form.is_good:
        return await _page(request, form, status=422)
    await settings.keep(LOCK_MINUTES, lock)
    await settings.keep(DROP_MINUTES, drop)
    await acting.note(request, Action.SETTING_CHANGED, detail=LOCK_MINUTES)
    raise web.HTTPSeeOther("/sessions?said=saved")


@routes.get("/sessions/watch", name="sessions.watch")
async def watch(request: web.Request) -> web.StreamResponse:
    """The page's own socket. The box says `{"covered": bool}` and `{"ended": reason}`; whatever the
    page says means that somebody is there."""
    bearer, eye = request[BEARER], request.app[WATCH]
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=64, compress=False)
    await socket.prepare(request)
    with eye.page(bearer.session_id, socket):
        await _tell_state(request, socket)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            eye.touch(bearer.session_id, services(request).now())
    return socket


async def _tell_state(request: web.Request, socket: web.WebSocketResponse) -> None:
    """How the session is now: it may have changed between the page and its socket."""
    living = await services(request).store.living_sessions()
    covered = living.get(request[BEARER].session_id)
    if covered is None:
        await socket.close(code=4401)
        return
    with suppress(ConnectionError):
        await socket.send_json({"covered": covered})


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    own, store = request[SESSION], services(request).store
    sees_all = own.user.role == "admin"
    present = [
        one for one in await store.people.present() if sees_all or one.user.id == own.user.id
    ]
    patience = await read_patience(store)
    if not form.values:
        form = Form(
            {
                "lock": str(int(patience.lock.total_seconds()) // 60),
                "drop": str(int(patience.drop.total_seconds()) // 60),
            }
        )
    context = {
        "current_area": "sessions",
        "present": present,
        "own": own,
        "sees_all": sees_all,
        "form": form,
        "lock_choices": LOCK_CHOICES,
        "drop_choices": DROP_CHOICES,
        "zone": zone_of(request),
    }
    return render(request, "staff/sessions.html", context, status=status)


async def _keep_watch(app: web.Application) -> AsyncIterator[None]:
    box, eye = app[SERVICES], app[WATCH]
    stop = box.store.endings.listen(eye.ended)

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK)
            await eye.look(box.now())

    task = asyncio.create_task(look(), name="watch")
    yield
    stop()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _close(app: web.Application) -> None:
    await app[WATCH].close()

"""The outside-in test on the staff door ("Erreichbarkeit prüfen"), and the network plan."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from practicebox.post import qr
from practicebox.practice.router import Hop, entries
from practicebox.rtc.reach import PATIENCE, NoTest, ReachTest
from practicebox.web import reach
from practicebox.web.keys import Services, services
from practicebox.web.reach_words import LIGHTS, TITLES
from practicebox.web.render import language, render
from practicebox.web.staff import presence
from practicebox.web.staff.reach_plan import plan
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

TOKEN_BYTES = 16
TICK = 1.0  # seconds between looks at the clock; at most four tests run
LOOK_UPS = web.AppKey("look_ups", set[asyncio.Task[None]])


def prepare(app: web.Application) -> None:
    """Hold the look-ups of names that are under way."""
    app[LOOK_UPS] = set[asyncio.Task[None]]()


@routes.get("/status/reach", name="reach.page")
async def page(request: web.Request) -> web.Response:
    """What the test is, its last result, and the button."""
    return await _start_page(request)


@routes.post("/status/reach", name="reach.start")
async def start(request: web.Request) -> web.Response:
    """Begin a test and go to its page."""
    box = services(request)
    if not _is_public(box):
        return await _start_page(request, status=409)
    test = box.reach.start(secrets.token_urlsafe(12), secrets.token_urlsafe(TOKEN_BYTES), box.now())
    task = asyncio.create_task(_look_up(box, test))
    request.app[LOOK_UPS].add(task)
    task.add_done_callback(request.app[LOOK_UPS].discard)
    raise web.HTTPSeeOther(f"/status/reach/{test.id}")


@routes.get("/status/reach/{test_id}", name="reach.test")
async def test_page(request: web.Request) -> web.Response:
    """QR code and lights of one test."""
    box = services(request)
    try:
        test = _test(request)
    except NoTest:
        return await _start_page(request, is_over=True)
    address = f"{box.public_url()}/reach#{quote(test.token)}"
    context = {
        "current_area": "status",
        "test": test,
        "address": address,
        "code": Markup(qr.svg(address)),  # its own paths and numbers, nothing of the text
        "view": reach.view(request, test),
        "line": box.line(),
        "patience": int(PATIENCE.total_seconds()),
    }
    return render(request, "staff/reach_test.html", context)


@routes.get("/status/reach/{test_id}/news", name="reach.news")
async def news(request: web.Request) -> web.StreamResponse:
    """The view at first and after each change, until the test is over."""
    try:
        test = _test(request)
    except NoTest:
        raise web.HTTPNotFound from None
    socket = web.WebSocketResponse(heartbeat=presence.HEARTBEAT, max_msg_size=1024, compress=False)
    await socket.prepare(request)
    changed = asyncio.Event()
    changed.set()
    stop = test.listen(changed.set)
    teller = asyncio.create_task(_tell(request, socket, test, changed))
    request.app[presence.OPEN].add(socket)
    try:
        async for _ in socket:
            pass  # the page has nothing to say
    finally:
        stop()
        teller.cancel()
        request.app[presence.OPEN].discard(socket)
    return socket


@routes.get("/status/network-plan", name="reach.plan")
async def plan_page(request: web.Request) -> web.Response:
    """The practice's own network, drawn and as a list."""
    box = services(request)
    result = await reach.last_result(box)
    devices = [one for one in await box.store.devices() if one.state == "approved"]
    translate = language(request).gettext
    context = {
        "current_area": "status",
        "line": box.line(),
        "announced": box.announced(),
        "devices": len(devices),
        "plan": plan(box.line(), result, translate),
        "entries": [reach.entry_text(each, translate) for each in entries(box.line())],
        "result": result,
        "zone": zone_of(request),
        "today": box.now(),
    }
    return render(request, "staff/reach_plan.html", context)


async def _start_page(
    request: web.Request, *, is_over: bool = False, status: int = 200
) -> web.Response:
    box = services(request)
    result = await reach.last_result(box)
    translate = language(request).gettext
    context = {
        "current_area": "status",
        "is_over": is_over,
        "is_public": _is_public(box),
        "public_url": box.public_url(),
        "result": result,
        "shown": result and [(translate(TITLES[hop]), result.lights[hop]) for hop in Hop],
        "symbols": reach.SYMBOLS,
        "words": {light: translate(word) for light, word in LIGHTS.items()},
        "zone": zone_of(request),
    }
    return render(request, "staff/reach.html", context, status=status)


async def _tell(
    request: web.Request,
    socket: web.WebSocketResponse,
    test: ReachTest,
    changed: asyncio.Event,
) -> None:
    """Send the view after each change, and when the phone should have come."""
    box = services(request)
    was_overdue = False
    while not (socket.closed or test.is_over(box.now())):
        if test.is_overdue(box.now()) is was_overdue and not changed.is_set():
            await _wait(changed)
            continue
        was_overdue = test.is_overdue(box.now())
        changed.clear()
        try:
            await socket.send_str(json.dumps(reach.view(request, test)))
        except ConnectionError:
            return
    await socket.close()


async def _wait(changed: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(TICK):
            await changed.wait()


async def _look_up(box: Services, test: ReachTest) -> None:
    test.looked(await box.look_up(box.line().public_host))


def _test(request: web.Request) -> ReachTest:
    box = services(request)
    return box.reach.get(request.match_info["test_id"], box.now())


def _is_public(box: Services) -> bool:
    """Whether patients have an address for the way from outside."""
    host = box.line().public_host
    return bool(host) and not host.endswith(".local")

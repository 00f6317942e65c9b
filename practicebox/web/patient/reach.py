"""The phone's page of the outside-in test: what it has found is reported hop by hop.

Whoever holds the token of a running test may report; it comes in the fragment of the QR code's
address and in bodies, never in a path. What the phone says lights lamps and decides nothing else:
which address the practice has comes from its public name.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from aiohttp import web

from practicebox.practice.router import RELAY, Hop, is_at_home, is_ipv4
from practicebox.rtc.reach import LIFETIME, Light, NoTest, ReachTest
from practicebox.rtc.reach_ice import by_way
from practicebox.web import reach
from practicebox.web.keys import ice_servers, services
from practicebox.web.render import render

routes = web.RouteTableDef()

LARGEST = 512  # bytes of a request or frame
PATIENCE = 10.0  # seconds for the first frame of the socket
TESTED = frozenset({Hop.SOCKET, Hop.STUN, *RELAY})  # the others are known when the page runs
SAID = frozenset({Light.TESTING, Light.GREEN, Light.RED})


@routes.get("/reach", name="reach.page")
async def page(request: web.Request) -> web.Response:
    """What the QR code opens; the fragment never reaches the box."""
    practice = await services(request).store.practice()
    return render(request, "patient/reach.html", {"practice": practice, "hops": list(Hop)})


@routes.post("/reach/begin", name="reach.begin")
async def begin(request: web.Request) -> web.Response:
    """Start a run with `{"token", "secure"}`: its number, ICE servers for each way, the view.

    A way has two servers, one for each end of its test.
    """
    fields = await _fields(request)
    test = _test(request, fields)
    ways = _ways(request, test)
    line, address = services(request).line(), request.remote or ""
    at_home = is_at_home(address, line, _own(request, test))
    secure = fields.get("secure") is True
    off: dict[str, Light] = {hop: Light.OFF for hop in RELAY if hop not in ways}
    known = reach.known_lights(test, line, at_home=at_home, secure=secure) | off
    run = test.begin(known, at_home=at_home, is_ipv4=is_ipv4(address))
    answer = {"run": run, "ways": ways, "view": reach.view(request, test)}
    return web.json_response(answer)


@routes.post("/reach/report", name="reach.report")
async def report(request: web.Request) -> web.Response:
    """Note `{"token", "run", "hop", "light", "ipv4"}`; answer the view."""
    fields = await _fields(request)
    test = _test(request, fields)
    match fields:
        case {"run": int(run), "hop": str(hop), "light": str(light)} if (
            hop in TESTED and light in SAID
        ):
            if fields.get("ipv4") is True and not test.at_home:
                test.came_by_ipv4()
            test.report(run, hop, Light(light))
            if (hop, light) == (Hop.RELAY_UDP, Light.GREEN) and _has_own_relay(request):
                test.report(run, Hop.STUN, Light.GREEN)  # same port; not every browser tells
        case _:
            raise web.HTTPBadRequest
    if test.proves:
        await reach.keep(services(request), test)
    return web.json_response({"view": reach.view(request, test)})


@routes.get("/reach/socket", name="reach.socket")
async def socket(request: web.Request) -> web.StreamResponse:
    """Answer one frame, the token of a running test, and close."""
    opened = web.WebSocketResponse(max_msg_size=LARGEST, compress=False, timeout=PATIENCE)
    await opened.prepare(request)
    try:
        async with asyncio.timeout(PATIENCE):
            token = await opened.receive_str()
        services(request).reach.by_token(token, _now(request))
        await opened.send_str("ok")
    except (TimeoutError, TypeError, ConnectionError, NoTest):
        pass  # no answer is the answer
    await opened.close()
    return opened


def _ways(request: web.Request, test: ReachTest) -> dict[str, list[dict[str, object]]]:
    until = test.started + LIFETIME
    ends = [by_way(ice_servers(request, f"reach-{test.id}", end, until)) for end in ("a", "b")]
    return {way: [end[way] for end in ends] for way in ends[0]}


def _has_own_relay(request: web.Request) -> bool:
    return services(request).line().relay == "auto"


def _own(request: web.Request, test: ReachTest) -> frozenset[str]:
    """The practice's public addresses, as far as they are known."""
    announced = services(request).announced()
    return frozenset({*(test.looked_up or ()), *([announced] if announced else [])})


def _test(request: web.Request, fields: dict[str, object]) -> ReachTest:
    try:
        return services(request).reach.by_token(str(fields.get("token", "")), _now(request))
    except NoTest:
        raise web.HTTPNotFound from None


async def _fields(request: web.Request) -> dict[str, object]:
    if (request.content_length or LARGEST + 1) > LARGEST:
        raise web.HTTPBadRequest
    try:
        found = json.loads(await request.text())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest
    return found


def _now(request: web.Request) -> datetime:
    return services(request).now()

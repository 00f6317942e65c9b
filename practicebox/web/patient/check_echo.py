"""The socket between a browser and the echo of the technical check: passes on, bounds, ends.

Close codes: 1000 the echo is over; 1001 the box stops; 1013 all echoes are taken; 4400 not a
message of our page; 4408 no offer in time; 4429 too many checks; 4500 the echo could not be
started, did not answer, or died.
"""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakSet

from aiohttp import WSCloseCode, WSMsgType, web

from practicebox.rtc.echo import LIFE, Echo, EchoBusy, EchoFailed
from practicebox.rtc.echo_messages import (
    MAX_LINE,
    MAX_MESSAGES,
    EchoProtocolError,
    Offer,
    parse,
)
from practicebox.web.keys import services
from practicebox.web.patient import check_ice
from practicebox.web.patient.check_limits import LIMITS

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

OVER = int(WSCloseCode.OK)
BUSY = int(WSCloseCode.TRY_AGAIN_LATER)
VIOLATION = 4400
SILENT = 4408
TOO_MANY = 4429
FAILED = 4500
OFFER = 5.0  # seconds until the offer; the page has everything it takes
MARGIN = 2.0  # seconds around the echo's own end

SOCKETS: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("check_sockets")


@routes.get("/check/echo", name="check.echo")
async def echo(request: web.Request) -> web.WebSocketResponse:
    """One echo for as long as the page holds this socket, at most some 20 seconds."""
    socket = web.WebSocketResponse(compress=False, max_msg_size=MAX_LINE, timeout=1.0)
    await socket.prepare(request)
    request.config_dict[SOCKETS].add(socket)
    try:
        code = await _attend(request, socket)
    except ConnectionError:
        code = OVER  # the page has left
    log.info("echo", extra={"code": code})
    if code in (OVER, FAILED):
        services(request).echo_went(code == OVER)
    await socket.close(code=code)
    return socket


def setup(app: web.Application) -> None:
    """Prepare an application: its echoes end when it shuts down."""
    app[SOCKETS] = WeakSet()
    app.on_shutdown.append(close_sockets)


async def close_sockets(app: web.Application) -> None:
    """Close all sockets with 1001; their echoes end with them."""
    closing = [socket.close(code=WSCloseCode.GOING_AWAY) for socket in app[SOCKETS]]
    await asyncio.gather(*closing, return_exceptions=True)


async def _attend(request: web.Request, socket: web.WebSocketResponse) -> int:
    """Serve one page; return the code to close with."""
    limits, room = request.config_dict[LIMITS], check_ice.new_room()
    try:
        limits.spend(request)
        ice = check_ice.for_page(request, room, "page")
        await socket.send_json({"kind": "ice", "ice": ice})
        offer = await _offer(socket)
        async with limits.echoes.begin(check_ice.for_echo(request, room)) as running:
            await _mirror(socket, running, offer)
    except web.HTTPTooManyRequests:
        return TOO_MANY
    except EchoBusy:
        return BUSY
    except EchoProtocolError:
        return VIOLATION
    except TimeoutError:
        return SILENT
    except EchoFailed:
        return FAILED
    return OVER


async def _offer(socket: web.WebSocketResponse) -> Offer:
    async with asyncio.timeout(OFFER):
        text = await _frame(socket)
    message = parse(text or "")
    if not isinstance(message, Offer):
        raise EchoProtocolError
    return message


async def _mirror(socket: web.WebSocketResponse, running: Echo, offer: Offer) -> None:
    """From the offer to the end of either side; an echo that hangs is over all the same."""
    await running.send({"offer": offer.sdp})
    tasks = [
        asyncio.ensure_future(_from_page(socket, running)),
        asyncio.ensure_future(_from_echo(socket, running)),
    ]
    try:
        done, _ = await asyncio.wait(
            tasks, timeout=LIFE + MARGIN, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


async def _from_page(socket: web.WebSocketResponse, running: Echo) -> None:
    """Pass on candidates until the page leaves."""
    for _ in range(MAX_MESSAGES):
        text = await _frame(socket)
        if text is None:
            return
        message = parse(text)
        if isinstance(message, Offer):
            break
        await running.send(
            {"candidate": message.candidate, "mid": message.mid, "index": message.index}
        )
    raise EchoProtocolError


async def _from_echo(socket: web.WebSocketResponse, running: Echo) -> None:
    """Pass on the answer, then wait for the end; raise `EchoFailed` if it comes too early."""
    began = asyncio.get_running_loop().time()
    await socket.send_json({"kind": "answer", "sdp": await running.answer()})
    await running.over()
    if asyncio.get_running_loop().time() < began + LIFE - MARGIN:
        raise EchoFailed


async def _frame(socket: web.WebSocketResponse) -> str | None:
    """The next text frame; None when the page has left."""
    message = await socket.receive()
    if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
        return None
    if message.type is not WSMsgType.TEXT:
        raise EchoProtocolError
    text: str = message.data
    return text

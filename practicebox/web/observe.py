"""What the log learns of a request, and what a user learns of a mistake of ours.

The log gets method, route name, status, duration and the day's name of the network: no path, no
query, no address. A user gets one sentence and an error id; the log has the same id with the
exception's type and place.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.appliance.logs import request_fields
from practicebox.appliance.sources import DailyNames
from practicebox.store.conditions import DiskFailed
from practicebox.web import not_saved
from practicebox.web.api import problems
from practicebox.web.keys import DOOR, services
from practicebox.web.render import render

log = logging.getLogger("practicebox.web")

NETWORKS = web.AppKey("networks", DailyNames)

WORDLESS = {301, 302, 303, 304, 307, 308}


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request and turn what was raised into a page."""
    started = time.perf_counter()
    status = 500
    try:
        response = await _answer(request, handler)
        status = response.status
        return response
    except web.HTTPException as redirect:
        status = redirect.status
        raise
    finally:
        seconds = time.perf_counter() - started
        fields = request_fields(
            request.method, _route_name(request), status, seconds, _network(request)
        )
        log.info("request", extra={"door": request.config_dict[DOOR].name, **fields})


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as condition:
        if condition.status in WORDLESS:
            raise
        page = _page(request, condition.status, "", condition.headers)
        if condition.keep_alive is False:
            page.force_close()
        return page
    except DiskFailed as condition:  # the store has logged it
        return await not_saved.page(request, condition)
    except Exception:
        error_id = secrets.token_hex(4)
        log.exception("failed", extra={"error_id": error_id, "route": _route_name(request)})
        return _page(request, 500, error_id)


def _page(
    request: web.Request,
    status: int,
    error_id: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> web.Response:
    if problems.concerns(request):
        return problems.of_status(status, headers, error_id)
    if "text/html" not in request.headers.get("Accept", ""):
        return web.Response(status=status, text=f"{status} {error_id}".strip())
    return render(request, "error.html", {"status": status, "error_id": error_id}, status=status)


def _network(request: web.Request) -> str:
    names, today = request.config_dict[NETWORKS], services(request).now().date()
    return names.name(request.remote or "", today)


def _route_name(request: web.Request) -> str:
    return request.match_info.route.name or "none"

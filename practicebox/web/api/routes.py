"""How a handler takes its place: by the id of its operation, and in no other way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from practicebox.web.api.document import BASE
from practicebox.web.api.operations import BY_ROUTE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answers(table: web.RouteTableDef, operation_id: str) -> Callable[[Handler], Handler]:
    """The decorator of a handler; raise `KeyError` for an operation that isn't described."""
    name = f"api.{operation_id}"
    operation = BY_ROUTE[name]
    # `add_get` would also answer HEAD, which nobody has described.
    more = {"allow_head": False} if operation.method == "GET" else {}
    return table.route(operation.method, BASE + operation.path, name=name, **more)

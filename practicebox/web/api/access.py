"""Which program asks, whether it may, and what it says: before any handler of the API.

A token is a device without a person. It lets nobody in while the vault is locked (503), and it is
the only way in here: cookies are not looked at, and no other web site may ask through a browser.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.store.audit.audit import NOBODY, Action, By
from practicebox.store.conditions import DiskFailed, Locked, UnknownToken
from practicebox.store.records import Program
from practicebox.stun.bucket import source_of
from practicebox.web.api import asking, problems
from practicebox.web.api.operations import BY_ROUTE, Operation
from practicebox.web.api.problems import Problem
from practicebox.web.budgets import Budgets
from practicebox.web.keys import services
from practicebox.web.staff.session import PRACTICE

SLIPS, SLIPS_PER_HOUR = 30, 60  # wrong tokens of an address (IPv4, or /64)
SLOTS = 1 << 12
PATIENCE = 60  # seconds until a locked vault is worth another question

PROGRAM = web.RequestKey("program", Program)


class Gate:
    """What the API has seen of wrong tokens. Forgets everything at a restart.

    A token that was right before never waits for what others do from the same address.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._key = os.urandom(16)
        self._slips = Budgets(self._key, size=SLIPS, per_hour=SLIPS_PER_HOUR, slots=SLOTS)
        self._known: set[bytes] = set()  # digests; as many as there are programs

    @contextmanager
    def trying(self, token: str, source: bytes) -> Iterator[None]:
        """Around one try of a token; raise `Problem` where there were too many wrong ones."""
        data = token.encode("utf-8", "surrogateescape")
        digest = hashlib.blake2b(data, key=self._key).digest()
        wait = 0.0 if digest in self._known else self._slips.wait(source, self._clock())
        if wait:
            raise Problem("throttled", headers={"Retry-After": str(int(wait) + 1)})
        try:
            yield
        except UnknownToken:
            self._known.discard(digest)
            self._slips.spend(source, self._clock())
            raise
        self._known.add(digest)


GATE = web.AppKey("api-gate", Gate)


def prepare(app: web.Application) -> None:
    """Give the door its count of wrong tokens."""
    app[GATE] = Gate()


@web.middleware
async def access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a program; pages go through."""
    operation = BY_ROUTE.get(request.match_info.route.name or "")
    if operation is None:
        return await handler(request)
    try:
        await admit(request)
        _check_scope(request[PROGRAM], operation)
        await asking.read(request, operation)
        return await handler(request)
    except Problem as problem:
        return problem.answer()
    except Locked:
        return Problem(
            "locked", "Somebody has to log in first.", headers={"Retry-After": str(PATIENCE)}
        ).answer()
    except DiskFailed as condition:
        return Problem("not-saved", f"The disk is {condition.trouble.value}.").answer()


async def admit(request: web.Request) -> None:
    """Let a program in; raise `Problem` or `Locked`."""
    store, gate = services(request).store, request.config_dict[GATE]
    token = bearer(request.headers)
    if token is None:
        raise _refused()
    try:
        with gate.trying(token, source_of(request.remote or "0.0.0.0")):
            program = await store.programs.enter(token)
    except UnknownToken:
        await store.audit.record(By(NOBODY).did(Action.PROGRAM_REFUSED))
        raise _refused() from None
    practice = await store.practice()
    assert practice is not None, "there are programs"
    request[PROGRAM], request[PRACTICE] = program, practice


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token in `Authorization` (RFC 6750 section 2.1)."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def by(request: web.Request) -> By:
    """The program behind a request, as the audit log wants to know it."""
    program = request[PROGRAM]
    return By(program.id, program.id)


async def note(request: web.Request, action: Action, subject: str) -> None:
    """Note a deed that writes nothing itself."""
    await services(request).store.audit.record(by(request).did(action, subject))


def _check_scope(program: Program, operation: Operation) -> None:
    if operation.scope and operation.scope not in program.scopes:
        members: Mapping[str, Any] = {"scope": operation.scope}
        raise Problem("scope", f"It needs the scope {operation.scope}.", members=members)


def _refused() -> Problem:
    """Always the same, whatever was wrong."""
    return Problem("token", headers={"WWW-Authenticate": problems.REALM})

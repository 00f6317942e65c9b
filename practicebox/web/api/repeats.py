"""The same request twice is one deed: `Idempotency-Key`.

Kept are the answers of deeds that were done, each written in the transaction of its deed. A request
that was refused has left nothing behind; mended, it may come again under the same key.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from practicebox.store.api.answers import Answer, AnswerGone, OtherQuestion
from practicebox.store.terms import Terms
from practicebox.web.api.access import PROGRAM
from practicebox.web.api.conditions import as_response
from practicebox.web.api.problems import Flaw, Problem
from practicebox.web.keys import services

T = TypeVar("T")
Deed = Callable[[Terms[T]], Awaitable[T]]

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,255}")
RUNNING = web.AppKey("api-running", set[str])


def prepare(app: web.Application) -> None:
    """Give the door a place for the keys of requests that are being answered."""
    app[RUNNING] = set()


async def once(
    request: web.Request, deed: Deed[T], describe: Callable[[T], Answer]
) -> web.Response:
    """The answer to a deed, done now or a while ago.

    `deed` gets terms with which its transaction keeps the answer; raise `Problem`.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return as_response(describe(await deed(Terms())))
    if not _KEY.fullmatch(key):
        flaw = Flaw(HEADER, "1 to 255 visible characters of ASCII.")
        raise Problem("parameters", flaws=[flaw])
    answers, running = services(request).store.answers, request.config_dict[RUNNING]
    asked = request.method, request.path, await request.read()
    question = answers.question(request[PROGRAM].id, key, *asked)
    if question.id in running:
        raise Problem("in-progress", "Wait for its answer.", headers={"Retry-After": "1"})
    running.add(question.id)
    try:
        kept = await answers.find(question)
        if kept is None:
            made = await deed(Terms(after=answers.keeping(question, describe)))
            kept = describe(made)
        return as_response(kept)
    except OtherQuestion:
        raise Problem("key-reused", "Take a new key for another request.") from None
    except AnswerGone:
        raise Problem("answer-gone", "Take a new key to make it again.") from None
    finally:
        running.discard(question.id)

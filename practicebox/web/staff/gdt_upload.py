"""Files in a form, read into memory: aiohttp's own way would put them on the disk, unsealed."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web

from practicebox.web.bodies import PATIENCE

MOST_BYTES = 1024 * 1024  # of all files; so that one that is too large is refused in words
MOST_FILES = 20


async def files(request: web.Request, field: str) -> list[tuple[str, bytes]]:
    """Name and content of the files in a field.

    Raise `HTTPBadRequest`, `HTTPRequestTimeout` or `HTTPRequestEntityTooLarge`; the handler has to
    be `bodies.streamed`.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read(request, field)
    except TimeoutError:
        raise _closing(web.HTTPRequestTimeout()) from None
    except (ValueError, AssertionError):  # of aiohttp, for what is no form with files
        raise _closing(web.HTTPBadRequest()) from None


async def _read(request: web.Request, field: str) -> list[tuple[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        return []
    found: list[tuple[str, bytes]] = []
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or len(found) >= MOST_FILES:
            raise _closing(web.HTTPBadRequest())
        content = b""
        while chunk := await part.read_chunk():
            total += len(chunk)
            if total > MOST_BYTES:
                raise _closing(web.HTTPRequestEntityTooLarge(MOST_BYTES, total))
            content += chunk
        if part.name == field and (part.filename or content):
            found.append((part.filename or "", content))
    return found


def _closing(condition: web.HTTPException) -> web.HTTPException:
    condition.force_close()
    return condition

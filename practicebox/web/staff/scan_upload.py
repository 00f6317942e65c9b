"""A form with a scanned sheet: read within limits, and taken for what its first bytes say it is.

The name and the type that the browser gives are not believed; what is no PDF and no picture isn't
kept. It is never shown inside a page of ours, only handed out again as a file.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from practicebox.web.forms import Form, from_mapping, posted

LARGEST = 5 * 1024 * 1024  # bytes; a page in 300 dpi and grey has about 1 MB
LONGEST_FIELD = 4 * 1024  # bytes of any other field
MOST_FIELDS = 20
PATIENCE = 60.0  # seconds for all of it
MAGIC = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NotAScan(Exception):
    """The file is no PDF, no JPEG and no PNG."""


class TooLong(Exception):
    """The file is longer than `LARGEST`."""


class Broken(Exception):
    """The form has not arrived whole."""


@dataclass(frozen=True)
class Upload:
    """What was typed, and the file, which may be empty."""

    form: Form
    content: bytes = field(repr=False)


async def read_upload(request: web.Request) -> Upload:
    """The form with its file; raise `TooLong` or `Broken`, after which the connection is done."""
    if request.content_type != "multipart/form-data":
        return Upload(await posted(request), b"")
    values: dict[str, str] = {}
    content = b""
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or len(values) > MOST_FIELDS:
                    raise Broken
                if part.name == "file":
                    content = await _limited(part, LARGEST)
                elif part.name:
                    text = await _limited(part, LONGEST_FIELD)
                    values[part.name] = text.decode("utf-8", "replace")
    except (TimeoutError, ValueError, AssertionError):  # of a multipart body that is broken
        raise Broken from None
    return Upload(from_mapping(values), content)


def media_type(content: bytes) -> str:
    """What a file is by its first bytes; raise `NotAScan`."""
    for magic, name in MAGIC.items():
        if content.startswith(magic):
            return name
    raise NotAScan


async def _limited(part: BodyPartReader, longest: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > longest:
            raise TooLong
    return bytes(content)

"""CSS and ES modules, served from memory.

All files live below one folder named after the hash of them all: relative imports work
as written, and browsers may keep every file for a year, because a new version has a new folder.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
FOREVER = "public, max-age=31536000, immutable"
# What is written for those who read the source is a quarter of what a phone would load. Only whole
# lines, so that no string is ever taken for a comment; the lines stay, and so do their numbers.
COMMENT = re.compile(rb"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class StaticFile:
    """One file as it goes over the wire."""

    content_type: str
    plain: bytes
    zipped: bytes


@dataclass(frozen=True)
class StaticFiles:
    """Every file by its path below `static/`, such as `css/base.css`."""

    version: str  # the hash of all files, 16 hex digits
    by_path: dict[str, StaticFile]

    def url(self, path: str) -> str:
        """The address of `path`; an unknown one is a mistake of ours, so it raises `KeyError`."""
        self.by_path[path]
        return f"/static/{self.version}/{path}"

    def below(self, *folders: str) -> list[str]:
        """The addresses of all files in these folders, for a page that will need them all.

        Modules import each other several levels deep; named at once they are fetched at once
        instead of one round trip a level.
        """
        return [self.url(path) for path in sorted(self.by_path) if path.startswith(folders)]


def load() -> StaticFiles:
    """Read and compress every file once."""
    found = dict(_walk(files("practicebox.web").joinpath("static"), ""))
    digest = hashlib.sha256()
    for path, file in sorted(found.items()):
        digest.update(f"{path}\0{len(file.plain)}\0".encode() + file.plain)
    return StaticFiles(digest.hexdigest()[:16], found)


async def serve(request: web.Request, static: StaticFiles) -> web.Response:
    """Answer `GET /static/{version}/{path}`."""
    file = static.by_path.get(request.match_info["path"])
    if file is None or request.match_info["version"] != static.version:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": file.content_type,
        "Cache-Control": FOREVER,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.zipped, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=file.plain, headers=headers)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, StaticFile]]:
    found: list[tuple[str, StaticFile]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
            continue
        content_type = TYPES.get(entry.name.rpartition(".")[2])
        if content_type:
            plain = _without_comments(entry.read_bytes())
            zipped = gzip.compress(plain, 9, mtime=0)
            found.append((prefix + entry.name, StaticFile(content_type, plain, zipped)))
    return found


def _without_comments(source: bytes) -> bytes:
    return COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), source)

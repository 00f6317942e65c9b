"""What a scanner of headers would say, by rules of its own: nothing here is taken from the box.

The rules are those of the OWASP Secure Headers Project and of what browsers' makers ask for. Asked
is every address that answers without a login, whatever the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http.cookies import Morsel

from aiohttp import ClientResponse, ClientSession, web

from tests.proof.scanners.argued import Finding

SCANNER = "headers"
HALF_A_YEAR = 15_768_000  # seconds
FOREIGN = {"Origin": "https://evil.example", "Accept": "text/html"}
FIXED = {  # what a header of a page has to say
    "X-Frame-Options": r"(?i)deny|sameorigin",
    "Referrer-Policy": r"no-referrer|same-origin|strict-origin(-when-cross-origin)?",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Cross-Origin-Embedder-Policy": r"require-corp|credentialless",
    "Permissions-Policy": r".*camera=(\(\)|\(self\)).*",
    "Cache-Control": r".*\bno-store\b.*",
}
OF_EVERYTHING = {
    "X-Content-Type-Options": r"nosniff",
    "Cross-Origin-Resource-Policy": r"same-origin",
}
TELLTALES = ("Server", "X-Powered-By", "Via", "X-AspNet-Version", "Access-Control-Allow-Origin")
CLOSED = ("default-src", "base-uri", "form-action", "frame-ancestors")
LOOSE = {"*", "http:", "https:", "'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"}


def addresses(tables: Iterable[web.RouteTableDef]) -> list[str]:
    """An address for every page of a door, and one that nobody has."""
    paths = {
        re.sub(r"\{.*?\}(?=/|$|\.)", "1", route.path)
        for table in tables
        for route in table
        if isinstance(route, web.RouteDef) and route.method in {"GET", "*"}
    }
    return [*sorted(paths), "/no/such/page"]


async def scan(
    session: ClientSession, place: str, address: str, paths: Iterable[str], host: str = ""
) -> set[Finding]:
    """Ask for every path, and for the files that the pages name, under the name `host`."""
    names: set[str] = set()
    extra = {"Host": host} if host else {}
    files: set[str] = set()
    for path in paths:
        async with session.get(
            address + path, headers=FOREIGN | extra, allow_redirects=False
        ) as answer:
            names.update(of_page(answer))
            if answer.content_type == "text/html":
                files.update(re.findall(r"/static/[\w./-]+", await answer.text()))
    for path in files:
        async with session.get(address + path, headers=extra) as answer:
            names.update(of_file(answer))
    async with session.request("TRACE", address + "/", headers=extra) as answer:
        if answer.status < 400:
            names.add("TRACE is answered")
    assert files, "the pages were read"
    return {Finding(SCANNER, name, place) for name in names}


def of_page(answer: ClientResponse) -> Iterator[str]:
    """Everything to complain of in the headers of a page, a redirect or an error."""
    yield from of_file(answer)
    yield from _missing(answer, FIXED)
    policy = _policy(answer)
    yield from (f"Content-Security-Policy without {name}" for name in CLOSED if name not in policy)
    for cookie in answer.cookies.values():
        yield from of_cookie(cookie)
    if answer.content_type == "text/html" and answer.charset != "utf-8":
        yield "no charset"


def of_file(answer: ClientResponse) -> Iterator[str]:
    """Everything to complain of in any answer."""
    yield from _missing(answer, OF_EVERYTHING)
    yield from (f"{name} is sent" for name in TELLTALES if name in answer.headers)
    for name, sources in _policy(answer).items():
        if LOOSE & sources or (name in {"default-src", "script-src"} and "data:" in sources):
            yield f"Content-Security-Policy with a loose {name}"
    if "default-src" not in _policy(answer):
        yield "no Content-Security-Policy"
    if answer.url.scheme == "http":
        yield "no TLS"
    else:
        yield from _transport(answer)


def of_cookie(cookie: Morsel[str]) -> Iterator[str]:
    """Everything to complain of in one cookie."""
    for attribute in ("secure", "httponly"):
        if not cookie[attribute]:
            yield f"cookie without {attribute}"
    if cookie["samesite"] != "Strict":
        yield "cookie without SameSite=Strict"
    if not cookie.key.startswith("__Host-"):
        yield "cookie without __Host-"


def _transport(answer: ClientResponse) -> Iterator[str]:
    value = answer.headers.get("Strict-Transport-Security", "")
    seconds = re.search(r"max-age=(\d+)", value)
    if not seconds or int(seconds.group(1)) < HALF_A_YEAR:
        yield "no Strict-Transport-Security"
    elif "includeSubDomains" not in value:
        yield "Strict-Transport-Security without includeSubDomains"


def _missing(answer: ClientResponse, rules: dict[str, str]) -> Iterator[str]:
    for name, rule in rules.items():
        if not re.fullmatch(rule, answer.headers.get(name, "")):
            yield f"no {name}"


def _policy(answer: ClientResponse) -> dict[str, set[str]]:
    found = {}
    for directive in answer.headers.get("Content-Security-Policy", "").split(";"):
        name, *sources = directive.split() or [""]
        found[name] = set(sources)
    return found

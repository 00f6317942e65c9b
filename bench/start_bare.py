"""aiohttp with one page on a port of the loopback: what bench/start.py compares a box with."""

from __future__ import annotations

import sys

from aiohttp import web


async def page(request: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>aiohttp</title>", content_type="text/html")


def main() -> None:
    app = web.Application()
    app.router.add_get("/", page)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()

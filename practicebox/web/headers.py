"""Response headers of both doors: a strict Content-Security-Policy and its companions."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.guard import host_name
from practicebox.web.keys import DOOR

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would make browsers send "Origin: null" with our own forms (Fetch, "append a
    # request Origin header"), and the guard refuses that.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
        "picture-in-picture=(self), screen-wake-lock=(self), autoplay=(self), geolocation=(), "
        "payment=(), usb=()"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}
# Of a script, a style sheet or a picture, which are no pages: a phone fetches some sixty of them.
OF_FILES = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = "max-age=31536000"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler for `on_response_prepare`; errors and files get the headers as well."""
    is_file = request.match_info.route.name == "static" and response.status == 200
    for name, value in (OF_FILES if is_file else ALWAYS).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.config_dict[DOOR].secure and not _is_local(request):
        response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
    response.headers.pop("Server", None)


def _is_local(request: web.Request) -> bool:
    """Whether the browser has come by a name that the help page on plain HTTP has as well.

    HSTS counts for every port of a name (RFC 6797 section 8.3): a browser that has seen it once
    would not open the help page any more, just when a new authority makes it necessary.
    """
    return host_name(request.headers.get("Host", "")).endswith(".local")

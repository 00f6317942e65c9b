"""The page for a disk that is full, write-protected or broken: what to do, and nothing typed lost.

What was typed is in the page, as hidden fields, and the button sends it once more. Passwords are
not: a page shouldn't hold them, and the form asks for them again with everything else kept.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.conditions import DiskFailed
from practicebox.web.keys import DOOR
from practicebox.web.render import render

STATUS = 507  # Insufficient Storage (RFC 4918 section 11.5)
SECRETS = ("password", "old", "new", "master", "word", "code", "secret")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def page(request: web.Request, condition: DiskFailed) -> web.Response:
    """What somebody sees instead of what could not be saved."""
    if "text/html" not in request.headers.get("Accept", ""):
        return web.Response(status=STATUS, text=str(STATUS))
    fields, has_secrets = await _typed(request)
    context = {
        "is_staff": request.config_dict[DOOR].name == "staff",
        "trouble": condition.trouble.value,
        "action": request.path_qs,
        "fields": fields,
        "has_secrets": has_secrets,
    }
    return render(request, "not_saved.html", context, status=STATUS)


async def _typed(request: web.Request) -> tuple[list[tuple[str, str]] | None, bool]:
    """The fields of a form, and whether secrets were left out; None where nothing was typed."""
    if request.method != "POST" or request.content_type not in FORMS:
        return None, False
    typed = [(k, v) for k, v in (await request.post()).items() if isinstance(v, str)]
    plain = [(name, value) for name, value in typed if not name.startswith(SECRETS)]
    return plain, len(plain) < len(typed)

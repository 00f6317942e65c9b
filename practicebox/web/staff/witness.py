"""Workstations as witnesses: at each login the browser says how far the audit log had got when it
was here last, and is told how far it is now. An older copy of the whole box can't know that.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.audit import mark as audit_mark
from practicebox.store.audit.mark import NotAMark
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services

_SEPARATOR = "~"


async def meet(request: web.Request, response: web.StreamResponse) -> None:
    """Ask the browser's mark and give it the present one; the vault is unlocked."""
    store = services(request).store
    practice, _, text = cookies.read(request, Cookie.WITNESS).partition(_SEPARATOR)
    try:
        # The cookie of a practice that was on this address before proves nothing about this one.
        if practice == _practice(request):
            await store.audit.ask_witness(audit_mark.read_text(text))
    except NotAMark:
        pass
    mark = (await store.audit.mark()).text
    value = f"{_practice(request)}{_SEPARATOR}{mark}"
    cookies.write(request, response, Cookie.WITNESS, value)


def _practice(request: web.Request) -> str:
    return services(request).store.secret("witness").hex()[:16]

"""Master data, "Contract": what this box offers, and the end of operation (FEATURES E1 to E3).

There is no contract with anybody; the notice is the practice's own decision, with the same periods
and the same way back. Every step is a page of its own, so that it works without JavaScript.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.ending import NoNotice
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, render
from practicebox.web.staff import acting
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

# What the box can do, as the contract's card lists it.
OFFERS: tuple[tuple[bool, str], ...] = (
    (True, mark("Appointment management")),
    (True, mark("Unlimited video appointments")),
    (True, mark("Two participants in a consultation")),
    (True, mark("Any number of further users")),
    (True, mark("Screen sharing")),
    (True, mark("Full screen function")),
    (True, mark("Invitation by letter with QR code")),
    (True, mark("Invitation by e-mail from your own program")),
    (True, mark("Technical check for patients")),
    (True, mark("Access to the help pages")),
    (False, mark("Invitation by text message")),
    (False, mark("Conferences with more than two participants")),
)


@routes.get("/organisation/contract", name="ending.contract")
async def contract(request: web.Request) -> web.Response:
    return await _render(request, "staff/contract.html", offers=OFFERS)


@routes.get("/organisation/contract/end", name="ending.ask")
async def ask(request: web.Request) -> web.Response:
    """The dialog before giving notice."""
    store = services(request).store
    if await store.operation.notice():
        raise web.HTTPSeeOther("/organisation/contract")
    proposed, backups = await store.operation.proposed(), await store.backups.overview()
    return await _render(
        request, "staff/contract_end.html", proposed=proposed, folder=backups.folder
    )


@routes.post("/organisation/contract/end", name="ending.give")
async def give(request: web.Request) -> web.Response:
    await services(request).store.operation.give(acting.by(request))
    raise web.HTTPSeeOther("/organisation/contract?said=notice_given")


@routes.get("/organisation/contract/confirmation", name="ending.confirmation")
async def confirmation(request: web.Request) -> web.Response:
    """The confirmation on paper."""
    if not await services(request).store.operation.notice():
        raise web.HTTPSeeOther("/organisation/contract")
    name = full_name(request[SESSION].user.person)
    return await _render(request, "staff/contract_paper.html", name=name)


@routes.get("/organisation/contract/revoke", name="ending.ask_back")
async def ask_back(request: web.Request) -> web.Response:
    """The dialog before revoking."""
    if not await services(request).store.operation.notice():
        raise web.HTTPSeeOther("/organisation/contract")
    return await _render(request, "staff/contract_revoke.html")


@routes.post("/organisation/contract/revoke", name="ending.revoke")
async def revoke(request: web.Request) -> web.Response:
    try:
        await services(request).store.operation.revoke(acting.by(request))
    except NoNotice:  # somebody was quicker; it is revoked
        pass
    raise web.HTTPSeeOther("/organisation/contract?said=notice_revoked")


async def _render(request: web.Request, template: str, **more: object) -> web.Response:
    box = services(request)
    context = {
        "current_area": "organisation",
        "notice": await box.store.operation.notice(),
        "zone": zone_of(request),
        "today": box.now().astimezone(zone_of(request)).date(),
        **more,
    }
    return render(request, template, context)

"""Workstations: the list, approval by four digits, lock for a while, revocation, theft.

Approving takes an approved workstation and an open vault, which is where these pages are. Requests
are decided by the Hauptnutzer, or by the same user at another workstation.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.audit.audit import Action
from practicebox.store.conditions import LastDevice, NoSuchDevice
from practicebox.store.records import Device
from practicebox.web.keys import services
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting, handover
from practicebox.web.staff.device_asking import REQUESTS
from practicebox.web.staff.device_requests import NoRequest, Request, State
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

AREA = {"current_area": "devices"}


@routes.get("/devices", name="devices.list")
async def show(request: web.Request) -> web.Response:
    return await _list(request)


@routes.get("/devices/requests/{id}", name="devices.request")
async def open_request(request: web.Request) -> web.Response:
    """Look at a request: from now on both screens show digits."""
    asking = _asking(request)
    asking.open(request[SESSION].id)
    context = {**AREA, "asking": asking, "who": await _who(request, asking)}
    return render(request, "staff/device_request.html", context)


@routes.post("/devices/requests/{id}/approve", name="devices.approve")
async def approve(request: web.Request) -> web.Response:
    asking = _asking(request)
    if asking.state is not State.OPENED or asking.opened_by != request[SESSION].id:
        raise web.HTTPSeeOther(f"/devices/requests/{asking.id}")  # other digits by now
    asking.state = State.APPROVED  # before the first await: a second click finds nothing to do
    people = services(request).store.people
    try:
        await people.approve(asking.name, asking.device_secret, acting.by(request))
    except BaseException:
        asking.state = State.OPENED  # the vault was locked a moment ago, or the disk is full
        raise
    raise web.HTTPSeeOther("/devices?said=device_approved")


@routes.post("/devices/requests/{id}/refuse", name="devices.refuse")
async def refuse(request: web.Request) -> web.Response:
    _asking(request).state = State.REFUSED
    await acting.note(request, Action.DEVICE_REFUSED)
    raise web.HTTPSeeOther("/devices?said=device_refused")


@routes.get("/devices/{id}/{what:lock|revoke|stolen}", name="devices.ask")
async def ask(request: web.Request) -> web.Response:
    """Ask before somebody is locked out."""
    device, own = await _device(request), request[SESSION].device_id
    context = {
        **AREA,
        "device": device,
        "what": request.match_info["what"],
        "is_own": device.id == own,
    }
    return render(request, "staff/device_end.html", context)


@routes.post("/devices/{id}/lock", name="devices.lock")
async def lock(request: web.Request) -> web.Response:
    return await _deed(request, "device_locked")


@routes.post("/devices/{id}/revoke", name="devices.revoke")
async def revoke(request: web.Request) -> web.Response:
    return await _deed(request, "device_revoked")


@routes.post("/devices/{id}/stolen", name="devices.stolen")
async def stolen(request: web.Request) -> web.Response:
    return await _deed(request, "device_stolen")


@routes.post("/devices/{id}/unlock", name="devices.unlock")
async def unlock(request: web.Request) -> web.Response:
    return await _deed(request, "device_unlocked")


async def _deed(request: web.Request, said: str) -> web.Response:
    people, id_ = services(request).store.people, request.match_info["id"]
    deeds = {
        "device_locked": people.lock_device,
        "device_revoked": people.revoke_device,
        "device_stolen": people.stolen,
        "device_unlocked": people.unlock_device,
    }
    try:
        await deeds[said](id_, acting.by(request))
    except NoSuchDevice:
        raise web.HTTPNotFound from None
    except LastDevice:
        return await _list(request, last=True, status=409)
    raise web.HTTPSeeOther(f"/devices?said={said}")


async def _list(request: web.Request, *, last: bool = False, status: int = 200) -> web.Response:
    own = request[SESSION]
    waiting = request.app[REQUESTS].waiting(_whose(request))
    context = {
        **AREA,
        "devices": await services(request).store.people.devices(),
        "own_id": own.device_id,
        "may_decide": own.user.role == "admin",
        "requests": [(asking, await _who(request, asking)) for asking in waiting],
        "last": last,
        "zone": zone_of(request),
        "other_address": handover.other_address(request),
    }
    return render(request, "staff/devices.html", context, status=status)


async def _device(request: web.Request) -> Device:
    for device in await services(request).store.people.devices():
        if device.id == request.match_info["id"] and device.state != "revoked":
            return device
    raise web.HTTPNotFound


def _asking(request: web.Request) -> Request:
    try:
        return request.app[REQUESTS].decide(request.match_info["id"], _whose(request))
    except NoRequest:
        raise web.HTTPSeeOther("/devices?said=request_gone") from None


def _whose(request: web.Request) -> str | None:
    user = request[SESSION].user
    return None if user.role == "admin" else user.id


async def _who(request: web.Request, asking: Request) -> str:
    for user in await services(request).store.people.everybody():
        if user.id == asking.user_id:
            return full_name(user.person)
    return language(request).gettext("Somebody who is no longer a user")

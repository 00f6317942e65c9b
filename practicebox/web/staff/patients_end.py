"""What a patient may ask for: a copy of everything kept about them, and its deletion.

Both name what they do before they do it. The ZIP file has a fixed name and is made by POST: no name
of a patient in an address, a header or a log.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from practicebox.store.backup.target import LONGEST as BACKUPS_KEEP
from practicebox.store.conditions import NoSuchPatient
from practicebox.web.keys import services
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting, patients_export
from practicebox.web.staff.patients import context_of, record_of
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()


@routes.get("/patients/{id}/delete", name="patients.ask")
async def ask(request: web.Request) -> web.Response:
    """Say what will be deleted, and until when backups still have it."""
    today = services(request).now().astimezone(zone_of(request)).date()
    context = {**await context_of(request), "until": today + BACKUPS_KEEP}
    context["days"] = BACKUPS_KEEP.days
    return render(request, "staff/patient_end.html", context)


@routes.post("/patients/{id}/delete", name="patients.delete")
async def delete(request: web.Request) -> web.Response:
    store, rooms = services(request).store, services(request).rooms
    try:
        ended = await store.patients.delete(request.match_info["id"], acting.by(request))
    except NoSuchPatient:
        raise web.HTTPNotFound from None
    for appointment_id in ended:
        rooms.close(appointment_id)
    raise web.HTTPSeeOther("/patients?said=patient_deleted")


@routes.post("/patients/{id}/export", name="patients.export")
async def export(request: web.Request) -> web.Response:
    """A PDF to read and a JSON file for machines, in one ZIP file."""
    record, store = await record_of(request), services(request).store
    everything = await store.patients.export(record.id, acting.by(request))
    users = {user.id: full_name(user.person) for user in await store.people.everybody()}
    spoken = language(request)
    desk = patients_export.Desk(
        profile=request[PRACTICE].profile,
        zone=zone_of(request),
        now=services(request).now(),
        users=users,
        translate=spoken.gettext,
        locale=spoken.code,
    )
    body = await asyncio.to_thread(patients_export.as_zip, everything, desk)
    headers = {"Content-Disposition": f'attachment; filename="{patients_export.FILE}"'}
    return web.Response(body=body, content_type="application/zip", headers=headers)

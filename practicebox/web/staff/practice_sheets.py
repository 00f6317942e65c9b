"""Sheets with the practice's own data, from the master data: the notice and the KV's data."""

from __future__ import annotations

import asyncio

from aiohttp import web

from practicebox.post import practice_sheets
from practicebox.post.letter import Sender
from practicebox.post.practice_sheets import Applicant
from practicebox.store.records import Profile
from practicebox.web.keys import services
from practicebox.web.render import full_name, language
from practicebox.web.staff import profile_form
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()


@routes.get("/organisation/notice.pdf", name="sheets.notice")
async def notice(request: web.Request) -> web.Response:
    """What Anlage 31c BMV-Ä asks to be displayed in the practice."""
    spoken, today = language(request), services(request).now().astimezone(zone_of(request)).date()
    sender = sender_of(request[PRACTICE].profile)
    made = practice_sheets.notice
    body = await asyncio.to_thread(made, sender, today, spoken.gettext, spoken.code)
    return _pdf(body, "notice.pdf")


@routes.get("/organisation/kv.pdf", name="sheets.application")
async def application(request: web.Request) -> web.Response:
    """What an application to the KV asks for, filled in as far as it is known."""
    spoken, today = language(request), services(request).now().astimezone(zone_of(request)).date()
    profile = request[PRACTICE].profile
    users = await services(request).store.users()
    person = next(user.person for user in users if user.role == "admin")
    applicant = Applicant(
        sender=sender_of(profile),
        kind=spoken.gettext(profile_form.KINDS.get(profile.kind, profile.kind)),
        specialty=profile.specialty,
        bsnr=profile.bsnr,
        contact=full_name(person),
        lanr=person.lanr,
    )
    made = practice_sheets.application
    body = await asyncio.to_thread(made, applicant, today, spoken.gettext, spoken.code)
    return _pdf(body, "kv.pdf")


def sender_of(profile: Profile) -> Sender:
    """The practice as it stands on paper."""
    return Sender(
        name=profile.name,
        street=f"{profile.street} {profile.number}".strip(),
        town=f"{profile.postcode} {profile.town}".strip(),
        phone=profile.phone,
        email=profile.email,
    )


def _pdf(body: bytes, name: str) -> web.Response:
    return web.Response(
        body=body,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )

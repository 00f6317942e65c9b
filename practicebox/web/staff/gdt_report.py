"""What the practice software is told of an appointment: a 6310, once, unless it is asked for again.

It is noted before the first byte leaves; what a kill leaves in the middle is in doubt, shown as
such, and never sent by itself again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from practicebox.appliance.gdt_thread import StillRunning
from practicebox.appliance.gdt_trouble import FolderTrouble
from practicebox.practice.day import Event, Happened
from practicebox.practice.gdt import Field, encode, fit
from practicebox.practice.gdt_fields import Person, result
from practicebox.store.audit.audit import BY_BOX, By
from practicebox.store.conditions import Locked, NoSuchAppointment, SealBroken
from practicebox.store.gdt.links import Link, Sending
from practicebox.store.records import Appointment
from practicebox.web.keys import Services
from practicebox.web.language import mark
from practicebox.web.staff.gdt_bridge import Bridge
from practicebox.web.staff.gdt_words import Translate

REST = timedelta(minutes=10)  # after the end of a consultation, in case it begins once more
TESTS = {
    "video": "VIDEO1",
    "phone": "PHONE1",
    "conference": "VIDEO2",
}  # 8402, if none was asked for

KINDS = {
    "video": mark("Video consultation"),
    "phone": mark("Telephone consultation"),
    "conference": mark("Video conference"),
}


class Outcome(StrEnum):
    """How it went; each is a sentence in `said`."""

    SENT = "gdt_sent"
    ALREADY = "gdt_already"
    NOT_LINKED = "gdt_not_linked"
    TROUBLE = "gdt_trouble"
    DOUBT = "gdt_doubt"


@dataclass(frozen=True)
class Reporting:
    """What the page of an appointment shows of it."""

    can_send: bool
    sending: Sending | None


async def reporting(services: Services, appointment: Appointment) -> Reporting | None:
    """How far the report of an appointment is; None where the practice software knows nothing."""
    store, bridge = services.store, services.gdt
    if bridge is None or bridge.ends.out_folder is None:
        return None
    if await store.gdt.link_of(appointment) is None:
        return None
    starts = appointment.starts <= services.now()
    return Reporting(starts, await store.gdt.sending(appointment.id))


async def send(
    services: Services, appointment: Appointment, by: By, *, again: bool = False
) -> Outcome:
    """Tell the practice software of an appointment."""
    store, bridge = services.store, services.gdt
    link = await store.gdt.link_of(appointment)
    practice = await store.practice()
    if bridge is None or link is None or practice is None:
        return Outcome.NOT_LINKED
    happened = (await store.attendance.of([appointment.id])).get(appointment.id, [])
    zone = ZoneInfo(practice.time_zone)
    content = _content(bridge, appointment, link, happened, zone)
    if not await store.gdt.begin_sending(appointment.id, again=again):
        return Outcome.ALREADY
    try:
        await bridge.send(content)
    except FolderTrouble:
        await store.gdt.not_sent(appointment.id)
        return Outcome.TROUBLE
    except StillRunning:
        return Outcome.DOUBT
    await store.gdt.sent(appointment.id, by)
    return Outcome.SENT


async def send_due(services: Services) -> None:
    """Report the consultations that have ended a while ago; nothing while the vault is locked."""
    store, bridge = services.store, services.gdt
    if bridge is None or bridge.ends.out_folder is None or not store.vault.is_unlocked:
        return
    for appointment_id in await store.gdt.ended_before(services.now() - REST):
        try:
            appointment = await store.appointments.get(appointment_id)
            outcome = await send(services, appointment, BY_BOX)
        except Locked:
            return
        except (NoSuchAppointment, SealBroken):
            continue
        if outcome in {Outcome.TROUBLE, Outcome.DOUBT}:
            return


def _content(
    bridge: Bridge,
    appointment: Appointment,
    link: Link,
    happened: list[Happened],
    zone: ZoneInfo,
) -> bytes:
    ends = bridge.ends
    began, ended = _talk(happened)
    at = (began or appointment.starts).astimezone(zone)
    lines = _lines(appointment, began, ended, zone, bridge.translate)
    about = (
        Field("6200", f"{at:%d%m%Y}"),
        Field("6201", f"{at:%H%M%S}"),
        Field("8402", fit(link.test or TESTS[appointment.kind], ends.charset)),
        *(Field("6220", fit(line, ends.charset)) for line in lines),
    )
    person = Person(
        number=fit(link.number, ends.charset),
        last_name=fit(link.last_name, ends.charset),
        first_name=fit(link.first_name, ends.charset),
        born=appointment.patient.born,
    )
    return encode(result(person, ends.our_id, ends.their_id, about, ends.charset))


def _talk(happened: list[Happened]) -> tuple[datetime | None, datetime | None]:
    """When the consultation began and when it last ended."""
    began = [one.at for one in happened if one.event is Event.BEGAN]
    ended = [one.at for one in happened if one.event is Event.ENDED]
    if not began or not ended or ended[-1] < began[0]:
        return None, None
    return began[0], ended[-1]


def _lines(
    appointment: Appointment,
    began: datetime | None,
    ended: datetime | None,
    zone: ZoneInfo,
    translate: Translate,
) -> list[str]:
    """What happened, in lines of at most 60 characters."""
    _, starts = translate, appointment.starts.astimezone(zone)
    title = _("%(kind)s on %(day)s, planned for %(time)s h") % {
        "kind": _(KINDS[appointment.kind]),
        "day": f"{starts:%d.%m.%Y}",
        "time": f"{starts:%H:%M}",
    }
    if appointment.state == "cancelled":
        return [title, _("The appointment was cancelled.")]
    if began and ended:
        span = {
            "from": f"{began.astimezone(zone):%H:%M}",
            "to": f"{ended.astimezone(zone):%H:%M}",
            "minutes": max(1, round((ended - began).total_seconds() / 60)),
        }
        return [title, _("Held from %(from)s to %(to)s h (%(minutes)s min)") % span]
    if appointment.kind == "phone":
        return [title, _("Planned for %(minutes)s min") % {"minutes": appointment.minutes}]
    return [title, _("The consultation has not taken place.")]

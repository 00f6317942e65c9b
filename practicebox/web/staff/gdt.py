"""Practice software: what it has sent, what could not be read, and files given by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from practicebox.practice.gdt import Charset, NotReadable
from practicebox.practice.gdt_fields import NEW, Message, read
from practicebox.store.conditions import NoSuchGdtRecord, SealBroken, TooManyGdtRecords
from practicebox.store.gdt.records import Waiting, as_patient
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Patient
from practicebox.web import bodies
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language, render
from practicebox.web.staff import acting, gdt_report, gdt_upload
from practicebox.web.staff.appointments import appointment_of
from practicebox.web.staff.gdt_words import FORGIVEN, KINDS, TOO_MANY, in_words
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

AREA = {"current_area": "gdt"}
SHOWN = 60  # records at once


@dataclass(frozen=True)
class Refused:
    """A file given by hand that was not taken."""

    name: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """One kind of data: as it is known here, and as the practice software has it."""

    label: str  # a msgid
    here: str
    there: str

    @property
    def is_new(self) -> bool:
        return bool(self.there) and self.there != self.here


@routes.get("/gdt", name="gdt.list")
async def show_list(request: web.Request) -> web.Response:
    """What came in, and what could not be read."""
    return await _page(request)


@routes.post("/gdt", name="gdt.upload")
@bodies.streamed
async def upload(request: web.Request) -> web.Response:
    """Files chosen or dropped on the page; those that can't be read are named with the reason."""
    given = await gdt_upload.files(request, "file")
    refused, taken = [], []
    for name, content in given:
        reason, record_id = await _take(request, content)
        if reason:
            refused.append(Refused(name, reason))
        elif record_id:
            taken.append(record_id)
    if refused or not given:
        return await _page(request, refused, nothing=not given)
    raise web.HTTPSeeOther(f"/gdt/{taken[0]}" if len(taken) == 1 else "/gdt?said=gdt_taken")


@routes.get("/gdt/{id}", name="gdt.details")
async def details(request: web.Request) -> web.Response:
    """One record, beside what is known of the patient."""
    waiting = await _record_of(request)
    known = await services(request).store.gdt.known(waiting.message.person)
    differences = _differences(waiting.message, known)
    context = {
        **AREA,
        "record": waiting,
        "message": waiting.message,
        "kind": KINDS[waiting.message.kind],
        "asks_for_appointment": waiting.message.kind == NEW,
        "warnings": [FORGIVEN[one] for one in waiting.message.warnings],
        "known": known,
        "differences": differences,
        "has_news": known is None or any(one.is_new for one in differences),
        "zone": zone_of(request),
    }
    return render(request, "staff/gdt_record.html", context)


@routes.post("/gdt/{id}/adopt", name="gdt.adopt")
async def adopt(request: web.Request) -> web.Response:
    """Take the data of a record over into the directory."""
    store, waiting = services(request).store, await _record_of(request)
    known = await store.gdt.known(waiting.message.person)
    patient = as_patient(waiting.message.person)
    if known:
        changed = _merged(known.patient, patient)
        record = await store.patients.change(known.id, changed, acting.by(request))
    else:
        (record,) = await store.patients.add_all([patient], acting.by(request))
    if waiting.message.kind != NEW:  # what is still asked for stays
        await store.gdt.settle(waiting.id)
        raise web.HTTPSeeOther(f"/patients/{record.id}?said=saved")
    raise web.HTTPSeeOther(f"/gdt/{waiting.id}?said=saved")


@routes.post("/gdt/{id}/discard", name="gdt.discard")
async def discard(request: web.Request) -> web.Response:
    """Delete a record; a second click finds it gone, which is what was wanted."""
    try:
        await services(request).store.gdt.discard(request.match_info["id"], acting.by(request))
    except NoSuchGdtRecord:
        raise web.HTTPNotFound from None
    raise web.HTTPSeeOther("/gdt?said=gdt_discarded")


@routes.post("/appointments/{id}/gdt", name="gdt.report")
async def report(request: web.Request) -> web.Response:
    """Tell the practice software of an appointment, once more if that was asked for."""
    appointment = await appointment_of(request)
    again = (await posted(request)).is_ticked("again")
    by = acting.by(request)
    outcome = await gdt_report.send(services(request), appointment, by, again=again)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said={outcome.value}")


async def _page(
    request: web.Request, refused: list[Refused] | None = None, *, nothing: bool = False
) -> web.Response:
    box = services(request)
    waiting = await box.store.gdt.waiting()
    context = {
        **AREA,
        "waiting": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "kinds": KINDS,
        "refused": refused or [],
        "nothing": nothing,
        "has_folder": box.gdt is not None and box.gdt.ends.in_folder is not None,
        "troubles": box.gdt.troubles if box.gdt else [],
        "quarantined": box.gdt.quarantined if box.gdt else [],
        "zone": zone_of(request),
    }
    status = 422 if refused or nothing else 200
    return render(request, "staff/gdt.html", context, status=status)


async def _take(request: web.Request, content: bytes) -> tuple[str, str | None]:
    """Why a file was not taken (empty: it was), and the id of its record."""
    box, _ = services(request), language(request).gettext
    charset = box.gdt.ends.charset if box.gdt else Charset.IBM
    try:
        message = read(content, charset)
        # Given by hand once more it is meant, but for a double click: the second counts.
        origin = f"by hand {box.now().isoformat(timespec='seconds')}".encode()
        return "", await box.store.gdt.take(message, origin)
    except NotReadable as condition:
        return in_words(condition, _), None
    except TooManyGdtRecords:
        return _(TOO_MANY), None


async def _record_of(request: web.Request) -> Waiting:
    try:
        return await services(request).store.gdt.get(request.match_info["id"])
    except (NoSuchGdtRecord, SealBroken):
        raise web.HTTPNotFound from None


def _merged(known: Patient, sent: Patient) -> Patient:
    """What is known, with what was sent above it; what was not sent stays."""
    return replace(
        known,
        name=sent.name,
        address=sent.address or known.address,
        phone=sent.phone or known.phone,
        email=sent.email or known.email,
    )


def _differences(message: Message, known: PatientRecord | None) -> list[Difference]:
    here = known.patient if known else Patient("")
    there = as_patient(message.person)
    return [
        Difference(mark("Name"), here.name, there.name),
        Difference(mark("Date of birth"), _day(here), _day(there)),
        Difference(mark("Address"), ", ".join(here.address), ", ".join(there.address)),
        Difference(mark("Phone"), here.phone, there.phone),
        Difference(mark("E-mail"), here.email, there.email),
    ]


def _day(patient: Patient) -> str:
    return f"{patient.born:%d.%m.%Y}" if patient.born else ""

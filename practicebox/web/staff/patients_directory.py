"""The directory as a CSV file, for another program; what it says can be imported here again.

A cell that a spreadsheet program would run as a formula gets an apostrophe in front
(`practice.csv_text`). The file is made by POST and has a fixed name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from aiohttp import web

from practicebox.practice import csv_text
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Patient
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, patient_form
from practicebox.web.staff.patients import AREA

routes = web.RouteTableDef()

FILE = "patienten.csv"


@routes.get("/patients/directory", name="patients.directory")
async def ask(request: web.Request) -> web.Response:
    """Say what is in the file before it leaves the box."""
    return render(request, "staff/patients_directory.html", AREA)


@routes.post("/patients/directory", name="patients.directory_file")
async def download(request: web.Request) -> web.Response:
    """All patients, noted in the audit log."""
    spoken = language(request)
    records = await services(request).store.upkeep.everybody(acting.by(request))
    rows = as_rows(records, spoken.gettext, spoken.code)
    body = await asyncio.to_thread(csv_text.write, rows)
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


def as_rows(
    records: Iterable[PatientRecord], translate: Callable[[str], str], locale: str
) -> Iterator[tuple[str, ...]]:
    """Headings and a row for each patient, in words that the import knows."""
    _ = translate
    yield (
        _("First and last name"),
        _("Date of birth"),
        _("Address"),
        _("Phone"),
        _("E-mail"),
        _("Who pays"),
        _("New or known"),
        _("Language"),
        _("Needs"),
    )
    for record in records:
        yield _row(record.patient, translate, locale)


def _row(patient: Patient, translate: Callable[[str], str], locale: str) -> tuple[str, ...]:
    said = patient_form.in_words(patient, translate, locale)
    return (
        patient.name,
        f"{patient.born:%d.%m.%Y}" if patient.born else "",
        "\n".join(patient.address),
        patient.phone,
        patient.email,
        said.get("payer", ""),
        said.get("standing", ""),
        said.get("language", translate("German")),
        said.get("needs", ""),
    )

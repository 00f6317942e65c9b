"""The service confirmation on paper: date, begin, end and interruptions of a consultation.

Confirmed already, it says when and how; otherwise it has a line for the signature. Knows nothing of
how it is laid out (`typst/confirmation.typ`). Making it is work for a thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date, format_datetime, format_time

from practicebox.post import paper

Translate = Callable[[str], str]


@dataclass(frozen=True, repr=False)  # no log may show whose it is
class Sheet:
    """Everything the sheet says. Times are in the practice's zone."""

    practice: str
    place: str
    patient: str
    born: datetime.date | None
    clinician: str
    kind: str  # "video", "phone" or "conference"
    treatment: str
    began: datetime.datetime
    ended: datetime.datetime | None
    breaks: tuple[tuple[datetime.datetime, datetime.datetime], ...]
    confirmed: datetime.datetime | None
    way: str
    printed: datetime.date


def pdf(sheet: Sheet, translate: Translate, locale: str) -> bytes:
    """The sheet on one page."""
    language = Locale.parse(locale.replace("-", "_"))
    return paper.pdf(
        "confirmation.typ",
        {
            "title": translate("Service confirmation"),
            "author": sheet.practice,
            "lang": language.language,
            "region": language.territory,
            "printed": [sheet.printed.year, sheet.printed.month, sheet.printed.day],
            "practice": sheet.practice,
            "place": sheet.place,
            "sentence": translate("I confirm that this consultation took place:"),
            "rows": _rows(sheet, translate, language),
            "breaks_title": translate("Interruptions"),
            "breaks": [_span(begin, end, language) for begin, end in sheet.breaks],
            "note": _note(sheet, translate),
            **_end(sheet, translate, language),
        },
    )


def _rows(sheet: Sheet, translate: Translate, locale: Locale) -> list[list[str]]:
    kinds = {
        "video": translate("Video consultation"),
        "phone": translate("Phone appointment"),
        "conference": translate("Video conference"),
    }
    ended = sheet.ended and format_time(sheet.ended.time(), "short", locale=locale)
    rows = (
        (translate("Patient"), sheet.patient),
        (translate("Date of birth"), sheet.born and format_date(sheet.born, "long", locale)),
        (translate("Day"), format_date(sheet.began.date(), "full", locale)),
        (translate("Begin"), format_time(sheet.began.time(), "short", locale=locale)),
        (translate("End"), ended or translate("not noted")),
        (translate("Kind"), kinds[sheet.kind]),
        (translate("Treatment"), sheet.treatment),
        (translate("With"), sheet.clinician),
    )
    return [[label, value] for label, value in rows if value]


def _span(begin: datetime.datetime, end: datetime.datetime, locale: Locale) -> str:
    times = [format_time(moment.time(), "medium", locale=locale) for moment in (begin, end)]
    return "–".join(times)


def _note(sheet: Sheet, translate: Translate) -> str:
    """Treatments by prescription carry a mark of their own (Anlage 8 of the physio contract)."""
    if not sheet.treatment or sheet.kind == "phone":
        return ""
    return translate(
        "For treatments by prescription: add “TM” behind the treatment on the back of Muster 13."
    )


def _end(sheet: Sheet, translate: Translate, locale: Locale) -> paper.Inputs:
    if sheet.confirmed is None:
        return {"confirmed": "", "signature": translate("Place, date, signature of the patient")}
    words = translate("Confirmed on {when}: {way}.")
    when = format_datetime(sheet.confirmed, "short", locale=locale)
    return {"confirmed": words.format(when=when, way=sheet.way), "signature": ""}

"""A form on paper: the text with the practice's data, whose it is, and what was agreed to.

To be signed it has a line for the signature; given already, it says when and how, and shows what
was drawn. Knows nothing of how it is laid out (`typst/form.typ`). Making it is work for a thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date, format_datetime

from practicebox.post import paper
from practicebox.post.letter import Sender
from practicebox.practice import signature
from practicebox.practice.form_text import Block

Translate = Callable[[str], str]


@dataclass(frozen=True, repr=False)  # no log may show whose it is
class Given:
    """What was agreed to."""

    at: datetime.datetime  # in the practice's zone
    way: str
    revoked: datetime.date | None
    signature: str  # `practice.signature`


@dataclass(frozen=True, repr=False)
class Sheet:
    """Everything the sheet says; without a patient it is a blank one."""

    sender: Sender
    title: str
    blocks: tuple[Block, ...]
    version: int
    patient: str
    born: datetime.date | None
    given: Given | None
    printed: datetime.date


def pdf(sheet: Sheet, translate: Translate, locale: str) -> bytes:
    """The form, on as many pages as it takes."""
    language = Locale.parse(locale.replace("-", "_"))
    born = format_date(sheet.born, "long", language) if sheet.born else ""
    return paper.pdf(
        "form.typ",
        {
            "title": sheet.title,
            "author": sheet.sender.name,
            "lang": "de",  # what the practice has written is German
            "region": "DE",
            "printed": [sheet.printed.year, sheet.printed.month, sheet.printed.day],
            "practice": sheet.sender.name,
            "place": " · ".join(filter(None, (sheet.sender.street, sheet.sender.town))),
            "phone": sheet.sender.phone,
            "rows": [
                [translate("Patient"), sheet.patient],
                [translate("Date of birth"), born],
            ],
            "blocks": [[block.kind, block.words] for block in sheet.blocks],
            "version": translate("Version {number}").format(number=sheet.version),
            "sign": [translate("Place and date"), translate("Signature")],
            **_given(sheet.given, translate, language),
        },
    )


def _given(given: Given | None, translate: Translate, locale: Locale) -> paper.Inputs:
    if given is None:
        return {"given": "", "revoked": "", "signature": "", "drawn": ""}
    when = format_datetime(given.at, "d. MMMM y, HH:mm", locale=locale)
    day = format_date(given.revoked, "long", locale) if given.revoked else ""
    return {
        "given": translate("Given on {when}: {way}.").format(when=when, way=given.way),
        "revoked": translate("Revoked on {day}.").format(day=day) if day else "",
        "signature": signature.svg(given.signature) if given.signature else "",
        "drawn": translate("Signature drawn on the screen"),
    }

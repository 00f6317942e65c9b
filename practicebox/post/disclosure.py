"""The disclosure ("Auskunft"): what is kept about a patient, on paper (Art. 15 DSGVO).

Knows what the sheet says. Knows nothing of where the data come from. Making it is work for a
thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from practicebox.post import paper

Translate = Callable[[str], str]


@dataclass(frozen=True, repr=False)  # no log may show what is known of whom
class Fact:
    """One thing that is known of the patient."""

    label: str
    value: str


@dataclass(frozen=True, repr=False)
class Kept:
    """An appointment as it is kept."""

    day: str  # these are as they stand on paper
    time: str
    minutes: int
    kind: str
    clinician: str
    notes: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Disclosure:
    """Everything the sheet says."""

    practice: str
    place: str
    phone: str
    email: str
    facts: tuple[Fact, ...]
    appointments: tuple[Kept, ...]  # the latest first
    printed: datetime.date


def pdf(sheet: Disclosure, translate: Translate, locale: str) -> bytes:
    """The sheet, on as many pages as it takes."""
    language = Locale.parse(locale.replace("-", "_"))
    return paper.pdf(
        "disclosure.typ",
        {
            "title": translate("What is stored about you"),
            "author": sheet.practice,
            "lang": language.language,
            "region": language.territory,
            "printed": [sheet.printed.year, sheet.printed.month, sheet.printed.day],
            **_head(sheet, translate, language),
            **_data(sheet, translate, language),
            **_rules(translate),
        },
    )


def _head(sheet: Disclosure, translate: Translate, locale: Locale) -> paper.Inputs:
    return {
        "practice": sheet.practice,
        "contact": " · ".join(filter(None, (sheet.place, sheet.phone, sheet.email))),
        "as_of": translate("As of {date}").format(date=format_date(sheet.printed, "long", locale)),
        "introduction": translate(
            "This is a copy of all data about you that the practice keeps in PracticeBox, its "
            "program for video consultations (Art. 15 GDPR). The file auskunft.json holds the same "
            "data in a form that other programs can read (Art. 20 GDPR). What the practice keeps "
            "elsewhere, such as in your medical record, is not included."
        ),
    }


def _data(sheet: Disclosure, translate: Translate, locale: Locale) -> paper.Inputs:
    return {
        "person_title": translate("About you"),
        "facts": [{"label": fact.label, "value": fact.value} for fact in sheet.facts],
        "appointments_title": translate("Your appointments"),
        "none": translate("No appointments are stored."),
        "columns": [
            translate("When"),
            translate("What"),
            translate("With whom"),
            translate("Notes of the practice"),
        ],
        "appointments": [
            {
                "when": [
                    one.day,
                    one.time,
                    format_unit(one.minutes, "duration-minute", "short", locale=locale),
                ],
                "kind": one.kind,
                "clinician": one.clinician,
                "notes": list(one.notes),
            }
            for one in sheet.appointments
        ],
    }


def _rules(translate: Translate) -> paper.Inputs:
    return {
        "rules_title": translate("What applies to these data"),
        "rules": [
            translate(
                "What for: to plan and to hold your video consultations and phone appointments."
            ),
            translate(
                "Where from: from you, and from what the practice entered with your appointments."
            ),
            translate(
                "Who receives them: PracticeBox passes them on to nobody. They lie encrypted on a "
                "device in the practice. Picture and sound of a consultation are not stored."
            ),
            translate(
                "How long: until the practice deletes them. Backups hold deleted data for "
                "another 35 days at most. Nothing is decided by a machine alone."
            ),
            translate(
                "A log notes who in the practice worked with your data, and when; your name is not "
                "in it."
            ),
            translate(
                "Access codes of your appointments are stored as well; they are left out here, "
                "because they open the waiting room."
            ),
            translate(
                "Your rights: you can have wrong data corrected, data deleted or their use "
                "restricted, and you can object to their use. You can complain to the supervisory "
                "authority for data protection."
            ),
        ],
    }

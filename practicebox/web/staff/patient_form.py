"""The form of a patient: all that the directory keeps of them, and the words for it.

The form of an appointment has only some of these fields; what it doesn't have stays as it is known
(`store.patients.register`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from aiohttp import web
from babel import Locale

from practicebox.practice import particulars
from practicebox.store.records import Patient, Payer, Standing
from practicebox.web.forms import Form
from practicebox.web.language import mark
from practicebox.web.render import language
from practicebox.web.staff import appointment_form
from practicebox.web.staff.appointment_form import Desk

PAYERS: dict[str, str] = {
    "gkv": mark("Statutory health insurance (GKV)"),
    "pkv": mark("Private health insurance (PKV)"),
    "self": mark("Pays without insurance"),
    "bg": mark("Accident insurance (BG)"),
}
STANDINGS: dict[str, str] = {
    "new": mark("New in this practice"),
    "existing": mark("Known in this practice"),
}
NEEDS: dict[str, str] = {
    "large_type": mark("Large type"),
    "plain_language": mark("Plain language"),
    "interpreter": mark("Interpreter"),
    "sign_language": mark("Sign language"),
    "hearing": mark("Hard of hearing"),
    "sight": mark("Sees badly"),
    "helper": mark("Help with the device"),
    "wheelchair": mark("Wheelchair"),
}


def fields(patient: Patient) -> dict[str, str]:
    """The fields of a patient, as they are known."""
    return {
        **appointment_form.patient_fields(patient),
        "payer": patient.payer,
        "standing": patient.standing,
        "language": patient.language,
        **{f"need_{need}": "yes" for need in patient.needs},
    }


def read(form: Form, desk: Desk) -> Patient:
    """The patient in the form, the mistakes noted in it."""
    wrong = desk.translate("Please choose one of these.")
    typed = appointment_form.read_patient(form, desk)
    return replace(
        typed,
        payer=cast(Payer, form.one_of("payer", ("", *particulars.PAYERS), wrong)),
        standing=cast(Standing, form.one_of("standing", ("", *particulars.STANDINGS), wrong)),
        language=form.one_of("language", ("", *particulars.LANGUAGES), wrong),
        needs=particulars.in_order(n for n in NEEDS if form.is_ticked(f"need_{n}")),
    )


def choices(request: web.Request) -> dict[str, object]:
    """What the template needs to offer them."""
    spoken = language(request)
    names = language_names(spoken.code)
    return {
        "payers": _in_words(PAYERS, spoken.gettext),
        "standings": _in_words(STANDINGS, spoken.gettext),
        "languages": sorted(names.items(), key=lambda pair: pair[1]),
        "needs": _in_words(NEEDS, spoken.gettext),
    }


def language_names(locale: str) -> dict[str, str]:
    """The languages that patients speak, by their keys, in words of `locale`."""
    known = Locale.parse(locale, sep="-").languages
    return {key: str(known.get(key, key)) for key in particulars.LANGUAGES}


def in_words(patient: Patient, translate: Callable[[str], str], locale: str) -> dict[str, str]:
    """Payer, standing, language and needs, as far as they are known."""
    said = {
        "payer": translate(PAYERS[patient.payer]) if patient.payer in PAYERS else "",
        "standing": translate(STANDINGS[patient.standing]) if patient.standing in STANDINGS else "",
        "language": language_names(locale).get(patient.language, patient.language),
        "needs": ", ".join(translate(NEEDS.get(need, need)) for need in patient.needs),
    }
    return {name: words for name, words in said.items() if words}


def _in_words(words: dict[str, str], translate: Callable[[str], str]) -> list[tuple[str, str]]:
    return [(key, translate(word)) for key, word in words.items()]

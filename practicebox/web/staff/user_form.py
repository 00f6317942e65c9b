"""The form of a colleague: form of address, title, names, role; to invite, and to change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple, cast

from practicebox.practice.names import clean
from practicebox.store.records import Person, User
from practicebox.web.forms import Form, Translate
from practicebox.web.language import mark
from practicebox.web.staff import profile_form

ROLES = {
    "admin": mark("Main user"),
    "clinician": mark("Clinician"),
    "reception": mark("Reception"),
}
OFFERED = ("clinician", "reception")  # there is one Hauptnutzer
LONGEST = 60  # characters of a title or a name; `maxlength` in the template says the same

NOBODY = Person(salutation="", first_name="", last_name="")


class Colleague(NamedTuple):
    """What was typed, without mistakes of form."""

    role: Literal["clinician", "reception"]
    person: Person


def choices(translate: Translate) -> dict[str, list[tuple[str, str]]]:
    """All choices that the templates of this form show."""
    return {
        "salutations": profile_form.choices(translate)["salutations"],
        "roles": [(role, translate(ROLES[role])) for role in OFFERED],
    }


def filled(user: User) -> Form:
    """The form as a colleague is known now."""
    person = user.person
    return Form(
        {
            "salutation": person.salutation,
            "title": person.title,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "role": user.role,
        }
    )


def read(form: Form, translate: Translate, known: Person = NOBODY) -> Colleague | None:
    """What was typed, or None with every mistake noted in the form, in the order of the page.

    What the form doesn't ask for stays as `known`.
    """
    _ = translate
    salutation = form.one_of(
        "salutation", profile_form.SALUTATIONS, _("Please choose a form of address.")
    )
    title = clean(form.text("title", longest=LONGEST))
    first_name = profile_form.name_of(
        form, "first_name", _("Please enter the first name."), longest=LONGEST
    )
    last_name = profile_form.name_of(
        form, "last_name", _("Please enter the last name."), longest=LONGEST
    )
    role = form.one_of("role", OFFERED, _("Please choose what your colleague does here."))
    if not form.is_good:
        return None
    person = replace(
        known, salutation=salutation, title=title, first_name=first_name, last_name=last_name
    )
    return Colleague(cast('Literal["clinician", "reception"]', role), person)

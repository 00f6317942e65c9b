"""The form of a practice and its contact person: step 1 of the wizard, later "Billing data".

Knows which fields there are, which are needed and what a postcode looks like. Values of
choices are short keys; the words shown for them are translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from practicebox.practice.names import clean
from practicebox.store.records import Person, Profile
from practicebox.web.forms import LONGEST, Form, Translate
from practicebox.web.language import mark

KINDS = {
    "medical": mark("Doctor's practice"),
    "dental": mark("Dental practice"),
    "psychotherapy": mark("Psychotherapy practice"),
    "physiotherapy": mark("Physiotherapy practice"),
    "occupational": mark("Occupational therapy practice"),
    "speech": mark("Speech therapy practice"),
    "podiatry": mark("Podiatry practice"),
    "nutrition": mark("Nutritional therapy practice"),
    "midwifery": mark("Midwife's practice"),
    "centre": mark("Medical care centre"),
    "counselling": mark("Counselling centre"),
    "other": mark("Other organisation"),
}
SIZES = {  # the steps of the IT security directive (§ 390 SGB V) among them: 5 and 20 people
    "1-5": mark("1-5 employees"),
    "6-20": mark("6-20 employees"),
    "21-50": mark("21-50 employees"),
    "51": mark("More than 50 employees"),
}
SALUTATIONS = {"mr": mark("Mr"), "ms": mark("Ms"), "none": mark("Not specified")}
LONGEST_SHORT = 40  # characters of a title, a house number, a telephone number
LONGEST_MAIL = 254  # characters of an address (RFC 5321 section 4.5.3.1.3)

_POSTCODE = re.compile(r"[0-9]{5}")  # practices outside Germany enter 99999 (S3:358)
_NINE_DIGITS = re.compile(r"[0-9]{9}")  # BSNR and LANR; 999999999 where there is none (S3:358)
_PHONE = re.compile(r"\+?(?=(?:[^0-9]*[0-9]){4})[0-9 /().\-–]+")
_MAIL = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+\.[^\s@.<>\"',;:]{2,}")


def options(choices: Mapping[str, str], translate: Translate) -> list[tuple[str, str]]:
    """What a select or radio group offers: values and words."""
    return [(value, translate(words)) for value, words in choices.items()]


def choices(translate: Translate) -> dict[str, list[tuple[str, str]]]:
    """All choices that the templates of this form show."""
    return {
        "kinds": options(KINDS, translate),
        "sizes": options(SIZES, translate),
        "salutations": options(SALUTATIONS, translate),
    }


def filled(profile: Profile, person: Person) -> Form:
    """The form as it was saved last."""
    return Form(
        {
            "name": profile.name,
            "kind": profile.kind,
            "size": profile.size,
            "specialty": profile.specialty,
            "street": profile.street,
            "number": profile.number,
            "extra": profile.extra,
            "postcode": profile.postcode,
            "town": profile.town,
            "salutation": person.salutation,
            "title": person.title,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": profile.email,
            "phone": profile.phone,
            "bsnr": profile.bsnr,
            "lanr": person.lanr,
        }
    )


def read(form: Form, translate: Translate) -> tuple[Profile, Person] | None:
    """What was typed, or None with every mistake noted in the form, in the order of the page."""
    organisation = _organisation(form, translate)
    address = _address(form, translate)
    person = _person(form, translate)
    contact = _contact(form, translate)
    bsnr, lanr = _nine_digits(form, "bsnr", translate), _nine_digits(form, "lanr", translate)
    if not form.is_good:
        return None
    profile = Profile(**organisation, **address, **contact, bsnr=bsnr)
    return profile, Person(**person, lanr=lanr, email=contact["email"])


def _organisation(form: Form, translate: Translate) -> dict[str, str]:
    _ = translate
    return {
        "name": form.text("name", _("Please enter the name of the organisation.")),
        "kind": form.one_of("kind", KINDS, _("Please choose the kind of organisation.")),
        "size": form.one_of("size", SIZES, _("Please choose the size of the organisation.")),
        "specialty": form.text("specialty"),
    }


def _address(form: Form, translate: Translate) -> dict[str, str]:
    _ = translate
    fields = {
        "street": form.text("street", _("Please enter the street.")),
        "number": form.text("number", _("Please enter the house number."), longest=LONGEST_SHORT),
        "extra": form.text("extra"),
        "postcode": form.text("postcode", _("Please enter the postcode.")),
        "town": form.text("town", _("Please enter the town.")),
    }
    if not _POSTCODE.fullmatch(fields["postcode"]):
        form.errors.setdefault("postcode", _("A postcode has five digits. Outside Germany: 99999."))
    return fields


def _person(form: Form, translate: Translate) -> dict[str, str]:
    _ = translate
    return {
        "salutation": form.one_of(
            "salutation", SALUTATIONS, _("Please choose a form of address, or “Not specified”.")
        ),
        "title": clean(form.text("title", longest=LONGEST_SHORT)),
        "first_name": name_of(form, "first_name", _("Please enter the first name.")),
        "last_name": name_of(form, "last_name", _("Please enter the last name.")),
    }


def name_of(form: Form, name: str, missing: str, *, longest: int = LONGEST) -> str:
    """A name that can stand on any page; one of which nothing shows is missing."""
    cleaned = clean(form.text(name, missing, longest=longest))
    if not cleaned:
        form.errors.setdefault(name, missing)
    return cleaned


def _contact(form: Form, translate: Translate) -> dict[str, str]:
    _ = translate
    fields = {
        "email": form.text("email", _("Please enter the e-mail address."), longest=LONGEST_MAIL),
        "phone": form.text("phone", _("Please enter the telephone number."), longest=LONGEST_SHORT),
    }
    if not _MAIL.fullmatch(fields["email"]):
        form.errors.setdefault(
            "email", _("Please enter the whole e-mail address, such as praxis@example.org.")
        )
    if not _PHONE.fullmatch(fields["phone"]):
        form.errors.setdefault(
            "phone", _("Please enter the telephone number with digits, blanks and + - / ( ) only.")
        )
    return fields


def _nine_digits(form: Form, name: str, translate: Translate) -> str:
    """BSNR or LANR, which people type in groups; empty where there is none."""
    number = form.value(name).replace(" ", "")
    if number and not _NINE_DIGITS.fullmatch(number):
        form.errors.setdefault(
            name, translate("This number has nine digits. You can also leave it empty.")
        )
    return number

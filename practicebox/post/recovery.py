"""The recovery sheet ("Übersicht"): what a practice puts into its safe after set-up.

Knows what the sheet says. Knows nothing of keys, and never sees the login password: the
sheet has a line to write it on by hand. Nothing here keeps the master words.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date

from practicebox.post import paper

Translate = Callable[[str], str]


@dataclass(frozen=True, repr=False)  # no log may show the master words
class RecoverySheet:
    """Everything the sheet says."""

    practice_name: str
    short_name: str  # of the organisation
    user_short_name: str
    user_name: str
    device_name: str
    staff_address: str  # "https://praxis-muster.local:8443"
    master_words: tuple[str, ...] | None  # None: a master password of one's own, written by hand
    printed: datetime.date


def pdf(sheet: RecoverySheet, translate: Translate, locale: str) -> bytes:
    """The sheet on one page."""
    language = Locale.parse(locale.replace("-", "_"))
    return paper.pdf(
        "recovery.typ",
        {
            "title": translate("Your access at a glance"),
            "author": sheet.practice_name,
            "lang": language.language,
            "region": language.territory,
            "printed": [sheet.printed.year, sheet.printed.month, sheet.printed.day],
            "practice": sheet.practice_name,
            "as_of": translate("As of {date}").format(
                date=format_date(sheet.printed, "long", language)
            ),
            **_warning(translate),
            **_login(sheet, translate),
            **_master(sheet, translate),
            **_keeping(translate),
        },
    )


def _warning(translate: Translate) -> paper.Inputs:
    return {
        "introduction": translate(
            "This sheet belongs in the safe. It brings you back to your data "
            "if a password is forgotten or a device is lost."
        ),
        "warning_title": translate("Important"),
        "warning": translate(
            "We can NOT restore your login details. If you lose or forget them, "
            "you can no longer reach your stored data."
        ),
    }


def _login(sheet: RecoverySheet, translate: Translate) -> paper.Inputs:
    return {
        "login_title": translate("For logging in"),
        "columns": [translate("What"), translate("Your entry"), translate("What it is for")],
        "rows": [
            {
                "label": translate("Address of the box"),
                "typed": paper.pieces(sheet.staff_address),
                "purpose": translate("Type it into the browser, inside the practice."),
            },
            {
                "label": translate("Organisation"),
                "typed": paper.pieces(sheet.short_name),
                "purpose": translate("First field of every login. It can’t be changed."),
            },
            {
                "label": translate("User"),
                "typed": paper.pieces(sheet.user_short_name),
                "purpose": translate("Second field: short name of {name}.").format(
                    name=sheet.user_name
                ),
            },
            {
                "label": translate("Login password"),
                "purpose": translate("Third field. It is never printed, only written by hand."),
            },
            {
                "label": translate("Workstation"),
                "named": sheet.device_name,
                "purpose": translate("The first device that is allowed to log in."),
            },
        ],
    }


def _master(sheet: RecoverySheet, translate: Translate) -> paper.Inputs:
    if sheet.master_words is None:
        how = translate("Write your master password here by hand, clearly, letter by letter:")
    else:
        how = translate("Type the words in this order, with a blank between them:")
    return {
        "master_title": translate("Master password"),
        "master_purpose": translate(
            "With this password you can restore the access later, "
            "if you lose all your login details. It works on any device."
        ),
        "master_how": how,
        "words": sheet.master_words or [],
    }


def _keeping(translate: Translate) -> paper.Inputs:
    return {
        "keeping_title": translate("Where to keep this sheet"),
        "keeping": [
            translate("Lock it away: in a safe or a locked cabinet, not next to the box."),
            translate("Do not photograph, scan or send it. Whoever has it can read everything."),
            translate(
                "Tell the person who stands in for you where it is. "
                "After a new master password, print a new sheet and shred this one."
            ),
        ],
    }

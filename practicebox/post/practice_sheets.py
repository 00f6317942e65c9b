"""Two sheets with the practice's own data: the notice for the waiting room (Anlage 31c BMV-Ä), and
what an application to the Kassenärztliche Vereinigung asks for.

Knows what they say. Names nobody but the practice and its main user. Work for a thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date

from practicebox.post import paper
from practicebox.post.letter import Sender

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Applicant:
    """Who applies: the practice and its main user, as far as they are known."""

    sender: Sender
    kind: str
    specialty: str
    bsnr: str
    contact: str
    lanr: str


def notice(sender: Sender, printed: datetime.date, translate: Translate, locale: str) -> bytes:
    """The notice: that there are video consultations, for whom, and how to get one."""
    return paper.pdf(
        "notice.typ",
        {
            **_frame(translate("Video consultations in our practice"), sender, printed, locale),
            "place": " · ".join(filter(None, (sender.street, sender.town))),
            "offer": translate("You can also see us from home: by video."),
            "points": [
                translate("Ask at the reception or call us. You need no account and no app."),
                translate(
                    "The offer is for all patients alike, however they are insured, wherever it "
                    "makes sense medically."
                ),
                translate(
                    "If video is not enough, you get an appointment here, or a referral or "
                    "prescription on the same day."
                ),
                translate("Picture and sound are encrypted and are not recorded."),
            ],
            "call_us": translate("Appointments by telephone:"),
            "phone": sender.phone,
            "emergency": translate("Not for emergencies. In an emergency, call 112."),
            "foot": translate("Notice according to Annex 31c BMV-Ä, as of {date}").format(
                date=format_date(printed, "long", Locale.parse(locale.replace("-", "_")))
            ),
        },
    )


def application(
    applicant: Applicant, printed: datetime.date, translate: Translate, locale: str
) -> bytes:
    """The sheet for the KV: known data filled in, lines for what only the practice knows."""
    title = translate("Data for the application to the Kassenärztliche Vereinigung")
    return paper.pdf(
        "application.typ",
        {
            **_frame(title, applicant.sender, printed, locale),
            "introduction": translate(
                "Most KVs have a form of their own for video consultations. This sheet has what "
                "they ask for, to be copied or enclosed."
            ),
            "groups": [
                {"title": heading, "rows": [list(row) for row in rows]}
                for heading, rows in _groups(applicant, translate)
            ],
            "remark": translate(
                "PracticeBox is run by the practice itself and has no certificate of its own. The "
                "KV asks for certificates according to Annex 31b BMV-Ä; enter them here once you "
                "have them."
            ),
            "sign": [translate("Place and date"), translate("Signature and stamp")],
        },
    )


def _groups(
    applicant: Applicant, translate: Translate
) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Heading and rows of label and value; an empty value becomes a line to write on."""
    sender = applicant.sender
    practice = (
        (translate("Practice"), sender.name),
        (translate("Kind of practice"), applicant.kind),
        (translate("Field of practice"), applicant.specialty),
        ("BSNR", applicant.bsnr),
        (translate("Street and number"), sender.street),
        (translate("Postcode and town"), sender.town),
        (translate("Telephone number"), sender.phone),
        (translate("Email address"), sender.email),
    )
    person = ((translate("Name in full"), applicant.contact), ("LANR", applicant.lanr))
    service = (
        (translate("Responsible KV"), ""),
        (translate("Service used"), translate("PracticeBox, run in the practice")),
        (translate("Certificate for data protection (body, number, valid until)"), ""),
        (translate("Certificate for IT security (body, number, valid until)"), ""),
        (translate("Video consultations from"), ""),
    )
    return [
        (translate("The practice"), practice),
        (translate("Doctor or therapist in charge"), person),
        (translate("The video consultation"), service),
    ]


def _frame(title: str, sender: Sender, printed: datetime.date, locale: str) -> dict[str, object]:
    language = Locale.parse(locale.replace("-", "_"))
    return {
        "title": title,
        "author": sender.name,
        "lang": language.language,
        "region": language.territory,
        "printed": [printed.year, printed.month, printed.day],
        "practice": sender.name,
    }

"""The notice for the waiting room and the KV's sheet: what they say, on one tagged page each."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from practicebox.post.practice_sheets import Applicant, application, notice
from tests.post.samples import PRACTICE, WORST, english, german, pages

DAY = date(2027, 1, 18)
APPLICANT = Applicant(
    sender=PRACTICE,
    kind="Arztpraxis",
    specialty="Allgemeinmedizin",
    bsnr="123456789",
    contact="Dr. med. Anna Muster",
    lanr="987654321",
)


@pytest.mark.parametrize("sender", [PRACTICE, WORST.sender], ids=["ordinary", "worst"])
def test_the_notice_says_that_there_is_video_for_all_and_how(
    sender: object,
) -> None:
    (text,) = pages(notice(sender, DAY, german, "de"))  # type: ignore[arg-type]  # both are senders
    for words in (
        "Videosprechstunde in unserer Praxis",
        "gleich wie sie versichert sind",
        "Überweisung oder Verordnung",
        "Im Notfall rufen Sie die 112.",
        "Anlage 31c BMV-Ä, Stand 18. Januar 2027",
    ):
        assert words in text


def test_the_sheet_has_what_is_known_and_room_for_the_rest() -> None:
    (text,) = pages(application(APPLICANT, DAY, german, "de"))
    for words in ("123456789", "987654321", "Hauptstraße 12", "Dr. med. Anna Muster"):
        assert words in text
    assert "hat kein eigenes Zertifikat" in text and "Unterschrift" in text
    unknown = dataclasses.replace(APPLICANT, bsnr="", lanr="", specialty="")
    (text,) = pages(application(unknown, DAY, german, "de"))
    assert "BSNR" in text and "123456789" not in text


def test_both_are_there_in_english_too() -> None:
    (text,) = pages(notice(PRACTICE, DAY, english, "en"))
    assert "Video consultations in our practice" in text
    (text,) = pages(application(APPLICANT, DAY, english, "en"))
    assert "Data for the application" in text


def test_names_are_never_more_than_text() -> None:
    odd = dataclasses.replace(PRACTICE, name='#panic("x") *b* $x$')
    (text,) = pages(notice(odd, DAY, german, "de"))
    assert '#panic("x") *b* $x$' in text

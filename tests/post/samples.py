"""Letters and sheets to test with, and the ways to look at what came out."""

from __future__ import annotations

import ctypes
import functools
import gettext
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2  # type: ignore[import-untyped]  # comes without types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # likewise
import zxingcpp
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PIL import Image

from practicebox.post.letter import Letter, Sender
from practicebox.post.recovery import RecoverySheet

MM = 72 / 25.4  # points
DPI = 254  # ten pixels a mm
BERLIN = ZoneInfo("Europe/Berlin")
CATALOGUE = Path(__file__).parents[2] / "practicebox" / "locale" / "de" / "post.po"
WARNING = (  # FEATURES R5
    "Wir können Ihre Zugangsdaten NICHT wiederherstellen – wenn Sie Ihre Zugangsdaten verlieren "
    "oder vergessen, können Sie nicht mehr auf Ihre gespeicherten Daten zugreifen."
)
_SECRET = "k7Qm2xTf9Rb.Wz4e83hdLq0NWz4e83hdLq"

PRACTICE = Sender(
    name="Praxis Dr. med. Anna Muster",
    street="Hauptstraße 12",
    town="12345 Musterhausen",
    phone="030 123 45 67",
    email="praxis@muster.example",
)
LETTER = Letter(
    sender=PRACTICE,
    recipient=("Erika Mustermann", "Lindenweg 7 b", "12345 Musterhausen"),
    patient="Erika Mustermann",
    clinician="Dr. med. Anna Muster",
    starts=datetime(2027, 1, 19, 15, 30, tzinfo=BERLIN),
    minutes=30,
    host="video.praxis-muster.example",
    link=f"https://video.praxis-muster.example/v#1.{_SECRET}",
    code="1d7-d64-d96",
    test_call=None,
    printed=date(2027, 1, 11),
)
LONG_HOST = "video.gemeinschaftspraxis-fuer-physiotherapie.musterstadt.de"  # 60 characters
LONG_NAME = "Maximiliane-Theodora Freifrau von Müller-Lüdenscheidt-Krejčová"
WORST = Letter(
    sender=Sender(
        name="Gemeinschaftspraxis für Physiotherapie, Logopädie und Ergotherapie "
        "Müller-Lüdenscheidt & Partner",
        street="Konrad-Adenauer-Ufer 1234 a–d, Hinterhaus",
        town="12345 Schwarzenbach an der Sächsischen Saale",
        phone="+49 9284 123456-7890",
        email="videosprechstunde@gemeinschaftspraxis-mueller-luedenscheidt.example",
    ),
    recipient=(
        "Gesetzliche Vertretung von",
        LONG_NAME,
        "Wohngemeinschaft am Schlossgarten, Haus III, Apartment 128",
        "Konrad-Adenauer-Ufer 1234 a–d",
        "12345 Schwarzenbach an der Sächsischen Saale",
        "DEUTSCHLAND",
    ),
    patient=f"{LONG_NAME} Bañuelos",
    clinician="Univ.-Prof. Dr. med. Dr. phil. Karl-Friedrich Freiherr von und zu "
    "Müller-Lüdenscheidt",
    starts=datetime(2027, 9, 30, 15, 30, tzinfo=BERLIN),
    minutes=120,
    host=LONG_HOST,
    link=f"https://{LONG_HOST}/v#1.{_SECRET}",
    code="1d7-d64-d96",
    test_call=date(2027, 9, 29),
    printed=date(2027, 9, 22),
)
SHEET = RecoverySheet(
    practice_name=PRACTICE.name,
    short_name="praxis-muster",
    user_short_name="anna",
    user_name="Dr. med. Anna Muster",
    device_name="Laptop Anna",
    staff_address="https://praxis-muster.local:8443",
    master_words=("anker", "birke", "wolkenbruch", "delle", "ernte", "füller"),
    printed=date(2027, 1, 11),
)


def english(message: str) -> str:
    """The msgid is the English sentence."""
    return message


def catalogue(file: Path = CATALOGUE) -> Catalog:
    return read_po(io.BytesIO(file.read_bytes()), locale="de")


def german(message: str) -> str:
    """What stands in `post.po`; a missing message fails the test."""
    translated = _translations().gettext(message)
    assert translated != message, f"no German for {message!r}"
    return translated


def pages(pdf: bytes) -> list[str]:
    """The text of each page, blanks and line ends made single blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    # U+FFFE is how pdfium marks a hyphen at the end of a line
    return [" ".join(text.replace("\ufffe", "-").split()) for text in texts]


def picture(pdf: bytes, dpi: float = 150, page: int = 0) -> Image.Image:
    """One page in grey."""
    with pypdfium2.PdfDocument(pdf) as document:
        image: Image.Image = document[page].render(scale=dpi / 72).to_pil()
        return image.convert("L")


def decoded(image: Image.Image) -> list[str]:
    """What an independent decoder reads from the QR codes in a picture."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def outline(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [entry.get_title() for entry in document.get_toc()]


def fonts(pdf: bytes) -> set[str]:
    """The families with which the text of the first page is set."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        return {_font(text.raw, index) for index in range(text.count_chars())} - {""}


def boxes(pdf: bytes, wanted: str) -> Iterator[tuple[float, float, float, float]]:
    """Each place of `wanted` on the first page in mm: left, top, right, bottom."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        text = page.get_textpage()
        search = text.search(wanted, match_case=True)
        while found := search.get_next():
            chars = [text.get_charbox(found[0] + n) for n in range(found[1])]
            left, bottom, right, top = zip(*chars, strict=True)
            height = page.get_height()
            yield (
                min(left) / MM,
                (height - max(top)) / MM,
                max(right) / MM,
                (height - min(bottom)) / MM,
            )


def alt_texts(pdf: bytes) -> list[str]:
    """The alternative texts in the structure tree of the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]  # kept: the tree dies with it
        tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
        count = pdfium.FPDF_StructTree_CountChildren(tree)
        roots = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(count)]
        found = [text for root in roots for text in _alt_texts(root)]
        pdfium.FPDF_StructTree_Close(tree)
    return found


@functools.cache
def _translations() -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _alt_texts(element: object) -> Iterator[str]:
    length = pdfium.FPDF_StructElement_GetAltText(element, None, 0)
    if length:
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_StructElement_GetAltText(element, buffer, length)
        yield buffer.raw.decode("utf-16-le").rstrip("\0")
    for n in range(max(0, pdfium.FPDF_StructElement_CountChildren(element))):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, n)
        if child:
            yield from _alt_texts(child)


def _font(text: object, index: int) -> str:
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(text, index, None, 0, flags)
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFText_GetFontInfo(text, index, buffer, length, flags)
    name = buffer.value.decode()
    return name.partition("+")[2] or name

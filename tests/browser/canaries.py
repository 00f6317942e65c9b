"""Canaries: strings planted wherever somebody can type, and every disguise they could lie in.

A text can be stored as it is, in another case, taken apart into letters and accents, in UTF-16, as
hex, Base64, URL-encoded, escaped for JSON or HTML, or packed. `seen` knows all of these.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from urllib.parse import quote, quote_plus

from tests.browser.steps import Colleague, Patient, Practice

PRACTICE = Practice(
    first_name="Kanarinus",
    last_name="Zeisigmann",
    user="KanariZ",
    password="Stieglitz im Gebüsch 9",
    device="Laptop Rotkehlchen",
)
NEW_PASSWORD = "Buntspecht an der Esche 11"
PATIENTS = [
    Patient(
        name=f"{first} {last}",
        born=born,
        phone=phone,
        email=f"{last.lower()}@vogel.example",
        address=f"{street}\n{town}",
        reason=reason,
    )
    for first, last, born, phone, street, town, reason in [
        ("Amselina", "Krejčovská", date(1931, 7, 23), "0151 7788991", "Finkenschlag 17",
         "23117 Meisenheim", "Schwindel beim Aufstehen"),
        ("Drosselbert", "Bañuelosz", date(1947, 2, 14), "0160 4455667", "Spatzenstieg 3",
         "23118 Sperlingsdorf", "Befund der Schilddrüse"),
        ("Elsternhild", "Mauersegl", date(1962, 9, 30), "0170 1122334", "Zaunkönigweg 8",
         "23119 Lerchenau", "Nachsorge Bandscheibe"),
        ("Falkwart", "Uhuwaldt", date(1988, 12, 1), "0176 9988776", "Kranichufer 21",
         "23120 Reiherstedt", "Panikattacken im Fahrstuhl"),
    ]
]  # fmt: skip
CHANGED = Patient(  # who the first of them turns out to be
    name="Amselina Gimpelström",
    born=date(1932, 8, 24),
    phone="0152 6677889",
    email="gimpelstroem@vogel.example",
    address="Pirolgasse 4\n23121 Wachtelbrück",
    reason="Ohrgeräusche seit Ostern",
)
COLLEAGUE = Colleague(
    first_name="Rabenhilde",
    last_name="Dohlenwald",
    user="RabenD",
    password="Elster auf dem Dachfirst 4",
    device="Tablet Goldammer",
)
NEW_NAME = "Eulenbergström"  # what the colleague is called later
TYPED_NAME = "Pirolina am Fenster"  # what the patient types; the practice planned another name
CHAT = ["Der Wiedehopf ruft dreimal", "Die Nachtigall antwortet leise"]
FILE_NAME = "Kolibri-Befund.bin"
FILE_MARK = b"Eisvogel-im-Sturzflug-" * 40
# Typed where nothing fits: a search, a code, a mark, a login, a name for the stolen copy.
MISTYPED = ["Sumpfmeise im Suchfeld", "Zilpzalp statt Code", "Trauerschnäpper als Kennzeichen"]
STRANGER = Colleague(user="Kuckuck", password="Kuckuck im fremden Nest 5", device="Kuckucksnest")

LONGEST_UNPACKED = 4 << 20  # bytes
PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")  # zlib (RFC 1950), gzip (RFC 1952)
FEWEST_LETTERS = 6  # of an encoded text; fewer are found in any noise


def planted() -> list[str]:
    """Every planted string that may be nowhere; birth dates as written and as stored."""
    found = [
        NEW_NAME,
        TYPED_NAME,
        FILE_NAME,
        FILE_MARK[:22].decode(),
        *CHAT,
        *MISTYPED,
        NEW_PASSWORD,
    ]
    found += [PRACTICE.first_name, PRACTICE.last_name, PRACTICE.user, PRACTICE.password]
    found += [PRACTICE.device, COLLEAGUE.first_name, COLLEAGUE.last_name, COLLEAGUE.user]
    found += [COLLEAGUE.password, COLLEAGUE.device, STRANGER.password, STRANGER.device]
    for patient in [*PATIENTS, CHANGED]:
        found += [*patient.name.split(), patient.phone, patient.email, patient.reason]
        found += patient.address.split("\n")
        if patient.born:
            found += [patient.born.isoformat(), patient.born.strftime("%d.%m.%Y")]
    return sorted({*found})


def seen(texts: Iterable[str], content: bytes) -> list[str]:
    """Which of the texts can be read in these bytes, in whatever disguise."""
    views = [content, *unpacked(content)]
    return [
        text
        for text in texts
        if any(disguise in view for disguise in disguises(text) for view in views)
    ]


@cache
def disguises(text: str) -> frozenset[bytes]:
    """What could lie somewhere instead of this text, whole."""
    found: set[bytes] = set()
    for case in {text, text.lower(), text.upper(), text.casefold()}:
        for form in {unicodedata.normalize(kind, case) for kind in ("NFC", "NFD")}:
            found.update(_encoded(form))
    return frozenset(found)


def unpacked(content: bytes) -> Iterator[bytes]:
    """What comes out wherever something packed may begin."""
    for match in PACKED.finditer(content):
        start = match.start()
        unpack = zlib.decompressobj(wbits=47)  # 32 + 15: zlib or gzip, as the head says
        try:
            yield unpack.decompress(content[start : start + LONGEST_UNPACKED], LONGEST_UNPACKED)
        except zlib.error:
            continue


def _encoded(text: str) -> Iterator[bytes]:
    plain = text.encode()
    yield from (plain, text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield from (quote(text, "").encode(), quote_plus(text).encode())
    yield json.dumps(text)[1:-1].encode()
    yield from (html.escape(text).encode(), text.encode("ascii", "xmlcharrefreplace"))
    yield text.encode("ascii", "backslashreplace")  # as `repr` shows bytes and text
    for narrow in ("latin-1", "cp1252"):
        if text.encode(narrow, "ignore").decode(narrow) == text:
            yield text.encode(narrow)
    yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[bytes]:
    """The letters that stand for `plain` wherever in a longer text it begins (RFC 4648)."""
    for before in range(3):
        padded = bytes(before) + plain
        whole = len(padded) // 3 * 3
        letters = base64.b64encode(padded[:whole])[4 if before else 0 :]
        if len(letters) >= FEWEST_LETTERS:
            yield from (letters, letters.translate(bytes.maketrans(b"+/", b"-_")))

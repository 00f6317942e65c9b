"""The search for canaries finds each disguise: otherwise finding nothing would mean nothing."""

from __future__ import annotations

import base64
import gzip
import json
import os
import unicodedata
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.browser.canaries import PATIENTS, planted, seen, unpacked

NAME = PATIENTS[0].name.split()[1]  # with letters that every encoding writes differently
WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in small letters": lambda text: text.casefold().encode(),
    "in capitals": lambda text: text.upper().encode(),
    "letters and accents apart": lambda text: unicodedata.normalize("NFD", text).encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 of others": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "address": lambda text: quote(text).encode(),
    "json": lambda text: json.dumps(text).encode(),
    "html": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "repr": lambda text: ascii(text).encode(),
    "zlib": lambda text: zlib.compress(b"<p>" + text.encode() * 3),
    "gzip": lambda text: gzip.compress(text.encode("utf-16-le")),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_disguise_is_seen(way: str) -> None:
    content = os.urandom(5000) + WAYS[way](NAME) + os.urandom(5000)
    assert seen([NAME, "Wasserralle"], content) == [NAME]


@pytest.mark.parametrize("before", range(4))
def test_base64_is_seen_wherever_in_a_text_it_begins(before: int) -> None:
    text = "x" * before + NAME + ", geboren"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert seen([NAME], b"{" + encode(text.encode()) + b"}") == [NAME]


def test_noise_is_no_canary() -> None:
    assert seen(planted(), os.urandom(1 << 18)) == []


def test_what_only_looks_packed_is_passed_over() -> None:
    noise = b"\x78\x9c\xff\xff\xff" + NAME.encode()  # a block of a kind that there is not
    assert [*unpacked(noise)] == [] and seen([NAME], noise) == [NAME]


def test_every_canary_is_distinct_enough() -> None:
    assert all(len(text) >= 5 for text in planted())
    assert not [text for text in planted() if text.lower() in "practicebox musterhausen winkler"]

"""How a token is written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.programs import LENGTH, SCOPES, NotAToken, in_order, read, write

SECRETS = st.binary(min_size=32, max_size=32)


@given(SECRETS)
def test_a_token_reads_as_it_was_written(secret: bytes) -> None:
    token = write(secret)
    assert len(token) == LENGTH and token.startswith("pbx_") and token == token.lower()
    assert read(token) == secret


@given(SECRETS, st.integers(4, LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_wrong_letter_is_noticed(secret: bytes, place: int, letter: str) -> None:
    token = write(secret)
    slip = token[:place] + letter + token[place + 1 :]
    if slip != token:
        with pytest.raises(NotAToken):
            read(slip)


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    for one in (text, f"pbx_{text}", f"pbx_{text[:56]:a<56}"):
        with pytest.raises(NotAToken):
            read(one)


def test_scopes_have_one_order_and_no_unknown_ones() -> None:
    assert in_order(["events:read", "root", "patients:read", "events:read"]) == (
        "patients:read",
        "events:read",
    )
    assert in_order(SCOPES) == SCOPES

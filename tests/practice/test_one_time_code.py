"""One-time codes: how they look, and how people mistype them."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.one_time_code import ALPHABET, NotACode, new_code, read


def test_a_code_is_sixteen_characters_in_four_groups() -> None:
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", str(new_code(os.urandom)))


def test_every_bit_of_the_randomness_counts() -> None:
    def with_bit(bit: int) -> str:
        return str(new_code(lambda n: (1 << bit).to_bytes(n)))

    assert len({with_bit(bit) for bit in range(80)}) == 80


def test_the_secret_is_in_no_repr() -> None:
    code = new_code(os.urandom)
    assert code.secret not in repr(code)


@given(st.binary(min_size=10, max_size=10), st.sampled_from(["-", " ", "", " – ", "."]))
def test_a_code_is_read_however_it_is_typed(random: bytes, between: str) -> None:
    code = new_code(lambda n: random)
    typed = str(code).lower().replace("-", between)
    assert read(typed) == code
    assert read(f" {typed.replace('0', 'o').replace('1', 'l')}\n") == code


@given(st.text(max_size=100))
def test_anything_else_raises_nothing_but_its_condition(text: str) -> None:
    try:
        code = read(text)
    except NotACode:
        return
    assert read(str(code)) == code


@pytest.mark.parametrize(
    "text", ["", "K7QM", "K7QM-3FXN-0C9D-W2T", "U" * 16, "A" * 17, "A" * 10_000]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(NotACode):
        read(text)

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.codes import CodePair, NotACode, new_pair, read


def test_a_pair_shares_its_last_group_and_nothing_else() -> None:
    pair = new_pair(lambda n: bytes.fromhex("c3fe041d7d64d960"))
    assert pair == CodePair(doctor="c3f-e04-d96", patient="1d7-d64-d96")


def test_doctor_and_patient_never_get_the_same_code() -> None:
    answers = [bytes.fromhex("aaaaaaaaaaaad960"), bytes.fromhex("aaaaaabbbbbbd960")]
    pair = new_pair(lambda n: answers.pop(0))
    assert pair.doctor != pair.patient


def test_pairs_look_as_patients_know_them() -> None:
    for _ in range(200):
        pair = new_pair(os.urandom)
        assert re.fullmatch(r"([0-9a-f]{3}-){2}[0-9a-f]{3}", pair.patient)
        assert pair.patient[-3:] == pair.doctor[-3:]


@pytest.mark.parametrize(
    "typed",
    [
        "1d7-d64-d96",
        "1D7 D64 D96",
        "1d7d64d96",
        "  ld7–d64–d96 ",
        "Id7.d64.d96",
        "1d7\u00a0d64\u2011d96",
        "1d7/d64/d96\n",
    ],
)
def test_a_code_is_read_in_any_spelling(typed: str) -> None:
    assert read(typed) == "1d7-d64-d96"


def test_the_letter_o_is_a_zero() -> None:
    assert read("c3f-eO4-d96") == "c3f-e04-d96"


@pytest.mark.parametrize("typed", ["", "1d7-d64", "1d7-d64-d967", "xyz-d64-d96", "1" * 5000])
def test_anything_else_is_not_a_code(typed: str) -> None:
    with pytest.raises(NotACode):
        read(typed)


@given(st.text(max_size=60))
def test_reading_raises_nothing_but_not_a_code(text: str) -> None:
    try:
        code = read(text)
    except NotACode:
        return
    assert read(code) == code

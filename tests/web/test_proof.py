"""The puzzle: solved once, within its time, by work alone."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import link
from practicebox.web.patient import proof
from practicebox.web.patient.proof import BITS, KEPT, LIFETIME, PARTS, BadProof, Puzzles
from tests.web.guessing import solve

KEY = bytes(range(32))


def test_a_solution_is_taken_once() -> None:
    puzzles = Puzzles(KEY)
    puzzle = puzzles.new(0.0)
    answers = solve(puzzle)
    puzzles.take(puzzle, answers, 1.0)
    with pytest.raises(BadProof):
        puzzles.take(puzzle, answers, 2.0)


def test_a_solution_is_taken_only_in_its_time() -> None:
    puzzles = Puzzles(KEY)
    puzzle = puzzles.new(0.0)
    answers = solve(puzzle)
    with pytest.raises(BadProof):
        puzzles.take(puzzle, answers, LIFETIME)
    puzzles.take(puzzle, answers, LIFETIME - 1)


def test_a_puzzle_of_somebody_else_is_worth_nothing() -> None:
    puzzle = Puzzles(bytes(32)).new(0.0)
    with pytest.raises(BadProof):
        Puzzles(KEY).take(puzzle, solve(puzzle), 1.0)


def test_a_puzzle_whose_use_can_not_be_known_any_more_is_refused() -> None:
    puzzles = Puzzles(KEY)
    puzzle = puzzles.new(0.0)
    answers = solve(puzzle)
    puzzles._next += KEPT
    with pytest.raises(BadProof):
        puzzles.take(puzzle, answers, 1.0)


@pytest.mark.parametrize("wrong", [[], ["0"] * PARTS, [-1] * PARTS, [2**32] * PARTS, [None]])
def test_nothing_but_sixteen_numbers_is_an_answer(wrong: list[object]) -> None:
    puzzles = Puzzles(KEY)
    with pytest.raises(BadProof):
        puzzles.take(puzzles.new(0.0), wrong, 1.0)


def test_every_part_needs_its_own_work() -> None:
    puzzles = Puzzles(KEY)
    puzzle = puzzles.new(0.0)
    answers = solve(puzzle)
    for part in range(PARTS):
        other = [*answers]
        other[part] = (answers[part] + 1) % 2**32
        if proof.is_right(link.decode(puzzle), part, other[part]):
            continue  # one time in 16,384
        with pytest.raises(BadProof):
            puzzles.take(puzzle, other, 1.0)
    puzzles.take(puzzle, answers, 1.0)


@given(st.text(max_size=80))
def test_any_text_is_refused_the_same_way(text: str) -> None:
    with pytest.raises(BadProof):
        Puzzles(KEY).take(text, [0] * PARTS, 1.0)


def test_the_box_checks_what_the_docstring_says() -> None:
    puzzle = link.decode(Puzzles(KEY).new(0.0))
    assert len(puzzle) == 32
    found = next(
        n
        for n in range(1 << 20)
        if int.from_bytes(
            hashlib.sha256(puzzle + (3).to_bytes(4, "big") + n.to_bytes(4, "big")).digest()
        )
        >> (256 - BITS)
        == 0
    )
    assert proof.is_right(puzzle, 3, found)

import re
import secrets
from collections import Counter
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.words import ENTROPY_BITS, propose, read, word_list

WORDS = word_list()
ENDINGS = ("e", "n", "s", "r", "en", "er", "es", "se", "in", "nen")


def neighbours(word: str) -> set[str]:
    """Every word that one letter replaced, left out or added makes of `word`."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    left_out = {head + tail[1:] for head, tail in cuts if tail}
    replaced = {
        head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase
    }
    added = {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    return (left_out | replaced | added) - {word}


def test_there_are_2048_different_words() -> None:
    assert len(WORDS) == len(set(WORDS)) == 2048


def test_the_list_is_sorted() -> None:
    assert list(WORDS) == sorted(WORDS)


def test_every_word_has_3_to_8_plain_letters() -> None:
    assert [word for word in WORDS if not re.fullmatch(r"[a-z]{3,8}", word)] == []


def test_any_two_words_differ_in_at_least_two_letters() -> None:
    """Edit distance 2: one slip of the pen never makes another word of the list."""
    known = set(WORDS)
    assert [(word, other) for word in WORDS for other in neighbours(word) & known] == []


def test_neighbours_are_found() -> None:
    assert {"maus", "hau", "haust", "aus", "hauss", "laus"} <= neighbours("haus")
    assert "haus" not in neighbours("haus")


def test_no_word_is_another_one_with_an_ending() -> None:
    known = set(WORDS)
    assert [word + end for word in WORDS for end in ENDINGS if word + end in known] == []


def test_no_word_was_written_with_a_sharp_s_by_people_who_learned_it_so() -> None:
    """Before 1996: "Nuß", "Fluß", "mußt": the letters ss at the end or before a consonant."""
    assert [word for word in WORDS if re.search(r"ss($|[^aeiou])", word)] == []


def test_six_words_are_worth_66_bits() -> None:
    assert ENTROPY_BITS == 66
    assert len(propose(secrets.randbelow)) == 6


def test_each_word_is_drawn_from_the_whole_list() -> None:
    asked: list[int] = []

    def random_below(limit: int) -> int:
        asked.append(limit)
        return [0, 2047, 1000, 1000][len(asked) - 1]

    assert propose(random_below, count=4) == (WORDS[0], WORDS[-1], WORDS[1000], WORDS[1000])
    assert asked == [2048] * 4


def test_every_word_can_be_proposed() -> None:
    numbers = iter(range(2048))
    drawn = Counter(propose(lambda limit: next(numbers), count=2048))
    assert drawn == Counter(WORDS)


def test_two_proposals_differ() -> None:
    assert propose(secrets.randbelow) != propose(secrets.randbelow)


@pytest.mark.parametrize(
    "typed",
    [
        "brosche garten igel",
        "  Brosche  GARTEN igel ",
        "brosche-garten-igel",
        "Brosche\u2013Garten\u2014Igel",
        "brosche, garten;\nigel.",
        "brosche\u00a0garten\tigel",
    ],
)
def test_case_blanks_and_dashes_do_not_matter(typed: str) -> None:
    assert read(typed) == ("brosche", "garten", "igel")


def test_umlauts_are_written_out() -> None:
    assert read("Käse Größe") == ("kaese", "groesse")


def test_nothing_typed_is_no_word() -> None:
    assert read(" - \n") == ()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sampled_from([" ", "-", ", "]))
def test_what_was_proposed_reads_back(proposed: list[str], separator: str) -> None:
    assert read(separator.join(proposed).title()) == tuple(proposed)


@given(st.text(max_size=200))
def test_anything_can_be_read(text: str) -> None:
    assert all(word.isalnum() for word in read(text))

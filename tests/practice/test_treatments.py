"""The list of treatments: read strictly, written back the same, and held to its dates."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as some

from practicebox.practice.treatments import (
    PAYERS,
    NotTreatments,
    Treatment,
    dump,
    is_paid,
    load,
    offered,
)

DAY = date(2027, 1, 18)
TREATMENTS = some.builds(
    Treatment,
    name=some.text(min_size=1, max_size=80).filter(lambda t: "\ud7ff" > max(t)),
    payers=some.frozensets(some.sampled_from(PAYERS)),
    since=some.dates(),
    until=some.none() | some.dates(),
    source=some.text(max_size=40).filter(lambda t: all(c < "\ud7ff" for c in t)),
)


def delivered() -> tuple[Treatment, ...]:
    return load(files("practicebox.practice").joinpath("treatments.toml").read_text("utf-8"))


def test_the_delivered_list_says_what_each_payer_pays() -> None:
    known = delivered()
    assert [one.name for one in offered(known, DAY)] == [
        "Krankengymnastik",
        "Manuelle Therapie",
        "KGG",
    ]
    assert is_paid(known, "Krankengymnastik", "gkv", DAY) is True
    assert is_paid(known, "KGG", "gkv", DAY) is False
    assert is_paid(known, "KGG", "pkv", DAY) is True
    assert is_paid(known, "KGG", "", DAY) is None
    assert is_paid(known, "Lymphdrainage", "gkv", DAY) is None
    assert all(one.source for one in known)


def test_an_entry_holds_from_its_first_to_its_last_day() -> None:
    one = Treatment("KG", frozenset({"gkv"}), DAY, DAY + timedelta(days=1))
    held = [offered([one], DAY + timedelta(days=n)) != [] for n in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]


@given(some.lists(TREATMENTS, max_size=4))
def test_what_is_written_is_read_again(known: list[Treatment]) -> None:
    assert list(load(dump(known))) == known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "treatment = 3",
        "[[treatment]]\nname = 'KG'",
        "[[treatment]]\nname = ''\npayers = []\nfrom = 2022-01-01",
        "[[treatment]]\nname = 'KG'\npayers = ['aok']\nfrom = 2022-01-01",
        "[[treatment]]\nname = 'KG'\npayers = ['gkv']\nfrom = '2022-01-01'",
        "[[treatment]]\nname = 'KG'\npayers = [3]\nfrom = 2022-01-01\nuntil = 3",
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(NotTreatments):
        load(text)


@given(some.text(max_size=200))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    try:
        load(text)
    except NotTreatments:
        pass

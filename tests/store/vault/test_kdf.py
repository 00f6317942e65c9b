"""Keys from keys and from passwords."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from practicebox.store.conditions import SealBroken
from practicebox.store.vault.kdf import LEAST, MIB, MOST, STRONG, Cost, derive, stretch

SALT = bytes(range(16))


def test_each_purpose_has_its_own_key() -> None:
    root = bytes(32)
    assert len({derive(root, "one"), derive(root, "two"), derive(bytes([1]) * 32, "one")}) == 3


def test_stretching_is_argon2id_with_one_lane() -> None:
    """OpenSSL's implementation is the oracle."""
    oracle = Argon2id(salt=SALT, length=32, iterations=2, lanes=1, memory_cost=64)
    assert stretch("Geheim 1", SALT, Cost(2, 64 * 1024)) == oracle.derive(b"Geheim 1")


def test_the_strong_costs_are_those_of_the_design() -> None:
    assert STRONG.user == Cost(3, 64 * MIB)
    assert STRONG.master == Cost(4, 256 * MIB)


@pytest.mark.parametrize(
    "cost",
    [
        Cost(MOST.operations + 1, LEAST.memory),
        Cost(LEAST.operations, MOST.memory + 1),
        Cost(1, 1 << 42),  # four terabytes
        Cost(0, LEAST.memory),
        Cost(1, LEAST.memory - 1),
        Cost(-1, -1),
    ],
)
def test_a_manipulated_cost_is_refused_before_anything_is_computed(cost: Cost) -> None:
    with pytest.raises(SealBroken):
        stretch("Geheim 1", SALT, cost)


def test_a_manipulated_salt_is_refused() -> None:
    with pytest.raises(SealBroken):
        stretch("Geheim 1", b"short", LEAST)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grüße", "Gru\u0308ße"),  # composed on Windows, decomposed on some Macs
        ("Tasse im Regal", "Tasse\u00a0im\u202fRegal"),  # no-break spaces of tablet keyboards
    ],
)
def test_two_keyboards_give_the_same_key(one: str, other: str) -> None:
    assert stretch(one, SALT, LEAST) == stretch(other, SALT, LEAST)


@pytest.mark.parametrize("other", ["geheim 1", "Geheim 1 ", "Geheim  1", "", "\ud800"])
def test_another_password_gives_another_key(other: str) -> None:
    assert stretch("Geheim 1", SALT, LEAST) != stretch(other, SALT, LEAST)

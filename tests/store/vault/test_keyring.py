"""What an unlocked vault seals and opens, and what it refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from practicebox.store.conditions import SealBroken
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import (
    Keyring,
    new_keyring,
    new_subject,
    open_keyring,
    open_page,
    open_record,
    open_subject,
    open_submission,
    renewed,
    seal_keyring,
    seal_page,
    seal_record,
    seal_submission,
)

BLOB = b'{"reason": "Kontrolle"}'


@pytest.fixture
def keyring() -> Keyring:
    return new_keyring(os.urandom)


def test_the_keyring_comes_back_with_its_vault_key(keyring: Keyring) -> None:
    ring = renewed(keyring, os.urandom)
    assert open_keyring(ring.vault_key, seal_keyring(ring, os.urandom)) == ring


def test_the_keyring_stays_shut_for_another_vault_key(keyring: Keyring) -> None:
    sealed = seal_keyring(keyring, os.urandom)
    with pytest.raises(SealBroken):
        open_keyring(os.urandom(32), sealed)


def test_no_key_shows_in_a_repr(keyring: Keyring) -> None:
    subject, _ = new_subject(keyring, "a1", os.urandom)
    shown = repr(keyring) + repr(subject)
    for secret in (keyring.vault_key, keyring.device_key, keyring.current.root, subject.key):
        assert repr(secret) not in shown


def test_a_record_comes_back(keyring: Keyring) -> None:
    subject, wrapped = new_subject(keyring, "a1", os.urandom)
    sealed = seal_record(subject, "appointments", "a1", BLOB, os.urandom)
    again = open_subject(keyring, "a1", 1, wrapped)
    assert open_record(again, "appointments", "a1", 1, sealed) == BLOB


@pytest.mark.parametrize(
    ("table", "row", "generation"),
    [("appointments", "a2", 1), ("users", "a1", 1), ("appointments", "a1", 2)],
)
def test_a_moved_record_is_refused(keyring: Keyring, table: str, row: str, generation: int) -> None:
    subject, _ = new_subject(keyring, "a1", os.urandom)
    sealed = seal_record(subject, "appointments", "a1", BLOB, os.urandom)
    with pytest.raises(SealBroken):
        open_record(subject, table, row, generation, sealed)


def test_the_record_of_another_subject_is_refused(keyring: Keyring) -> None:
    subject, _ = new_subject(keyring, "a1", os.urandom)
    other, _ = new_subject(keyring, "a1", os.urandom)
    sealed = seal_record(other, "appointments", "a1", BLOB, os.urandom)
    with pytest.raises(SealBroken):
        open_record(subject, "appointments", "a1", 1, sealed)


def test_a_subject_key_of_another_row_is_refused(keyring: Keyring) -> None:
    _, wrapped = new_subject(keyring, "a1", os.urandom)
    with pytest.raises(SealBroken):
        open_subject(keyring, "a2", 1, wrapped)


def test_a_subject_key_of_another_practice_is_refused(keyring: Keyring) -> None:
    _, wrapped = new_subject(new_keyring(os.urandom), "a1", os.urandom)
    with pytest.raises(SealBroken):
        open_subject(keyring, "a1", 1, wrapped)


def test_an_unknown_generation_is_refused(keyring: Keyring) -> None:
    _, wrapped = new_subject(keyring, "a1", os.urandom)
    with pytest.raises(SealBroken):
        open_subject(keyring, "a1", 7, wrapped)


def test_a_page_opens_only_at_its_place(keyring: Keyring) -> None:
    sealed = seal_page(keyring, "day_pages", "2026-03-02", BLOB, os.urandom)
    assert open_page(keyring, "day_pages", "2026-03-02", 1, sealed) == BLOB
    with pytest.raises(SealBroken):
        open_page(keyring, "day_pages", "2026-03-03", 1, sealed)


def test_a_submission_opens_only_at_its_place(keyring: Keyring) -> None:
    place = associated("submissions", "s1", 1)
    sealed = seal_submission(keyring.current.public_key, place, BLOB)
    assert open_submission(keyring.current, place, sealed) == BLOB
    with pytest.raises(SealBroken):
        open_submission(keyring.current, associated("submissions", "s2", 1), sealed)


@pytest.mark.parametrize(
    "spoil",
    [lambda s: s[:-1], lambda s: s[:20], lambda s: b"", lambda s: s[:-1] + bytes([s[-1] ^ 1])],
)
def test_a_damaged_submission_is_refused(keyring: Keyring, spoil: Callable[[bytes], bytes]) -> None:
    place = associated("submissions", "s1", 1)
    sealed = seal_submission(keyring.current.public_key, place, BLOB + b"\1")
    with pytest.raises(SealBroken):
        open_submission(keyring.current, place, spoil(sealed))


def test_a_submission_to_another_practice_is_refused(keyring: Keyring) -> None:
    place = associated("submissions", "s1", 1)
    sealed = seal_submission(new_keyring(os.urandom).current.public_key, place, BLOB)
    with pytest.raises(SealBroken):
        open_submission(keyring.current, place, sealed)


def test_a_new_generation_opens_old_rows_and_seals_new_ones(keyring: Keyring) -> None:
    subject, wrapped = new_subject(keyring, "a1", os.urandom)
    sealed = seal_record(subject, "appointments", "a1", BLOB, os.urandom)
    ring = renewed(keyring, os.urandom)
    assert open_record(open_subject(ring, "a1", 1, wrapped), "appointments", "a1", 1, sealed)
    later, _ = new_subject(ring, "a2", os.urandom)
    assert later.generation == 2


def test_whoever_left_opens_nothing_of_the_new_generation(keyring: Keyring) -> None:
    ring = renewed(keyring, os.urandom)
    _, wrapped = new_subject(ring, "a2", os.urandom)
    page = seal_page(ring, "day_pages", "2026-03-02", BLOB, os.urandom)
    forged = replace(
        keyring, generations=(*keyring.generations, replace(keyring.current, number=2))
    )
    with pytest.raises(SealBroken):
        open_keyring(keyring.vault_key, seal_keyring(ring, os.urandom))
    with pytest.raises(SealBroken):
        open_subject(forged, "a2", 2, wrapped)
    with pytest.raises(SealBroken):
        open_page(forged, "day_pages", "2026-03-02", 2, page)


def test_a_subject_may_be_wrapped_anew_without_touching_its_rows(keyring: Keyring) -> None:
    subject, _ = new_subject(keyring, "a1", os.urandom)
    sealed = seal_record(subject, "appointments", "a1", BLOB, os.urandom)
    assert open_record(replace(subject, generation=2), "appointments", "a1", 1, sealed) == BLOB

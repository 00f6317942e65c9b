"""Locked or unlocked."""

from __future__ import annotations

import os

import pytest

from practicebox.store.conditions import Locked, SealBroken
from practicebox.store.vault.keyring import new_keyring, seal_keyring
from practicebox.store.vault.vault import Vault


def test_a_new_vault_is_locked() -> None:
    vault = Vault()
    assert not vault.is_unlocked
    with pytest.raises(Locked):
        vault.keyring()


def test_an_unlocked_vault_has_the_keyring_until_it_is_locked() -> None:
    vault, ring = Vault(), new_keyring(os.urandom)
    vault.unlock(ring.vault_key, seal_keyring(ring, os.urandom), ring.current.public_key)
    assert vault.keyring() == ring
    vault.lock()
    with pytest.raises(Locked):
        vault.keyring()


def test_unlocking_twice_keeps_what_is_open() -> None:
    vault, ring = Vault(), new_keyring(os.urandom)
    sealed = seal_keyring(ring, os.urandom)
    first = vault.unlock(ring.vault_key, sealed, ring.current.public_key)
    assert vault.unlock(ring.vault_key, sealed, ring.current.public_key) is first


def test_a_foreign_public_key_keeps_the_vault_locked() -> None:
    """Otherwise patients would seal their submissions for an intruder."""
    vault, ring = Vault(), new_keyring(os.urandom)
    with pytest.raises(SealBroken):
        vault.unlock(ring.vault_key, seal_keyring(ring, os.urandom), b"f" * 32)
    assert not vault.is_unlocked

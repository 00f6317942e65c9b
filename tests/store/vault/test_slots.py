"""The ways into the vault, and what doesn't lead there."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import pytest

from practicebox.store.conditions import (
    SealBroken,
    WrongDevice,
    WrongMasterPassword,
    WrongPassword,
)
from practicebox.store.vault import slots
from practicebox.store.vault.keyring import Keyring, new_keyring, renewed
from practicebox.store.vault.slots import UserKey

SECRET = b"s" * 32  # of the approved device
PASSWORD_KEY = b"p" * 32  # what Argon2id makes of the password


@dataclass(frozen=True)
class Practice:
    """The rows of a practice with one user and one device, and the keys behind them."""

    keyring: Keyring
    user_key: UserKey
    user_slot: bytes
    device_slot: bytes

    def enter(self, password_key: bytes, secret: bytes) -> bytes:
        """The whole way in."""
        private_key = slots.open_user_key("anna", self.user_key, password_key)
        device_key = slots.open_device("laptop", secret, self.device_slot)
        return slots.open_grant("anna", private_key, device_key, self.user_slot)


@pytest.fixture
def practice() -> Practice:
    keyring = new_keyring(os.urandom)
    user_key = slots.new_user_key("anna", PASSWORD_KEY, os.urandom)
    return Practice(
        keyring,
        user_key,
        slots.grant(keyring, "anna", user_key.public_key, os.urandom),
        slots.admit(keyring, "laptop", slots.device_wrap(SECRET), os.urandom),
    )


def test_password_and_device_open_the_vault(practice: Practice) -> None:
    assert practice.enter(PASSWORD_KEY, SECRET) == practice.keyring.vault_key


def test_a_wrong_password_is_refused(practice: Practice) -> None:
    with pytest.raises(WrongPassword):
        practice.enter(b"q" * 32, SECRET)


def test_a_wrong_device_is_refused(practice: Practice) -> None:
    with pytest.raises(WrongDevice):
        practice.enter(PASSWORD_KEY, b"t" * 32)


def test_the_slot_of_another_device_is_refused(practice: Practice) -> None:
    with pytest.raises(WrongDevice):
        slots.open_device("desktop", SECRET, practice.device_slot)


def test_a_device_of_another_practice_is_refused(practice: Practice) -> None:
    other = new_keyring(os.urandom)
    slot = slots.admit(other, "laptop", slots.device_wrap(SECRET), os.urandom)
    with pytest.raises(WrongDevice):
        replace(practice, device_slot=slot).enter(PASSWORD_KEY, SECRET)


def test_the_slot_of_another_user_is_refused(practice: Practice) -> None:
    slot = slots.grant(practice.keyring, "bert", practice.user_key.public_key, os.urandom)
    with pytest.raises(WrongDevice):
        replace(practice, user_slot=slot).enter(PASSWORD_KEY, SECRET)


@pytest.mark.parametrize("length", [0, 20, 60])
def test_a_truncated_slot_is_refused(practice: Practice, length: int) -> None:
    with pytest.raises(SealBroken):
        replace(practice, user_slot=practice.user_slot[:length]).enter(PASSWORD_KEY, SECRET)


def test_a_foreign_public_key_is_noticed(practice: Practice) -> None:
    foreign = replace(practice.user_key, public_key=b"f" * 32)
    with pytest.raises(SealBroken):
        replace(practice, user_key=foreign).enter(PASSWORD_KEY, SECRET)


def test_a_vault_that_an_intruder_wrote_does_not_open(practice: Practice) -> None:
    """Who can write rows but has no secret can't make the practice use keys of theirs."""
    theirs = new_keyring(os.urandom)
    slot = slots.grant(theirs, "anna", practice.user_key.public_key, os.urandom)
    with pytest.raises(WrongDevice):
        replace(practice, user_slot=slot).enter(PASSWORD_KEY, SECRET)


def test_a_new_password_leaves_the_slot_as_it_is(practice: Practice) -> None:
    private_key = slots.open_user_key("anna", practice.user_key, PASSWORD_KEY)
    changed = slots.seal_user_key("anna", private_key, b"n" * 32, os.urandom)
    assert changed.public_key == practice.user_key.public_key
    after = replace(practice, user_key=changed)
    assert after.enter(b"n" * 32, SECRET) == practice.keyring.vault_key
    with pytest.raises(WrongPassword):
        after.enter(PASSWORD_KEY, SECRET)


def test_the_master_password_needs_no_device(practice: Practice) -> None:
    slot = slots.seal_master(practice.keyring, slots.master_wrap(b"m" * 32), os.urandom)
    assert slots.open_master(b"m" * 32, slot) == practice.keyring.vault_key


@pytest.mark.parametrize("master_key", [b"n" * 32, PASSWORD_KEY])
def test_a_wrong_master_password_is_refused(practice: Practice, master_key: bytes) -> None:
    slot = slots.seal_master(practice.keyring, slots.master_wrap(b"m" * 32), os.urandom)
    with pytest.raises(WrongMasterPassword):
        slots.open_master(master_key, slot)


def test_after_somebody_left_only_new_slots_lead_to_the_new_vault(practice: Practice) -> None:
    ring = renewed(practice.keyring, os.urandom)
    stays = replace(
        practice,
        keyring=ring,
        user_slot=slots.grant(ring, "anna", practice.user_key.public_key, os.urandom),
        device_slot=slots.admit(ring, "laptop", slots.device_wrap(SECRET), os.urandom),
    )
    assert stays.enter(PASSWORD_KEY, SECRET) == ring.vault_key
    with pytest.raises(WrongDevice):  # the leaver still knows the old device key
        slots.open_grant(
            "anna",
            slots.open_user_key("anna", practice.user_key, PASSWORD_KEY),
            practice.keyring.device_key,
            stays.user_slot,
        )

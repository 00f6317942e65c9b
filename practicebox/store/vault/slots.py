"""The ways into the vault: user, device and master password. Pure; bytes in, bytes out.

    password --Argon2id--> opens the user's private key
    device secret -------> opens the device key D
    slot of a user = SealedBox(user's public key, AEAD(kdf(D), vault key))

A user's slot needs both, so the password can't be guessed against a stolen box: without D the right
password looks like any wrong one. Every step is authenticated from a secret that the database
doesn't hold, so rows put there by somebody else open nothing.

    master password --Argon2id--> a key pair and a seal key
    slot of the master password = SealedBox(public half, AEAD(seal key, vault key))

Public half and seal key (`MasterWrap`) lie in the keyring, so a new vault key reaches this slot
without the master password. Whoever leaves has seen both, but can't open the slot with them.

    secret of a passkey (32 bytes, WebAuthn PRF) --> opens the user's private key a second time

So a passkey stands in for the password and for nothing else: D is needed as before.

    token of a program --> key pair; its slot is made like a user's, so D is needed as well
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nacl.bindings import crypto_box_seal, crypto_box_seal_open, crypto_scalarmult_base
from nacl.exceptions import CryptoError

from practicebox.store.conditions import (
    SealBroken,
    WrongDevice,
    WrongMasterPassword,
    WrongPasskey,
    WrongPassword,
)
from practicebox.store.vault.aead import KEY_BYTES, associated, open_sealed, seal
from practicebox.store.vault.kdf import derive
from practicebox.store.vault.keyring import Keyring, MasterWrap

Random = Callable[[int], bytes]

# Purposes of derived keys, at most 16 bytes each
_USER = "pb1 user"
_DEVICE = "pb1 device"
_SLOT = "pb1 slot"
_PASSKEY = "pb1 passkey"
_PROGRAM = "pb1 program"
_MASTER = "pb1 master"
_MASTER_PAIR = "pb1 master pair"
_MASTER_FORM = b"\x02"  # the first form had no key pair and began with the version of `aead`


@dataclass(frozen=True)
class UserKey:
    """A user's key pair; the private half is sealed with the password."""

    public_key: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class PasskeyPlace:
    """Whose passkey it is, and which."""

    user_id: str
    passkey_id: str

    @property
    def associated(self) -> bytes:
        """What a seal made for this place is tied to."""
        return associated("passkey", self.user_id, self.passkey_id)


def new_user_key(user_id: str, password_key: bytes, random: Random) -> UserKey:
    """A fresh key pair; `password_key` comes from Argon2id."""
    return seal_user_key(user_id, random(KEY_BYTES), password_key, random)


def seal_user_key(user_id: str, private_key: bytes, password_key: bytes, random: Random) -> UserKey:
    """The same key pair under another password: all that a password change touches."""
    key = derive(password_key, _USER)
    sealed = seal(key, private_key, associated("user key", user_id), random)
    return UserKey(crypto_scalarmult_base(private_key), sealed)


def open_user_key(user_id: str, user_key: UserKey, password_key: bytes) -> bytes:
    """The private key; raise `WrongPassword`."""
    place = associated("user key", user_id)
    try:
        private_key = open_sealed(derive(password_key, _USER), user_key.sealed, place)
    except SealBroken:
        raise WrongPassword from None
    if crypto_scalarmult_base(private_key) != user_key.public_key:
        raise SealBroken  # a foreign public key, so that the next slot would be somebody else's
    return private_key


def seal_passkey(
    place: PasskeyPlace, private_key: bytes, verifier: bytes, secret: bytes, random: Random
) -> bytes:
    """The user's private key once more, under the secret of a passkey.

    `verifier`, the passkey's own public key, lies in the same seal: only whoever has the secret can
    put another one in its place, and nobody else can read it.
    """
    return seal(derive(secret, _PASSKEY), private_key + verifier, place.associated, random)


def open_passkey(
    place: PasskeyPlace, public_key: bytes, sealed: bytes, secret: bytes
) -> tuple[bytes, bytes]:
    """The private key that belongs to `public_key`, and the verifier; raise `WrongPasskey`."""
    if len(secret) != KEY_BYTES:
        raise WrongPasskey
    try:
        opened = open_sealed(derive(secret, _PASSKEY), sealed, place.associated)
    except SealBroken:
        raise WrongPasskey from None
    private_key, verifier = opened[:KEY_BYTES], opened[KEY_BYTES:]
    if len(private_key) != KEY_BYTES or crypto_scalarmult_base(private_key) != public_key:
        raise WrongPasskey  # planted by somebody with the disk, or from before a recovery
    return private_key, verifier


def device_wrap(device_secret: bytes) -> bytes:
    """The key of a device's slot; kept in the device's sealed row, so that a new generation can
    fill the slot anew without the device at hand."""
    return derive(device_secret, _DEVICE)


def admit(keyring: Keyring, device_id: str, wrap: bytes, random: Random) -> bytes:
    """The slot of an approved device."""
    return seal(wrap, keyring.device_key, associated("device", device_id), random)


def open_device(device_id: str, device_secret: bytes, slot: bytes) -> bytes:
    """The device key D; raise `WrongDevice`."""
    try:
        return open_sealed(device_wrap(device_secret), slot, associated("device", device_id))
    except SealBroken:
        raise WrongDevice from None


def grant(keyring: Keyring, user_id: str, public_key: bytes, random: Random) -> bytes:
    """The slot of a user; made without the user's password."""
    inner = seal(
        derive(keyring.device_key, _SLOT), keyring.vault_key, associated("slot", user_id), random
    )
    return crypto_box_seal(inner, public_key)


def open_grant(user_id: str, private_key: bytes, device_key: bytes, slot: bytes) -> bytes:
    """The vault key; raise `WrongDevice` if D isn't this vault's, `SealBroken` for other damage."""
    try:
        inner = crypto_box_seal_open(slot, crypto_scalarmult_base(private_key), private_key)
    except CryptoError:
        raise SealBroken from None
    try:
        return open_sealed(derive(device_key, _SLOT), inner, associated("slot", user_id))
    except SealBroken:
        raise WrongDevice from None


def program_pair(secret: bytes) -> tuple[bytes, bytes]:
    """Both halves of a program's key pair, private and public, which come from its token."""
    private_key = derive(secret, _PROGRAM)
    return private_key, crypto_scalarmult_base(private_key)


def master_wrap(master_key: bytes) -> MasterWrap:
    """What the keyring keeps of the master password; `master_key` comes from Argon2id."""
    public_key = crypto_scalarmult_base(derive(master_key, _MASTER_PAIR))
    return MasterWrap(public_key, derive(master_key, _MASTER))


def seal_master(keyring: Keyring, wrap: MasterWrap, random: Random) -> bytes:
    """The slot of the master password; made without it."""
    inner = seal(wrap.seal_key, keyring.vault_key, associated("master"), random)
    return _MASTER_FORM + crypto_box_seal(inner, wrap.public_key)


def open_master(master_key: bytes, slot: bytes) -> bytes:
    """The vault key, without any device; raise `WrongMasterPassword`."""
    try:
        inner = _unboxed(master_key, slot) if slot.startswith(_MASTER_FORM) else slot
        return open_sealed(derive(master_key, _MASTER), inner, associated("master"))
    except (CryptoError, SealBroken):
        raise WrongMasterPassword from None


def _unboxed(master_key: bytes, slot: bytes) -> bytes:
    private_key = derive(master_key, _MASTER_PAIR)
    inner: bytes = crypto_box_seal_open(
        slot[len(_MASTER_FORM) :], crypto_scalarmult_base(private_key), private_key
    )
    return inner

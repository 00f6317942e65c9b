"""The vault: locked or unlocked, and nothing in between.

Locked is the normal state after a power cut. Unlocked, it holds the keyring in memory; Python can't
wipe memory, so locking drops the keys but doesn't erase them (docs, security model).
"""

from __future__ import annotations

from collections.abc import Callable

from practicebox.store.conditions import Locked, SealBroken
from practicebox.store.vault.keyring import Keyring, open_keyring


class Vault:
    """The one place where an open keyring lives."""

    def __init__(self) -> None:
        self._keyring: Keyring | None = None
        self._at_lock: list[Callable[[], None]] = []

    def at_lock(self, forget: Callable[[], None]) -> None:
        """Call `forget` whenever the vault is locked: what was opened must not outlive the keys."""
        self._at_lock.append(forget)

    @property
    def is_unlocked(self) -> bool:
        """Whether sealed rows can be read."""
        return self._keyring is not None

    def keyring(self) -> Keyring:
        """The keys; raise `Locked`."""
        if self._keyring is None:
            raise Locked
        return self._keyring

    def unlock(self, vault_key: bytes, sealed_keyring: bytes, public_key: bytes) -> Keyring:
        """Open the keyring and keep it; raise `SealBroken`.

        `public_key` is what the database hands to strangers to seal submissions with; it must be
        ours. A second unlocking keeps the same object, since open pages are tied to it.
        """
        keyring = open_keyring(vault_key, sealed_keyring)
        if keyring.current.public_key != public_key:
            raise SealBroken
        if self._keyring != keyring:
            self._keyring = keyring
        return self._keyring

    def take(self, keyring: Keyring) -> None:
        """Go on with other keys of the same practice; a locked vault stays locked."""
        if self._keyring is not None:
            self._keyring = keyring

    def lock(self) -> None:
        """Forget all keys, and what others made of what they open."""
        self._keyring = None
        for forget in self._at_lock:
            forget()

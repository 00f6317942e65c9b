"""What an unlocked vault knows, and how everything is sealed with it. Pure; no SQL, no state.

    vault key  --> keyring {device key, generations}
    generation --> private key of the practice: opens what patients submitted while locked
               --> record root: wraps one key per subject, and seals the derived pages
    subject key -> one blob per row

A subject is whom a row is about: an appointment, a user, a device. Throwing away the wrapped key of
a subject makes every copy of its rows worthless. A new generation is made when somebody leaves;
old rows stay readable, new ones are sealed with keys that the person never had.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nacl.bindings import crypto_box_seal, crypto_box_seal_open, crypto_scalarmult_base
from nacl.exceptions import CryptoError

from practicebox.store.conditions import SealBroken
from practicebox.store.vault.aead import KEY_BYTES, associated, open_sealed, seal
from practicebox.store.vault.kdf import derive

Random = Callable[[int], bytes]

# Purposes of derived keys, at most 16 bytes each
_WRAP = "pb1 subjects"
_PAGES = "pb1 pages"
_KEYRING = "pb1 keyring"

# bytes; backups carry the sealed keyring, whose length must not tell how often somebody has left
_BLOCK = 4096


@dataclass(frozen=True)
class Generation:
    """The keys of one period between two departures."""

    number: int
    private_key: bytes = field(repr=False)  # X25519
    root: bytes = field(repr=False)

    @property
    def public_key(self) -> bytes:
        """What anybody may seal submissions with."""
        return crypto_scalarmult_base(self.private_key)


@dataclass(frozen=True)
class MasterWrap:
    """What fills the master password's slot anew without the master password at hand.

    It can't open that slot: somebody who leaves has seen it, and must not get the next vault key.
    """

    public_key: bytes  # X25519; the private half comes from the master password
    seal_key: bytes = field(repr=False)  # shows that the slot is from somebody with the keyring


@dataclass(frozen=True)
class Keyring:
    """All keys of the practice."""

    vault_key: bytes = field(repr=False)  # VK: seals the keyring itself
    device_key: bytes = field(repr=False)  # D: the share that only approved devices can open
    generations: tuple[Generation, ...]  # oldest first
    master: MasterWrap | None = None  # None in boxes founded before there were several users

    @property
    def current(self) -> Generation:
        """The generation that new rows are sealed with."""
        return self.generations[-1]

    def generation(self, number: int) -> Generation:
        """The generation of that number; raise `SealBroken` where there is none."""
        for generation in reversed(self.generations):
            if generation.number == number:
                return generation
        raise SealBroken


@dataclass(frozen=True)
class Subject:
    """The key of whom a row is about."""

    id: str
    generation: int
    key: bytes = field(repr=False)


def new_keyring(random: Random) -> Keyring:
    """The keys of a new practice."""
    return Keyring(random(KEY_BYTES), random(KEY_BYTES), (_new_generation(1, random),))


def renewed(keyring: Keyring, random: Random) -> Keyring:
    """The same practice after somebody left: new vault key, device key and generation.

    Whoever stays gets a new slot; the old slots open only what the leaver could open anyway.
    """
    following = _new_generation(keyring.current.number + 1, random)
    return replace(
        keyring,
        vault_key=random(KEY_BYTES),
        device_key=random(KEY_BYTES),
        generations=(*keyring.generations, following),
    )


def seal_keyring(keyring: Keyring, random: Random) -> bytes:
    """The keyring as the database keeps it, sealed with its vault key."""
    content: dict[str, object] = {
        "device_key": keyring.device_key.hex(),
        "generations": [[g.number, g.private_key.hex(), g.root.hex()] for g in keyring.generations],
    }
    if keyring.master:
        content["master"] = [keyring.master.public_key.hex(), keyring.master.seal_key.hex()]
    text = json.dumps(content).encode()
    text = text.ljust(-(-len(text) // _BLOCK) * _BLOCK)  # blanks behind it mean nothing in JSON
    return seal(derive(keyring.vault_key, _KEYRING), text, associated("keyring"), random)


def open_keyring(vault_key: bytes, sealed: bytes) -> Keyring:
    """The keyring that `seal_keyring` wrote; raise `SealBroken`."""
    content = json.loads(open_sealed(derive(vault_key, _KEYRING), sealed, associated("keyring")))
    generations = tuple(
        Generation(number, bytes.fromhex(private_key), bytes.fromhex(root))
        for number, private_key, root in content["generations"]
    )
    wrap = content.get("master")
    master = MasterWrap(*map(bytes.fromhex, wrap)) if wrap else None
    return Keyring(vault_key, bytes.fromhex(content["device_key"]), generations, master)


def new_subject(keyring: Keyring, subject_id: str, random: Random) -> tuple[Subject, bytes]:
    """A subject with a fresh key, and that key wrapped for the database."""
    generation = keyring.current
    subject = Subject(subject_id, generation.number, random(KEY_BYTES))
    place = associated("subjects", subject_id, generation.number)
    return subject, seal(derive(generation.root, _WRAP), subject.key, place, random)


def open_subject(keyring: Keyring, subject_id: str, generation: int, wrapped: bytes) -> Subject:
    """The subject that `new_subject` wrapped; raise `SealBroken`."""
    root = keyring.generation(generation).root
    place = associated("subjects", subject_id, generation)
    return Subject(subject_id, generation, open_sealed(derive(root, _WRAP), wrapped, place))


def seal_record(subject: Subject, table: str, row: str, blob: bytes, random: Random) -> bytes:
    """One row's blob, sealed to its place and to the subject's generation."""
    return seal(subject.key, blob, associated(table, row, subject.generation), random)


def open_record(subject: Subject, table: str, row: str, generation: int, sealed: bytes) -> bytes:
    """The blob of a row; raise `SealBroken` unless it was sealed for just this place.

    `generation` is the row's own: a subject may be wrapped anew without touching its rows.
    """
    return open_sealed(subject.key, sealed, associated(table, row, generation))


def seal_page(keyring: Keyring, table: str, row: str, blob: bytes, random: Random) -> bytes:
    """A derived page about many subjects, sealed with the current generation."""
    generation = keyring.current
    place = associated(table, row, generation.number)
    return seal(derive(generation.root, _PAGES), blob, place, random)


def open_page(keyring: Keyring, table: str, row: str, generation: int, sealed: bytes) -> bytes:
    """The blob of a page; raise `SealBroken`."""
    root = keyring.generation(generation).root
    return open_sealed(derive(root, _PAGES), sealed, associated(table, row, generation))


def seal_submission(public_key: bytes, place: bytes, payload: bytes) -> bytes:
    """Sealed for the practice by somebody who holds no key; `place` as from `associated`.

    A sealed box has no associated data, so the place travels inside.
    """
    return crypto_box_seal(len(place).to_bytes(4) + place + payload, public_key)


def open_submission(generation: Generation, place: bytes, sealed: bytes) -> bytes:
    """The payload of a submission; raise `SealBroken`, also for one moved from another place."""
    try:
        content = crypto_box_seal_open(sealed, generation.public_key, generation.private_key)
    except CryptoError:
        raise SealBroken from None
    expected = len(place).to_bytes(4) + place
    if not content.startswith(expected):
        raise SealBroken
    return content[len(expected) :]


def _new_generation(number: int, random: Random) -> Generation:
    return Generation(number, random(KEY_BYTES), random(KEY_BYTES))

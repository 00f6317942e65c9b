"""The file of a backup: a short header in clear, then one sealed stream (libsodium secretstream).

    magic, version, length of the header, header (JSON), 24 bytes of the stream, chunks

The header says when the backup was made, how long its content is, and carries the ways to its key
(`backup_keys`): all of it sealed or random. It is bound to every chunk, and the stream itself to
the order of its chunks and to its end, so that any change is refused (`BackupRefused`). Knows
bytes and files; neither SQL nor what the content means.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from practicebox.store.backup.conditions import (
    BackupAltered,
    BackupTruncated,
    NewerBackup,
    NotABackup,
)
from practicebox.store.backup.keys import WayIn
from practicebox.store.times import from_text, to_text

MAGIC = b"\x89PBX\r\n\x1a\n"  # as PNG's: a transfer that changes line ends is noticed
VERSION = 1
STREAM_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
TAG_BYTES = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
CHUNK = 64 * 1024  # bytes of content in one sealed chunk
LONGEST_HEADER = 256 * 1024  # bytes; the keyring takes 4 KiB for some twenty generations


@dataclass(frozen=True)
class Header:
    """What everybody can read who has the file."""

    made: datetime
    size: int  # bytes of the content
    way: WayIn

    @property
    def sealed_size(self) -> int:
        """Bytes that the content takes in the file."""
        return STREAM_BYTES + self.size + TAG_BYTES * -(-self.size // CHUNK)


def write_header(header: Header) -> bytes:
    """The beginning of the file, up to the stream."""
    fields = {"made": to_text(header.made), "size": header.size, **header.way.as_fields()}
    text = json.dumps(fields).encode()
    return MAGIC + bytes([VERSION]) + len(text).to_bytes(4) + text


def read_header(file: BinaryIO) -> tuple[Header, bytes]:
    """The header and its bytes; `file` is at the stream then. Raise a `BackupRefused`.

    A file that is too short or too long is refused here already, without any key.
    """
    start = file.read(len(MAGIC) + 5)
    if not start.startswith(MAGIC):
        raise NotABackup
    if len(start) < len(MAGIC) + 5:
        raise BackupTruncated
    if start[len(MAGIC)] != VERSION:
        raise NewerBackup
    length = int.from_bytes(start[-4:])
    if length > LONGEST_HEADER:
        raise BackupAltered
    text = file.read(length)
    if len(text) < length:
        raise BackupTruncated
    header = _parse(text)
    _check_length(file, header)
    return header, start + text


class SealingStream:
    """Seals what is written to it, chunk by chunk; `close` seals the end."""

    def __init__(self, file: BinaryIO, key: bytes, header: bytes) -> None:
        self._file, self._place = file, _place(header)
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self._waiting = bytearray()  # at least one byte until `close`: the last chunk is marked
        file.write(sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), MESSAGE)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Seal what still waits as the end of the stream; `file` stays open."""
        self._seal(bytes(self._waiting), FINAL)

    def _seal(self, chunk: bytes, tag: int) -> None:
        push = sodium.crypto_secretstream_xchacha20poly1305_push
        self._file.write(push(self._state, chunk, self._place, tag))


class OpeningStream:
    """The content of a stream, in pieces of the sizes that are asked for."""

    def __init__(self, file: BinaryIO, key: bytes, header: Header, raw: bytes) -> None:
        self._chunks = _chunks(file, key, header, _place(raw))
        self._read = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes; raise a `BackupRefused`."""
        while len(self._read) < size:
            try:
                self._read += next(self._chunks)
            except StopIteration:
                raise BackupAltered from None  # the content says that there is more
        piece = bytes(self._read[:size])
        del self._read[:size]
        return piece

    def end(self) -> None:
        """Check that nothing is left; raise a `BackupRefused`."""
        if self._read or next(self._chunks, None) is not None:
            raise BackupAltered


def _chunks(file: BinaryIO, key: bytes, header: Header, place: bytes) -> Iterator[bytes]:
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    start = file.read(STREAM_BYTES)
    if len(start) < STREAM_BYTES:
        raise BackupTruncated
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, start, key)
    left = header.size
    while left:
        expected = min(CHUNK, left)
        sealed = file.read(expected + TAG_BYTES)
        if len(sealed) < expected + TAG_BYTES:
            raise BackupTruncated
        try:
            content, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed, place)
        except CryptoError:
            raise BackupAltered from None
        left -= expected
        if tag != (MESSAGE if left else FINAL):
            raise BackupAltered
        yield content


def _check_length(file: BinaryIO, header: Header) -> None:
    here = file.tell()
    rest = file.seek(0, os.SEEK_END) - here
    file.seek(here)
    if rest < header.sealed_size:
        raise BackupTruncated
    if rest > header.sealed_size:
        raise BackupAltered


def _parse(text: bytes) -> Header:
    try:
        fields = json.loads(text)
        made, size = from_text(fields["made"]), fields["size"]
        if made.tzinfo is None or type(size) is not int or size < 1:
            raise ValueError("not a header")
        return Header(made, size, WayIn.from_fields(fields))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BackupAltered from None


def _place(header: bytes) -> bytes:
    return hashlib.blake2b(header, digest_size=32).digest()

"""The file of a backup: what comes out again, and that nothing else does."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.store.backup import format as backup_format
from practicebox.store.backup.conditions import (
    BackupAltered,
    BackupRefused,
    BackupTruncated,
    NewerBackup,
    NotABackup,
)
from practicebox.store.backup.format import CHUNK, Header, OpeningStream, SealingStream
from practicebox.store.backup.keys import WayIn
from practicebox.store.vault.kdf import Cost
from tests.store.world import NOON

KEY = bytes(range(32))
SEALED_CHUNK = CHUNK + 17
WAY = WayIn(b"s" * 16, Cost(4, 1 << 28), b"slot", b"keyring", b"key")


def sealed(content: bytes) -> bytes:
    header = backup_format.write_header(Header(NOON, len(content), WAY))
    file = io.BytesIO()
    file.write(header)
    stream = SealingStream(file, KEY, header)
    for begin in range(0, len(content), 50_000):  # other pieces than the chunks
        stream.write(content[begin : begin + 50_000])
    stream.close()
    return file.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    file = io.BytesIO(data)
    header, raw = backup_format.read_header(file)
    stream = OpeningStream(file, key, header, raw)
    content = stream.read(header.size)
    stream.end()
    return content


def start_of_stream(data: bytes) -> int:
    file = io.BytesIO(data)
    backup_format.read_header(file)
    return file.tell() + backup_format.STREAM_BYTES


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77])
def test_what_was_sealed_comes_out_again(size: int) -> None:
    content = os.urandom(size)
    data = sealed(content)
    assert opened(data) == content
    assert len(data) == start_of_stream(data) - 24 + Header(NOON, size, WAY).sealed_size


def test_the_header_says_when_and_how_much() -> None:
    header, _ = backup_format.read_header(io.BytesIO(sealed(b"abc")))
    assert header == Header(NOON, 3, WAY)


def test_every_shortened_file_is_truncated() -> None:
    data = sealed(os.urandom(2 * CHUNK + 5))
    for length in (8, 12, 40, len(data) // 2, len(data) - SEALED_CHUNK, len(data) - 1):
        with pytest.raises(BackupTruncated):
            opened(data[:length])


def test_a_file_with_something_behind_it_is_altered() -> None:
    with pytest.raises(BackupAltered):
        opened(sealed(b"abc") + b"\0")


def test_chunks_can_not_change_places() -> None:
    data = sealed(os.urandom(4 * CHUNK))
    begin = start_of_stream(data)
    first, second = (data[begin + n * SEALED_CHUNK :][:SEALED_CHUNK] for n in (0, 1))
    moved = data[:begin] + second + first + data[begin + 2 * SEALED_CHUNK :]
    with pytest.raises(BackupAltered):
        opened(moved)


def test_a_chunk_can_not_come_twice_nor_go() -> None:
    content = os.urandom(4 * CHUNK)
    data = sealed(content)
    begin = start_of_stream(data)
    first = data[begin : begin + SEALED_CHUNK]
    twice = data[: begin + SEALED_CHUNK] + first + data[begin + 2 * SEALED_CHUNK :]
    with pytest.raises(BackupAltered):
        opened(twice)


def test_a_shorter_stream_with_a_header_to_match_is_altered() -> None:
    """The header is in clear, but bound to the stream: its size can't be turned down."""
    data = sealed(os.urandom(3 * CHUNK))
    begin = start_of_stream(data)
    header = backup_format.write_header(Header(NOON, 2 * CHUNK, WAY))
    with pytest.raises(BackupAltered):
        opened(header + data[begin - 24 : begin + 2 * SEALED_CHUNK])


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_is_taken(position: int, change: int) -> None:
    data = bytearray(sealed(b"Befund" * 3000))
    data[position % len(data)] ^= change
    with pytest.raises(BackupRefused):
        opened(bytes(data))


@given(st.binary(max_size=300).filter(lambda data: not data.startswith(backup_format.MAGIC)))
def test_no_other_file_is_taken(data: bytes) -> None:
    with pytest.raises(NotABackup):
        opened(data)


@given(st.binary(max_size=400))
def test_whatever_follows_the_magic_is_refused_by_name(rest: bytes) -> None:
    with pytest.raises(BackupRefused):
        opened(backup_format.MAGIC + rest)


def test_a_later_version_is_said_to_be_one() -> None:
    data = bytearray(sealed(b"abc"))
    data[len(backup_format.MAGIC)] = 2
    with pytest.raises(NewerBackup):
        opened(bytes(data))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BackupAltered):
        opened(sealed(b"abc"), bytes(32))


def test_two_backups_of_the_same_have_nothing_in_common() -> None:
    one, other = sealed(b"Praxis" * 50_000), sealed(b"Praxis" * 50_000)
    begin = start_of_stream(one)
    blocks = {one[n : n + 16] for n in range(begin, len(one) - 16)}
    assert not any(other[n : n + 16] in blocks for n in range(begin, len(other) - 16, 16))


def test_the_size_in_the_header_is_a_number_above_zero() -> None:
    for size in (0, -1):
        raw = backup_format.write_header(replace(Header(NOON, 1, WAY), size=size))
        with pytest.raises(BackupAltered):
            backup_format.read_header(io.BytesIO(raw + bytes(100)))

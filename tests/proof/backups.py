"""Backups under attack and under load: no altered one is taken, and a large one needs no memory.

Ten thousand changed files (bits, cuts, moved, doubled, left out and foreign chunks, other headers)
are opened with the practice's own keys, as the box itself and a restore would; each has to be
refused by one of the named conditions. Then a database of 500 MB is saved and opened again while a
clock in the event loop watches for stalls.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

from practicebox.store.backup import format as backup_format
from practicebox.store.backup import proof as backup_proof
from practicebox.store.backup.conditions import BackupRefused
from practicebox.store.backup.ledger import Level
from practicebox.store.vault.keyring import Keyring
from tests.store.backup.backup_world import backup_of, busy_practice, silent
from tests.store.world import Boxes, World, open_world

FILES, FILES_SHORT = 10_000, 500
MEGABYTES, MEGABYTES_SHORT = 500, 50
MOST_MEMORY = 32  # MB more than before
SEALED_CHUNK = backup_format.CHUNK + backup_format.TAG_BYTES
BEAT = 0.002  # seconds


def main(short: bool) -> int:
    """Attack and load; print what was found; 0 if nothing was taken and memory stayed small."""
    return asyncio.run(_prove(short))


async def _prove(short: bool) -> int:
    boxes = Boxes()
    with tempfile.TemporaryDirectory() as place:
        try:
            world = await open_world(boxes, Path(place) / "data")
            taken = await _attack(world, FILES_SHORT if short else FILES)
            grown = await _load(world, MEGABYTES_SHORT if short else MEGABYTES)
        finally:
            await boxes.close_all()
    return 1 if taken or grown > MOST_MEMORY else 0


async def _attack(world: World, files: int) -> int:
    """How many changed files were taken for good ones."""
    await busy_practice(world, 20)
    one, other = [(await backup_of(world)).read_bytes() for _ in range(2)]
    keyring = world.store.vault.keyring()
    assert _outcome(world, one, keyring) == Level.WHOLE, "the control is a good backup"
    chance = random.Random(1)  # the same files in every run
    found = Counter(_outcome(world, _changed(one, other, chance), keyring) for _ in range(files))
    print(f"{files} changed backups: {dict(found)}; a good one is still taken: ", end="")
    print(_outcome(world, one, keyring) == Level.WHOLE)
    return sum(count for outcome, count in found.items() if outcome in set(Level))


def _outcome(world: World, data: bytes, keyring: Keyring) -> str:
    path = world.path / "changed"
    path.write_bytes(data)
    try:
        return backup_proof.prove(path, world.path, silent, keyring=keyring)
    except BackupRefused as condition:
        return condition.word


def _changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Another file than `data`; `other` is a second backup of the same box."""
    begin = data.index(b"}", 13) + 1 + backup_format.STREAM_BYTES
    count = (len(data) - begin) // SEALED_CHUNK
    first, second = (begin + SEALED_CHUNK * n for n in chance.sample(range(count), 2))
    a, b = data[first : first + SEALED_CHUNK], data[second : second + SEALED_CHUNK]
    position = chance.randrange(len(data))
    kind = chance.randrange(9)
    if kind == 0:
        return data[:position]
    if kind == 1:
        return data + os.urandom(chance.randrange(1, 2 * SEALED_CHUNK))
    if kind == 2:
        return data[:first] + b + data[first + SEALED_CHUNK :]
    if kind == 3:
        return data[:first] + data[first + SEALED_CHUNK :] + a
    if kind == 4:
        return data[:first] + data[first + SEALED_CHUNK :]
    if kind == 5:
        return data[:first] + other[first : first + SEALED_CHUNK] + data[first + SEALED_CHUNK :]
    if kind == 6:
        return other[:begin] + data[begin:]
    if kind == 7:
        position = chance.randrange(begin)
    changed = bytearray(data)
    changed[position] ^= 1 << chance.randrange(8)
    return bytes(changed)


async def _load(world: World, megabytes: int) -> int:
    """By how many MB the process has grown while it saved and proved a large database."""
    for _ in range(megabytes):
        await world.store.submit("document", os.urandom(1_000_000))
    before = _peak()
    idle: list[float] = []
    watch = asyncio.create_task(_watch(idle))  # what the machine itself makes of two milliseconds
    await asyncio.sleep(2)
    watch.cancel()
    stalls: list[float] = []
    watch = asyncio.create_task(_watch(stalls))
    begun = time.monotonic()
    entry = await world.store.backups.make()
    seconds = time.monotonic() - begun
    watch.cancel()
    grown = _peak() - before
    print(
        f"{entry.size // 10**6} MB saved and proved ({entry.level}) in {seconds:.1f} s, longest"
        f" stall of the event loop {1000 * max(stalls):.0f} ms (idle: {1000 * max(idle):.0f} ms),"
        f" {grown} MB more memory"
    )
    return grown


async def _watch(stalls: list[float]) -> None:
    while True:
        begun = time.monotonic()
        await asyncio.sleep(BEAT)
        stalls.append(time.monotonic() - begun - BEAT)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000

"""A commit that survives a power cut, sealed and plain, on the same disk in the same run.

    python bench/commit.py [--commits 1000] [--folder FOLDER] [--busy]

Sealed: a new subject key, the appointment sealed under it, both rows and the time of the last
write, in one transaction of the store's own connection. Plain: the same appointment as a row in
clear with its index, by sqlite3 alone. Both have WAL and `synchronous=FULL`, and take turns commit
by commit, so that a disk that changes its pace changes it for both. Planning an appointment, which
also writes invitations, the page of the day, the patient and the audit log, is shown beside them
and has no target. A round counts by its lower quartiles: other work on the machine can only add to
a time. Exit status 1 when the target of issue 4 isn't met; on a busy machine it is printed only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from store_world import PER_DAY, PLAIN_SCHEMA, World, build, plain_row

from practicebox.store.box import new_id
from practicebox.store.records import AppointmentDraft
from practicebox.store.sql.database import set_pragmas
from practicebox.store.sql.transactions import transaction
from practicebox.store.vault.keyring import Keyring, seal_record
from practicebox.store.vault.subjects import add_subject

TARGET = 1.5  # times plain (issue 4)
WARM_UP = 40  # commits before anything is counted
ROUNDS = 10
DEEDS = 100  # whole appointments
INSERT_PLAIN = "INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_SEALED = (
    "INSERT INTO appointments (id, day, starts, minutes, state, related, generation, sealed)"
    " VALUES (?, ?, ?, ?, 'planned', 1, ?, ?)"
)

Commit = Callable[[AppointmentDraft], None]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--folder", type=Path, help="where the disk is that counts")
    parser.add_argument("--busy", action="store_true", help="print the ratio, judge nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="practicebox-bench-", dir=options.folder) as folder:
        good = asyncio.run(run(Path(folder), options.commits))
    return 0 if good or options.busy else 1


async def run(folder: Path, commits: int) -> bool:
    """Build a small practice, let both commit in turns; whether the target is met."""
    world = await build(folder, 400)
    try:
        keyring = world.store.vault.keyring()
        with closing(_open(folder / "data" / "practicebox.db")) as sealed:
            set_pragmas(sealed)
            with closing(_open(folder / "alone.db")) as plain:
                _prepare(plain)
                good = compare(world, commits, _sealed(sealed, keyring), _plain(plain))
        await measure_deeds(world)
    finally:
        await world.store.close()
        await world.plain.close()
    return good


def compare(world: World, commits: int, sealed: Commit, plain: Commit) -> bool:
    """Print both; whether the target is met."""
    take_turns(world, WARM_UP, sealed, plain)
    rounds = [take_turns(world, commits // ROUNDS, sealed, plain) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in rounds)
    a, b = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"one commit with synchronous=FULL, medians of {ROUNDS} rounds of {commits // ROUNDS}")
    print(f"  plain  {b:8.0f} us")
    print(f"  sealed {a:8.0f} us  x {ratio:.2f} (target at most {TARGET})")
    print(f"  targets: {'met' if ratio <= TARGET else 'MISSED'}")
    return ratio <= TARGET


def take_turns(world: World, commits: int, sealed: Commit, plain: Commit) -> tuple[float, float]:
    """Microseconds of a commit, sealed and plain, in one round."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(commits):
        draft = world.draft(world.draws.choice(world.days), number % PER_DAY)
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            began = time.perf_counter()
            (sealed, plain)[which](draft)
            times[which].append((time.perf_counter() - began) * 1e6)
    a, b = (statistics.quantiles(each, n=4)[0] for each in times)
    return a, b


async def measure_deeds(world: World) -> None:
    """Whole appointments, as the reception plans them."""
    taken = []
    for number in range(DEEDS):
        draft = world.draft(world.draws.choice(world.days), number % PER_DAY)
        began = time.perf_counter()
        await world.store.appointments.add(draft)
        taken.append((time.perf_counter() - began) * 1e6)
    print(f"  planning a whole appointment {statistics.median(taken):.0f} us")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for statement in PLAIN_SCHEMA:
        connection.execute(statement)


def _sealed(connection: sqlite3.Connection, keyring: Keyring) -> Commit:
    def commit(draft: AppointmentDraft) -> None:
        id_ = new_id(os.urandom)
        row = plain_row(draft, id_)  # the same strings that the other one writes
        content = json.dumps(row[5:], ensure_ascii=False, separators=(",", ":")).encode()
        with transaction(connection, datetime.now(UTC)):
            subject = add_subject(connection, keyring, id_, os.urandom)
            blob = seal_record(subject, "appointments", id_, content, os.urandom)
            connection.execute(INSERT_SEALED, (*row[:4], subject.generation, blob))

    return commit


def _plain(connection: sqlite3.Connection) -> Commit:
    def commit(draft: AppointmentDraft) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(INSERT_PLAIN, plain_row(draft, new_id(os.urandom)))
        connection.execute("COMMIT")

    return commit


if __name__ == "__main__":
    sys.exit(main())

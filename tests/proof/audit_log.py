"""Nobody with the disk changes the audit log unnoticed, and what it costs.

Each try takes a log with entries of locked and unlocked times, lets somebody tamper with it in one
of many ways, and unlocks. The control is the same log untouched: it must raise no alarm.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial

from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import guard as audit_guard
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.check import Check
from tests.store.audit.audit_world import JOINED, LOGIN, Log, new_log

SEED = 20261123
ROWS, WAITING = 40, 8
TABLES = ("audit", "audit_head", "audit_waiting", "audit_seal")
Dice = random.Random


def main(short: bool) -> int:
    """Print the figures; 0 if every tampering was noticed and no honest log accused."""
    tries, rows = (300, 10_000) if short else (3_000, 100_000)
    dice = random.Random(SEED)
    missed, accused, done = 0, 0, Counter[str]()
    with new_log() as log:
        earlier, disk = _lived_in(log)
        for _ in range(tries):
            name, tamper = dice.choice(WAYS)
            done[name] += 1
            if not _is_noticed(log, disk, partial(tamper, earlier=earlier, dice=dice)):
                missed += 1
                print(f"NOT NOTICED: {name}")
        for _ in range(tries // 10):
            accused += _is_noticed(log, disk, lambda copy: None)
        earlier.close()
    print(f"{tries} tamperings in {len(done)} ways: {missed} unnoticed;", dict(done))
    print(f"{tries // 10} honest logs: {accused} accused")
    _measure(rows)
    return 1 if missed or accused else 0


def _lived_in(log: Log) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """The disk at an earlier moment, and as it is before the next login."""
    log.note(times=ROWS // 2)
    log.note_locked(times=2)
    earlier = log.copy()
    log.fold()
    log.note(times=ROWS // 2)
    log.note_locked(JOINED, times=WAITING)
    return earlier, log.disk


def _is_noticed(
    log: Log, disk: sqlite3.Connection, tamper: Callable[[sqlite3.Connection], None]
) -> bool:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with closing(copy):
        disk.backup(copy)
        tamper(copy)
        seen = Log(copy, log.keyring, log.now)
        seen.fold()
        return bool(seen.flaws())


def _flip(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    """One bit of one value in one row."""
    table = dice.choice(TABLES)
    columns = [row[1] for row in disk.execute(f"PRAGMA table_info({table})") if row[1] != "one"]
    column = dice.choice(columns)
    (rowid,) = dice.choice(disk.execute(f"SELECT rowid FROM {table}").fetchall())
    query = f"SELECT {column} FROM {table} WHERE rowid = ?"
    (value,) = disk.execute(query, (rowid,)).fetchone()
    changed: object
    if isinstance(value, int):
        changed = value ^ 1 << dice.randrange(8)
    elif column == "about":
        changed = "practice" if value == "consultation" else "consultation"
    else:
        data = bytearray(value.encode() if isinstance(value, str) else value)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(7)
        changed = data.decode("latin-1") if isinstance(value, str) else bytes(data)
    try:
        disk.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, rowid))
    except sqlite3.IntegrityError:  # the number of another row: then that one is overwritten
        disk.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))


def _take_out(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    table = dice.choice(("audit", "audit_waiting"))
    numbers = [row[0] for row in disk.execute(f"SELECT number FROM {table}")]
    gone = dice.sample(numbers, dice.randint(1, len(numbers)))
    disk.executemany(f"DELETE FROM {table} WHERE number = ?", [(one,) for one in gone])


def _cut_off(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    disk.execute("DELETE FROM audit WHERE number > ?", (dice.randrange(ROWS),))


def _cut_off_waiting(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    """Drop the last waiting rows and count as if they had never been."""
    left = dice.randrange(WAITING)
    disk.execute("DELETE FROM audit_waiting WHERE number >= ?", (left,))
    disk.execute("UPDATE audit_seal SET number = ?", (left,))


def _swap(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    one, other = dice.sample(range(1, ROWS), 2)
    for now, then in ((one, -1), (other, one), (-1, other)):
        disk.execute("UPDATE audit SET number = ? WHERE number = ?", (then, now))


def _renumber(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    number = dice.randrange(1, ROWS)
    disk.execute("DELETE FROM audit WHERE number = ?", (number,))
    numbers = disk.execute("SELECT number FROM audit WHERE number > ? ORDER BY 1", (number,))
    for (one,) in numbers.fetchall():
        disk.execute("UPDATE audit SET number = ? WHERE number = ?", (one - 1, one))


def _put_back(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    """Some of the tables as they were; all of them are for the mark and the witnesses."""
    for table in dice.sample(TABLES[:2], 1) if dice.random() < 0.5 else TABLES[2:]:
        rows = earlier.execute(f"SELECT * FROM {table}").fetchall()
        disk.execute(f"DELETE FROM {table}")
        marks = ", ".join("?" * len(rows[0]))
        disk.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _forge(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    """Write on with keys of one's own."""
    with new_log() as other:
        Log(disk, other.keyring).note(LOGIN, times=dice.randint(1, 3))


def _throw_keys_away(disk: sqlite3.Connection, earlier: sqlite3.Connection, dice: Dice) -> None:
    disk.execute("DELETE FROM subjects WHERE id LIKE 'audit.%'")


WAYS = (
    ("one bit", _flip),
    ("one bit", _flip),
    ("one bit", _flip),
    ("rows out", _take_out),
    ("end off", _cut_off),
    ("waiting end off", _cut_off_waiting),
    ("swapped", _swap),
    ("renumbered", _renumber),
    ("tables put back", _put_back),
    ("forged", _forge),
    ("keys thrown away", _throw_keys_away),
)


def _measure(rows: int) -> None:
    """Seconds of this process, so that what else the machine does counts little."""
    with new_log() as log:
        log.disk.execute("BEGIN")
        noting = _seconds(lambda: _fill(log, rows))
        log.disk.execute("COMMIT")
        head = log.head()
        check = Check(log.keyring, head, audit_guard.readable_from(log.now, head.keep))
        hops: list[float] = []
        done = False
        while not done:
            began = time.process_time()
            done = check.read_some(log.disk)
            hops.append(time.process_time() - began)
        log.note_locked(times=audit_waiting.MOST)
        folding = _seconds(log.fold)
    print(f"noting: {noting / rows * 1e6:.0f} us an entry")
    print(f"checking {rows} entries: {sum(hops):.2f} s, at most {max(hops) * 1e3:.0f} ms a hop")
    print(f"folding in {audit_waiting.MOST} waiting entries: {folding:.2f} s")


def _fill(log: Log, rows: int) -> None:
    for _ in range(rows):
        log.now += timedelta(seconds=30)
        day = log.now.date().isoformat()
        audit_chain.append(log.disk, log.keyring, os.urandom, day, "practice", bytes(256))


def _seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began

"""What the log learns while the vault is locked, against somebody with the disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

import pytest

from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action
from tests.store.audit.audit_world import JOINED, Log, new_log


@pytest.fixture
def log() -> Iterator[Log]:
    with new_log() as log:
        yield log


def test_what_waits_is_folded_in_with_its_own_time(log: Log) -> None:
    log.note_locked(times=2)
    moment = log.now
    log.note_locked()
    log.fold()
    joined = log.read()[1:]
    assert [noted.entry for noted in joined] == [JOINED] * 3
    assert joined[1].at == moment
    assert all(noted.while_locked for noted in joined)
    assert log.flaws() == set()


def test_nothing_that_waits_can_be_read_on_the_disk(log: Log) -> None:
    log.note_locked()
    assert b"appointment-1" not in log.disk.serialize()
    assert b"patient-joined" not in log.disk.serialize()


def test_folding_twice_doubles_nothing(log: Log) -> None:
    log.note_locked()
    log.fold()
    log.fold()
    assert log.actions().count(Action.PATIENT_JOINED) == 1
    assert log.flaws() == set()


@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_waiting_row_that_was_taken_out_is_noticed(log: Log, number: int) -> None:
    log.note_locked(times=5)
    log.disk.execute("DELETE FROM audit_waiting WHERE number = ?", (number,))
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


def test_all_waiting_rows_taken_out_are_noticed(log: Log) -> None:
    log.note_locked(times=5)
    log.disk.execute("DELETE FROM audit_waiting")
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


def test_whoever_has_the_disk_cant_set_the_key_back(log: Log) -> None:
    """The thief finds the key for row 5 only; rows 3 and 4 can't be cut off with it."""
    log.note_locked(times=5)
    log.disk.execute("DELETE FROM audit_waiting WHERE number >= 3")
    log.disk.execute("UPDATE audit_seal SET number = 3")
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


def test_a_rewritten_row_is_noticed(log: Log) -> None:
    log.note_locked(times=3)
    thief = log.copy()
    row = thief.execute("SELECT * FROM audit_waiting WHERE number = 1").fetchone()
    audit_waiting.note_locked(thief, os.urandom, log.now, JOINED)
    forged = thief.execute("SELECT sealed FROM audit_waiting WHERE number = 3").fetchone()[0]
    log.disk.execute("UPDATE audit_waiting SET sealed = ? WHERE number = ?", (forged, row[0]))
    thief.close()
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


@pytest.mark.parametrize(
    "theft",
    [
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET start = x''",
        "UPDATE audit_seal SET key = zeroblob(32)",
        "UPDATE audit_seal SET number = 4611686018427387904",
    ],
)
def test_a_seal_that_isnt_ours_is_noticed(log: Log, theft: str) -> None:
    log.note_locked(times=2)
    log.disk.execute(theft)
    log.disk.execute("DELETE FROM audit_waiting")
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


def test_a_seal_of_an_earlier_time_is_noticed(log: Log) -> None:
    log.note_locked()
    thief = log.copy()
    log.fold()
    log.note_locked(times=3)
    _put_back(thief, log.disk)
    log.fold()
    assert "waiting" in {kind for kind, _, _ in log.flaws()}


def _put_back(thief: sqlite3.Connection, disk: sqlite3.Connection) -> None:
    for table in ("audit_seal", "audit_waiting"):
        rows = thief.execute(f"SELECT * FROM {table}").fetchall()
        disk.execute(f"DELETE FROM {table}")
        for row in rows:
            disk.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    thief.close()


def test_a_flood_is_counted_and_not_kept(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_waiting, "MOST", 5)
    log.note_locked(times=12)
    log.fold()
    assert log.actions().count(Action.PATIENT_JOINED) == 5
    assert log.read()[-1].entry.detail == "7"
    assert log.flaws() == set()


def test_a_box_older_than_its_log_can_wait_too(log: Log) -> None:
    for table in ("audit", "audit_head", "audit_seal"):
        log.disk.execute(f"DELETE FROM {table}")
    log.note_locked(times=2)
    log.fold()
    assert log.actions() == [Action.PATIENT_JOINED] * 2
    assert log.flaws() == set()


def test_before_the_set_up_nothing_is_noted(log: Log) -> None:
    log.disk.execute("DELETE FROM practice")
    log.note_locked()
    assert log.disk.execute("SELECT count(*) FROM audit_waiting").fetchone() == (0,)

"""The audit log against somebody who has the disk, the whole disk, and nothing but the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit.audit import Action, Entry
from practicebox.store.vault.keyring import new_keyring, renewed
from tests.store.audit.audit_world import Log, new_log


@pytest.fixture
def log() -> Iterator[Log]:
    with new_log() as log:
        yield log


def test_an_entry_comes_back_as_it_was_noted(log: Log) -> None:
    entry = Entry("user-1", "device-1", Action.SETTING_CHANGED, "subject-1", "relay ü")
    number = log.note(entry)
    noted = log.read()[-1]
    assert (noted.number, noted.at, noted.entry) == (number, log.now, entry)
    assert not noted.while_locked


def test_an_honest_log_has_no_flaw(log: Log) -> None:
    log.note(times=30)
    assert log.flaws() == set()
    assert log.head().last == 31


def test_nothing_of_an_entry_can_be_read_on_the_disk(log: Log) -> None:
    log.note(Entry("canary-user", "canary-device", Action.LOGIN, "canary-subject", "canary"))
    assert b"canary" not in log.disk.serialize()
    assert Action.LOGIN.value.encode() not in log.disk.serialize()


def test_entries_of_every_kind_are_equally_long(log: Log) -> None:
    log.note(Entry("u" * 16, "d" * 16, Action.APPOINTMENT_CANCELLED, "a" * 16, "2026-03-02"))
    log.note(Entry("", "", Action.LOGIN_FAILED))
    lengths = {len(row.sealed) for row in audit_chain.rows(log.disk, 0, 100)}
    assert len(lengths) == 1


@pytest.mark.parametrize("number", [1, 7, 19])
def test_a_row_that_was_taken_out_leaves_a_gap(log: Log, number: int) -> None:
    log.note(times=19)
    log.disk.execute("DELETE FROM audit WHERE number = ?", (number,))
    assert ("gap", number, number) in log.flaws()


def test_the_last_rows_cant_be_taken_off(log: Log) -> None:
    log.note(times=9)
    log.disk.execute("DELETE FROM audit WHERE number > 6")
    assert log.flaws() == {("gap", 7, 10)}


def test_a_log_that_was_emptied_is_noticed(log: Log) -> None:
    log.note(times=9)
    log.disk.execute("DELETE FROM audit")
    assert log.flaws() == {("gap", 1, 10)}


def test_a_loss_stays_to_be_seen_when_the_log_goes_on(log: Log) -> None:
    log.note(times=9)
    log.disk.execute("DELETE FROM audit WHERE number > 6")
    assert log.note() == 11
    log.note(times=3)
    assert log.flaws() == {("gap", 7, 10)}


def test_rows_that_were_renumbered_to_close_a_gap_are_noticed(log: Log) -> None:
    log.note(times=9)
    log.disk.execute("DELETE FROM audit WHERE number = 5")
    log.disk.execute("UPDATE audit SET number = number - 1 WHERE number > 5")
    kinds = {kind for kind, _, _ in log.flaws()}
    assert {"altered", "gap"} <= kinds


@pytest.mark.parametrize("column", ["sealed", "link", "day", "about", "generation"])
def test_a_changed_row_is_noticed(log: Log, column: str) -> None:
    log.note(times=9)
    other = {
        "sealed": os.urandom(300),
        "link": os.urandom(32),
        "day": "2026-01-01",
        "about": "consultation",
        "generation": 2,
    }
    log.disk.execute(f"UPDATE audit SET {column} = ? WHERE number = 5", (other[column],))
    assert ("altered", 5, 5) in log.flaws()


def test_two_rows_that_changed_places_are_noticed(log: Log) -> None:
    log.note(times=9)
    log.disk.execute("UPDATE audit SET number = 99 WHERE number = 4")
    log.disk.execute("UPDATE audit SET number = 4 WHERE number = 5")
    log.disk.execute("UPDATE audit SET number = 5 WHERE number = 99")
    assert {("altered", 4, 4), ("altered", 5, 5)} <= log.flaws()


def test_a_row_written_with_other_keys_is_noticed(log: Log) -> None:
    log.note(times=4)
    forger = Log(log.disk, new_keyring(os.urandom), log.now)
    forger.note()
    assert log.flaws()


def test_a_deleted_head_is_noticed_and_the_log_goes_on(log: Log) -> None:
    log.note(times=4)
    log.disk.execute("DELETE FROM audit_head")
    assert log.note() == 6
    assert ("head", 1, 5) in log.flaws()


def test_an_older_head_with_its_rows_gone_is_a_gap_at_best(log: Log) -> None:
    log.note(times=4)
    older = log.disk.execute("SELECT generation, sealed FROM audit_head").fetchone()
    log.note(times=4)
    log.disk.execute("UPDATE audit_head SET generation = ?, sealed = ?", older)
    assert ("head", 6, 9) in log.flaws()


def test_the_key_of_a_recent_day_cant_be_thrown_away_unnoticed(log: Log) -> None:
    log.note(times=4)
    log.disk.execute("DELETE FROM subjects WHERE id LIKE 'audit.%'")
    assert {kind for kind, _, _ in log.flaws()} == {"unreadable"}


def test_a_foreign_key_of_today_doesnt_stop_the_log(log: Log) -> None:
    log.note(times=2)
    log.disk.execute("UPDATE subjects SET wrapped = zeroblob(80) WHERE id LIKE 'audit.%'")
    assert log.note() == 4
    opener = audit_chain.Opener(log.disk, log.keyring)
    assert opener.open(audit_chain.rows(log.disk, 3, 1)[0]) is not None
    assert log.flaws() == {("unreadable", 1, 1)}


def test_the_log_goes_on_with_new_keys_after_a_departure(log: Log) -> None:
    log.note(times=3)
    log.keyring = renewed(log.keyring, os.urandom)
    log.note(times=3)
    assert log.flaws() == set()
    assert {row.generation for row in audit_chain.rows(log.disk, 0, 100)} == {1, 2}


def departed(log: Log) -> Log:
    """Somebody who has left with the old keys, and has the disk, too."""
    log.note(times=3)
    old = log.keyring
    log.keyring = renewed(old, os.urandom)
    log.note(times=2)
    assert log.flaws() == set()
    return Log(log.disk, old, log.now)


def test_whoever_has_left_cant_rewrite_with_the_old_keys(log: Log) -> None:
    leaver = departed(log)
    row = audit_chain.rows(log.disk, 5, 1)[0]
    forged = audit_chain.Row(6, row.day, row.about, 1, row.sealed, b"")
    before = audit_chain.rows(log.disk, 4, 1)[0].link
    link = audit_chain.link(audit_chain.chain_key(leaver.keyring, 1), forged, before)
    log.disk.execute("UPDATE audit SET generation = 1, link = ? WHERE number = 6", (link,))
    head = audit_head.read(log.disk, log.keyring)
    assert head is not None
    audit_head.write(log.disk, log.keyring, os.urandom, replace(head, link=link))
    assert log.flaws() == {("altered", 6, 6)}  # although head and link are as good as ours


def test_whoever_has_left_cant_cut_off_what_came_after_them(log: Log) -> None:
    leaver = departed(log)
    log.disk.execute("DELETE FROM audit WHERE number > 3")
    link = audit_chain.rows(log.disk, 2, 1)[0].link
    head = replace(log.head(), last=3, link=link, flaws=())
    audit_head.write(log.disk, leaver.keyring, os.urandom, head)
    assert log.flaws() == {("head", 1, 3)}


def test_flaws_in_the_head_are_bounded(log: Log) -> None:
    head = log.head()
    for number in range(200):
        head = head.with_flaw(audit_head.Flaw(audit_head.Kind.GAP, number, number))
    audit_head.write(log.disk, log.keyring, os.urandom, head)
    assert len(log.head().flaws) == audit_head.MOST_FLAWS


def test_a_detail_of_any_length_is_cut(log: Log) -> None:
    log.note(Entry("u", "d", Action.SETTING_CHANGED, detail="x" * 10_000))
    assert len(log.read()[-1].entry.detail) == audit.LONGEST_DETAIL

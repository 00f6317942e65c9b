"""What an unlocking finds out about somebody who had the disk."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.audit import mark as audit_mark
from practicebox.store.audit.audit import Action
from practicebox.store.audit.head import Flaw
from practicebox.store.audit.mark import Mark
from practicebox.store.sql.database import NAME
from tests.store.audit.audit_box import actions, kinds, log_of, tamper
from tests.store.world import PERSON, World


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM audit WHERE number = 2", "gap"),
        ("DELETE FROM audit WHERE number > 3", "gap"),
        ("UPDATE audit SET day = '2026-03-01' WHERE number = 2", "altered"),
        ("DELETE FROM audit_head", "head"),
        ("DELETE FROM subjects WHERE id LIKE 'audit.%'", "unreadable"),
        ("DELETE FROM audit_seal", "waiting"),
    ],
)
async def test_tampering_is_noticed_at_the_next_unlocking(
    world: World, statement: str, kind: str
) -> None:
    for _ in range(4):
        await world.store.appointments.add(world.draft())
    await world.stop()
    tamper(world, statement)
    await world.start()
    await world.log_in()
    assert kind in await kinds(world)
    assert Action.LOG_DAMAGED in await actions(world)


async def test_an_honest_restart_raises_no_alarm(world: World) -> None:
    for _ in range(3):
        await world.restart()
        await world.log_in()
    assert await kinds(world) == set()
    assert await world.store.audit.verify() == ()


async def test_an_older_database_is_noticed_by_the_mark_beside_it(world: World) -> None:
    await world.stop()
    shutil.copy(world.path / NAME, world.path.parent / "older")
    await world.start()
    await world.log_in()
    await world.store.appointments.add(world.draft())
    await world.stop()
    shutil.copy(world.path.parent / "older", world.path / NAME)
    await world.start()
    await world.log_in()
    assert await kinds(world) == {"rolled-back"}


async def test_a_missing_mark_is_noticed(world: World) -> None:
    await world.restart()
    await world.log_in()
    await world.stop()
    (world.path / audit_mark.NAME).unlink()
    await world.start()
    await world.log_in()
    assert await kinds(world) == {"mark-missing"}


async def test_an_older_copy_of_the_whole_disk_is_noticed_by_a_workstation(
    world: World, tmp_path: Path
) -> None:
    await world.stop()
    shutil.copytree(world.path, tmp_path / "copy")
    await world.start()
    await world.log_in()
    await world.store.appointments.add(world.draft())
    witness = await world.store.audit.mark()
    await world.stop()
    shutil.rmtree(world.path)
    shutil.copytree(tmp_path / "copy", world.path)
    await world.start()
    await world.log_in()
    assert await kinds(world) == set()  # nothing on the disk can tell
    await world.store.audit.ask_witness(witness)
    assert await kinds(world) == {"rolled-back"}


async def test_a_log_that_grew_over_the_mark_again_doesnt_match_it(
    world: World, tmp_path: Path
) -> None:
    await world.stop()
    shutil.copytree(world.path, tmp_path / "copy")
    await world.start()
    await world.log_in()
    witness = await world.store.audit.mark()
    await world.stop()
    shutil.rmtree(world.path)
    shutil.copytree(tmp_path / "copy", world.path)
    await world.start()
    await world.log_in()
    for _ in range(5):
        await world.store.appointments.add(world.draft())
    await world.store.audit.ask_witness(witness)
    assert await kinds(world) == {"rolled-back"}


async def test_a_witness_of_the_same_log_is_content(world: World) -> None:
    witness = await world.store.audit.mark()
    await world.store.appointments.add(world.draft())
    await world.store.audit.ask_witness(witness)
    await world.store.audit.ask_witness(await world.store.audit.mark())
    assert await kinds(world) == set()


async def test_a_witness_of_before_a_restore_is_asked_only_about_what_was_restored(
    world: World,
) -> None:
    keyring = world.store.vault.keyring()
    await world.store.appointments.add(world.draft())
    head = await world.store.audit.head()
    restored = replace(head, era=7, restored=2)

    def check(mark: Mark) -> Flaw | None:
        with closing(sqlite3.connect(world.path / NAME)) as disk:
            return audit_mark.check(disk, restored, mark)

    assert check(Mark(0, 50, bytes(16))) is None  # noted after the backup, rightly lost
    assert check(Mark(0, 1, bytes(16))) is not None  # noted before it, and not there
    assert check(Mark(7, 50, bytes(16))) is not None  # noted after the restore, and gone
    assert check(Mark(8, 1, head.link[:16])) is not None  # of a later restore
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        assert audit_mark.look(disk, keyring, head) is None


async def test_what_was_acknowledged_is_no_alarm_any_more(world: World) -> None:
    await world.stop()
    tamper(world, "DELETE FROM audit WHERE number = 2")
    await world.start()
    await world.log_in()
    assert await kinds(world)
    await world.store.audit.acknowledge(world.session.user.id, "")
    assert await kinds(world) == set()
    await world.restart()
    await world.log_in()
    assert await kinds(world) == set()
    await world.stop()
    tamper(world, "DELETE FROM audit WHERE number = 4")
    await world.start()
    await world.log_in()
    assert await kinds(world) == {"gap"}


async def test_rows_that_were_pruned_cant_come_back(world: World) -> None:
    await world.store.audit.keep(90, world.session.user.id, "")
    await world.stop()
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        old = disk.execute("SELECT * FROM audit WHERE number = 1").fetchone()
    await world.start()
    world.clock.advance(timedelta(days=120))
    await world.log_in()
    await world.store.retention.run()
    await world.stop()
    with closing(sqlite3.connect(world.path / NAME, isolation_level=None)) as disk:
        disk.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", old)
    await world.start()
    await world.log_in()
    assert await kinds(world) == {"altered"}


async def test_nobody_with_the_disk_can_shorten_the_log(world: World) -> None:
    await world.stop()
    tamper(world, "INSERT INTO settings VALUES ('audit_days', '1', '2026-03-02T11:00:00Z')")
    await world.start()
    world.clock.advance(timedelta(days=60))
    await world.log_in()
    await world.store.retention.run()
    assert (await log_of(world))[0].entry.action is Action.FOUNDED


async def test_a_disk_that_takes_no_file_keeps_nobody_out(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.stop()
    (world.path / f"{audit_mark.NAME}.new").mkdir()
    await world.start()
    assert await world.log_in()
    await world.store.audit.write_mark()
    assert await kinds(world) == set()
    assert "mark_not_written" in caplog.text


async def test_a_departure_raises_no_alarm(world: World) -> None:
    enrolment = await world.store.people.invite("clinician", PERSON)
    await world.store.people.off_board(enrolment.user_id)
    assert await world.store.audit.verify() == ()
    await world.restart()
    await world.log_in()
    await world.store.appointments.add(world.draft())
    assert await world.store.audit.verify() == ()
    assert world.store.vault.keyring().current.number == 2

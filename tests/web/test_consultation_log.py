"""Beginning and end of a consultation get into the audit log, once each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from practicebox.rtc.messages import Admit, Reason, Role
from practicebox.rtc.room import Seat
from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.web.staff.consultation_log import CONSULTATIONS
from tests.web.staff_box import MONDAY, StaffBox, found, staff_box

UNTIL = MONDAY + timedelta(hours=2)
OF_CALLS = frozenset({Action.CONSULTATION_STARTED, Action.CONSULTATION_ENDED})


def seat(role: Role, device: str) -> Seat:
    return Seat(role, device, instance=device * 4, send=lambda _: None, close=lambda _: None)


async def noted(box: StaffBox) -> list[tuple[Action, str, str]]:
    """What the log says of calls, oldest first, once all is written."""
    door = box.server.app
    assert door is not None
    while door[CONSULTATIONS].tasks:
        await next(iter(door[CONSULTATIONS].tasks))
    page = await box.store.audit.page(Filter(actions=OF_CALLS), 100)
    entries = [entry.entry for entry in page.entries if isinstance(entry, Noted)]
    return [(e.action, e.actor, e.subject) for e in reversed(entries)]


async def test_a_consultation_is_noted_with_who_held_it(tmp_path: Path) -> None:
    async with staff_box(tmp_path / "data") as box:
        await found(box.browser)
        rooms, door = box.services.rooms, box.server.app
        assert door is not None
        door[CONSULTATIONS].seats["a"] = By("doctor", "desk")
        clinician, patient = seat(Role.CLINICIAN, "desk"), seat(Role.PATIENT, "phone")
        room = rooms.join("a", UNTIL, clinician)
        rooms.join("a", UNTIL, patient)
        assert await noted(box) == []
        room.handle(clinician, Admit())
        room.handle(clinician, Admit())
        assert await noted(box) == [(Action.CONSULTATION_STARTED, "doctor", "a")]
        room.leave(patient, Reason.LOST)  # a reload isn't the end
        rooms.join("a", UNTIL, patient)
        rooms.close("a")
        assert await noted(box) == [
            (Action.CONSULTATION_STARTED, "doctor", "a"),
            (Action.CONSULTATION_ENDED, "doctor", "a"),
        ]


async def test_a_consultation_that_ends_on_a_locked_box_is_noted_too(tmp_path: Path) -> None:
    async with staff_box(tmp_path / "data") as box:
        await found(box.browser)
        clinician = seat(Role.CLINICIAN, "desk")
        room = box.services.rooms.join("a", UNTIL, clinician)
        box.services.rooms.join("a", UNTIL, seat(Role.PATIENT, "phone"))
        room.handle(clinician, Admit())
        await noted(box)
        keyring = box.store.vault.keyring()
        box.store.lock()
        box.services.rooms.close("a")
        door = box.server.app
        assert door is not None
        for task in tuple(door[CONSULTATIONS].tasks):
            await task
        box.store.vault.take(keyring)
        ended = await box.store._box.database.run(
            lambda c: c.execute("SELECT count(*) FROM audit_waiting").fetchone()
        )
        assert ended == (1,)

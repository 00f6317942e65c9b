"""Consents: noted, revoked, run out, scanned in, sealed with the patient, there after new keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.practice.consents import CONSENT, PRIVACY, RELEASE, Light
from practicebox.practice.form_text import FormText
from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.backup.ledger import Level
from practicebox.store.conditions import Locked, NoSuchConsent, NoSuchPatient
from practicebox.store.consents.consents import Draft
from tests.store.people.people_world import add_bert
from tests.store.world import ALICE, NOON, World, raw_bytes, reading

BY = By("u" * 16, "d" * 16)
TODAY = NOON.date()
DAY = timedelta(days=1)
SIGNED = Draft(CONSENT, "paper", NOON)
SCANNED = Draft(CONSENT, "scan", NOON, scan="application/pdf", content=b"%PDF-1.7 Unterschrift")
NEW = FormText("Neu", "Kurz", "Lang")


async def alice(world: World) -> str:
    (record,) = await world.store.patients.add_all([ALICE])
    return record.id


async def light(world: World, patient: str, form: str = CONSENT, days: int = 0) -> Light:
    return (await world.store.consents.judged(patient, TODAY + days * DAY))[form][0]


async def test_it_counts_until_it_is_revoked_and_the_day_before_stays(world: World) -> None:
    patient, consents = await alice(world), world.store.consents
    assert await light(world, patient) is Light.MISSING
    one = await consents.note(patient, SIGNED, BY)
    assert await light(world, patient) is Light.GIVEN
    world.clock.advance(DAY)
    await consents.revoke(patient, one.id, BY)
    assert await light(world, patient, days=0) is Light.GIVEN
    assert await light(world, patient, days=1) is Light.REVOKED
    await consents.revoke(patient, one.id, BY)
    (found,) = await consents.of(patient)
    assert (found.revoked, found.revoked_by) == (NOON + DAY, BY.actor)
    page = await world.store.audit.page(Filter(), 50)
    log = [noted.entry.action for noted in page.entries if isinstance(noted, Noted)]
    assert log.count(Action.CONSENT_GIVEN) == log.count(Action.CONSENT_REVOKED) == 1
    with pytest.raises(NoSuchConsent):
        await consents.revoke(patient, "nothing", BY)


async def test_it_runs_out(world: World) -> None:
    patient = await alice(world)
    draft = Draft(RELEASE, "paper", NOON, TODAY + DAY, ("Beate Berg, Schwester",))
    await world.store.consents.note(patient, draft, BY)
    assert await light(world, patient, RELEASE, 1) is Light.GIVEN
    assert await light(world, patient, RELEASE, 2) is Light.EXPIRED
    await world.stop()
    assert b"Beate" not in raw_bytes(world.path)


async def test_a_new_text_asks_anew_only_if_it_says_so(world: World) -> None:
    patient = await alice(world)
    await world.store.consents.note(patient, SIGNED, BY)
    texts = world.store.form_texts
    assert (await texts.all())[CONSENT][0].since, "what was agreed to is kept"
    assert (await texts.publish(CONSENT, NEW, renew=False, by=BY)).number == 2
    assert await light(world, patient) is Light.GIVEN
    world.clock.advance(DAY)
    await texts.publish(CONSENT, replace(NEW, text="Anders"), renew=True, by=BY)
    assert await light(world, patient, days=0) is Light.GIVEN
    assert await light(world, patient, days=1) is Light.OUTDATED
    (one,) = await world.store.consents.of(patient)
    versions = (await texts.all())[CONSENT]
    assert versions[one.version - 1].text.title == "Einwilligung in die Videosprechstunde"
    assert [version.text.text for version in versions[1:]] == ["Lang", "Anders"]
    assert [version.number for version in (await texts.all())[PRIVACY]] == [1]


async def test_a_scan_opens_only_for_its_patient(world: World) -> None:
    patient = await alice(world)
    (other,) = await world.store.patients.add_all([replace(ALICE, name="Ben")])
    one = await world.store.consents.note(patient, SCANNED, BY)
    assert await world.store.consents.scan(patient, one.id) == ("application/pdf", SCANNED.content)
    with pytest.raises(NoSuchConsent):
        await world.store.consents.scan(other.id, one.id)
    signed = await world.store.consents.note(patient, SIGNED, BY)
    with pytest.raises(NoSuchConsent):
        await world.store.consents.scan(patient, signed.id)
    await world.stop()
    assert SCANNED.content not in raw_bytes(world.path)


async def test_it_goes_with_the_patient_and_is_in_their_copy(world: World) -> None:
    patient = await alice(world)
    one = await world.store.consents.note(patient, SCANNED, BY)
    export = await world.store.patients.export(patient)
    assert export.consents == (one,)
    assert export.scans == {one.id: SCANNED.content}
    await world.store.patients.delete(patient)
    with reading(world.path) as connection:
        for table in ("consents", "consent_scans"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


async def test_of_two_entries_that_become_one_all_consents_stay(world: World) -> None:
    store, other = world.store, replace(ALICE, born=None, phone="")
    stays, goes = await store.patients.add_all([ALICE, other])
    one = await store.consents.note(goes.id, SCANNED, BY)
    await store.upkeep.merge(stays.id, goes.id, ALICE)
    assert await store.consents.of(stays.id) == (one,)
    assert (await store.consents.scan(stays.id, one.id))[1] == SCANNED.content


async def test_it_opens_after_somebody_has_left_and_is_proved_in_a_backup(world: World) -> None:
    patient = await alice(world)
    one = await world.store.consents.note(patient, SCANNED, BY)
    await world.store.people.off_board(await add_bert(world))
    await world.store.patients.change(patient, replace(ALICE, phone="0151 999"))
    assert (await world.store.consents.scan(patient, one.id))[1] == SCANNED.content
    with reading(world.path) as connection:
        query = "SELECT generation FROM consents UNION ALL SELECT generation FROM consent_scans"
        assert connection.execute(query).fetchall() == [(2,), (2,)]
    await world.store.backups.make()
    assert (await world.store.backups.prove()).level is Level.WHOLE


async def test_a_locked_box_knows_nothing_of_them(world: World) -> None:
    patient = await alice(world)
    with pytest.raises(NoSuchPatient):
        await world.store.consents.note("nobody", SIGNED, BY)
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.consents.of(patient)
    with pytest.raises(Locked):
        await world.store.form_texts.publish(CONSENT, NEW, renew=True, by=BY)

"""The page of the audit log: readable, filterable, exported without harm, for the Hauptnutzer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.audit.audit import Action, By
from practicebox.store.audit.head import Kind
from practicebox.store.records import AppointmentDraft, Patient
from practicebox.web.staff import audit_words
from practicebox.web.staff.audit_export import as_csv, as_json, harmless
from practicebox.web.staff.audit_view import Line
from tests.web.staff_box import ACCESS, GOOD_PASSWORD, MONDAY, StaffBox, found, staff_box

LOGIN = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A practice; the Hauptnutzer is logged in."""
    async with staff_box(tmp_path / "data") as box:
        await found(box.browser)
        if not box.browser.cookie("session"):
            await box.browser.post("/login", LOGIN)
        yield box


async def planned(box: StaffBox, name: str = "Krejčová, Alice") -> str:
    (user,) = await box.store.users()
    draft = AppointmentDraft(Patient(name), MONDAY + timedelta(hours=2), 30, user.id, "Kontrolle")
    return (await box.store.appointments.add(draft, By(user.id))).id


def put_witness(box: StaffBox, value: str) -> None:
    """Let the browser have another witness than it was given."""
    client = box.browser.client
    client.session.cookie_jar.update_cookies({"pb-witness": value}, client.make_url("/"))


def test_every_action_and_every_flaw_has_its_words() -> None:
    assert set(audit_words.SENTENCES) == set(Action)
    assert set(audit_words.FLAWS) == set(Kind)
    assert set(audit_words.KINDS) == {kind.value for kind in Kind}
    grouped = [action for _, actions in audit_words.GROUPS.values() for action in actions]
    assert sorted(grouped, key=str) == sorted(Action, key=str)


async def test_the_page_says_who_did_what_in_german(box: StaffBox) -> None:
    appointment = await planned(box)
    await box.browser.get(f"/appointments/{appointment}")
    await box.browser.body(f"/appointments/{appointment}/letter.pdf")
    page = await box.browser.get("/audit")
    assert page.status == 200
    assert "MartinW hat die Praxis eingerichtet." in page.words
    assert "MartinW hat sich angemeldet." in page.words
    assert "MartinW hat den Termin am 18.01.2027, 11:00 angelegt." in page.words
    assert "MartinW hat einen Patienten angelegt." in page.words
    assert "mit den Zugangscodes geöffnet" in page.words
    assert "MartinW hat den Brief gedruckt für den Termin am 18.01.2027" in page.words
    assert ACCESS["device"] in page.words
    assert "Krejčová" not in page.words  # the log names no patient


async def test_a_deleted_appointment_is_called_that(box: StaffBox) -> None:
    appointment = await planned(box)
    await box.browser.post(f"/appointments/{appointment}/delete", {})
    page = await box.browser.get("/audit")
    assert "MartinW hat einen Termin gelöscht." in page.words
    assert "MartinW hat einen gelöschten Termin angelegt." in page.words


async def test_the_filter_shows_only_what_was_asked_for(box: StaffBox) -> None:
    await planned(box)
    (user,) = await box.store.users()
    page = await box.browser.get("/audit?group=consultations")
    assert "angelegt" in page.words
    assert "angemeldet" not in page.words
    assert page.typed["group"] == "consultations"
    page = await box.browser.get(f"/audit?who={user.id}&group=access")
    assert "hat sich angemeldet" in page.words
    page = await box.browser.get("/audit?who=patient")
    assert "Kein Eintrag passt dazu." in page.words
    page = await box.browser.get("/audit?day=2027-01-18")
    assert "hat sich angemeldet" in page.words
    page = await box.browser.get("/audit?day=2027-01-17")
    assert "Kein Eintrag passt dazu." in page.words


async def test_a_strange_question_gets_a_page(box: StaffBox) -> None:
    strange = ("day=gestern", "day=0001-01-01", "day=9999-12-31", "before=x", "who=%00")
    for query in (*strange, "before=" + "9" * 40):
        assert (await box.browser.get(f"/audit?{query}")).status == 200


async def test_a_wrong_date_is_named_beside_the_field(box: StaffBox) -> None:
    page = await box.browser.get("/audit?day=gestern")
    assert "Bitte geben Sie ein Datum wie 2026-03-29 ein." in page.words
    assert page.typed["day"] == "gestern"


async def test_what_was_deleted_of_a_day_is_one_line(box: StaffBox) -> None:
    appointment = await planned(box)
    for _ in range(3):
        await box.browser.get(f"/appointments/{appointment}")
    box.clock.forward(timedelta(days=90))
    await box.store.retention.run()
    await box.browser.post("/login", LOGIN)
    page = await box.browser.get("/audit")
    assert "4 Einträge zu Sprechstunden, planmäßig gelöscht." in page.words
    assert "Termine vor dem 20.01.2027 wurden planmäßig gelöscht." in page.words


async def test_older_entries_are_one_click_away(box: StaffBox) -> None:
    for _ in range(130):
        await box.store.audit.record(By().did(Action.BACKUP_MADE))
    page = await box.browser.get("/audit")
    assert "Nr. 1 " not in f"{page.words} "
    _, _, rest = page.source.partition('href="/audit?before=')
    page = await box.browser.get(f"/audit?before={rest.partition(chr(34))[0]}")
    assert "hat die Praxis eingerichtet" in page.words


async def test_the_export_is_a_table_and_notes_itself(box: StaffBox) -> None:
    await planned(box)
    page = await box.browser.post("/audit/export", {"format": "csv"})
    rows = list(csv.reader(io.StringIO(page.source.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["Eintrag Nr.", "Zeit", "Wer", "Endgerät", "Was geschah"]
    assert rows[1][4] == "MartinW hat dieses Protokoll als Datei gespeichert."
    assert rows[-1][0] == "1"
    assert "Krejčová" not in page.source


async def test_the_export_for_programs_has_the_mark(box: StaffBox) -> None:
    page = await box.browser.post("/audit/export", {"format": "json"})
    content = json.loads(page.source)
    assert content["mark"] == (await box.store.audit.mark()).text
    assert content["entries"][0]["action"] == "log-exported"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r\n=cmd|' /C calc'!A0"]
)
def test_no_cell_becomes_a_formula(cell: str) -> None:
    line = Line(1, MONDAY, MONDAY.date(), cell, cell, cell, cell, "login", False)
    (row,) = list(csv.reader(io.StringIO(as_csv([line], ()).decode("utf-8-sig")), delimiter=";"))[
        1:
    ]
    assert all(value.startswith("'") for value in row[2:])
    assert harmless("Alles gut") == "Alles gut"


def test_hostile_names_stay_data() -> None:
    name = '"; <script>\u202e' + "x" * 10_000
    line = Line(1, MONDAY, MONDAY.date(), name, name, name, name, "login", False)
    assert json.loads(as_json([line], ""))["entries"][0]["who"] == name
    assert list(csv.reader(io.StringIO(as_csv([line], ()).decode()), delimiter=";"))[1][2] == name


async def test_the_printed_mark_can_be_compared_later(box: StaffBox) -> None:
    mark = (await box.store.audit.mark()).text
    await planned(box)
    page = await box.browser.post("/audit/compare", {"mark": f" {mark} "})
    assert page.location == "/audit?said=mark_good"
    era, number, link = mark.split(".")
    forged = f"{era}.{number}.{'B' if link[0] == 'A' else 'A'}{link[1:]}"
    assert (await box.browser.post("/audit/compare", {"mark": forged})).location.endswith("bad")
    page = await box.browser.get("/audit")
    assert "Mit diesem Protokoll stimmt etwas nicht" in page.words
    assert "Mit dem Protokoll stimmt etwas nicht" in (await box.browser.get("/")).words
    await box.browser.post("/audit/acknowledge", {})
    assert "stimmt etwas nicht" not in (await box.browser.get("/audit")).words


async def test_what_is_no_mark_is_said_beside_the_field(box: StaffBox) -> None:
    tail = "A" * 22
    for mark in ("", "1", "0.x.y", "0.1.!!!", "0.1." + "A" * 500, f"-1.1.{tail}", f"0.+1.{tail}"):
        page = await box.browser.post("/audit/compare", {"mark": mark})
        assert page.status == 422
        assert "Das ist kein Prüfwert." in page.words
        assert page.typed["mark"] == mark


async def test_a_workstation_is_a_witness_at_its_next_login(box: StaffBox) -> None:
    await box.browser.post("/logout", {})
    await box.browser.post("/login", LOGIN)
    assert box.browser.cookie("witness")
    await box.browser.post("/logout", {})
    await box.browser.post("/login", LOGIN)
    assert (await box.store.audit.head()).alarms == ()
    practice, _, mark = box.browser.cookie("witness").partition("~")
    era, number, link = mark.split(".")
    put_witness(box, f"{practice}~{era}.{int(number) + 500}.{link}")
    await box.browser.post("/login", LOGIN)
    assert {flaw.kind for flaw in (await box.store.audit.head()).alarms} == {Kind.ROLLED_BACK}


async def test_a_witness_of_another_practice_says_nothing(box: StaffBox) -> None:
    await box.browser.post("/logout", {})
    for value in ("0123456789abcdef~0.999.AAAAAAAAAAAAAAAAAAAAAA", "x", "~", "a~b~c"):
        put_witness(box, value)
        await box.browser.post("/login", LOGIN)
        await box.browser.post("/logout", {})
    await box.browser.post("/login", LOGIN)
    assert (await box.store.audit.head()).alarms == ()


async def test_how_long_entries_are_kept_is_chosen_from_a_list(box: StaffBox) -> None:
    assert (await box.browser.post("/audit/keep", {"days": "730"})).status == 303
    assert (await box.store.audit.head()).keep == 730
    assert (
        "Einstellung geändert: Aufbewahrung des Protokolls"
        in (await box.browser.get("/audit")).words
    )
    page = await box.browser.post("/audit/keep", {"days": "1"})
    assert page.status == 422
    assert "Bitte wählen Sie einen der Zeiträume." in page.words


async def test_the_whole_log_can_be_checked_at_any_time(box: StaffBox) -> None:
    page = await box.browser.post("/audit/verify", {})
    assert page.location == "/audit?said=log_good"
    await box.store._box.database.run(
        lambda c: c.execute("DELETE FROM audit WHERE number = 1").fetchall()
    )
    assert (await box.browser.post("/audit/verify", {})).location == "/audit?said=log_bad"

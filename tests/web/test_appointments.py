"""Appointments on the staff door, with a real store."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from practicebox.store.conditions import NoSuchAppointment, UnknownInvitation
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors, details


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_the_form_plans_in_local_time_and_leads_to_the_details(doors: Doors) -> None:
    appointment = await doors.plan()
    assert appointment.starts == datetime(2027, 1, 19, 14, 30, tzinfo=UTC)
    assert appointment.patient.address == ("Lindenallee 7", "12345 Musterhausen")
    page = await details(doors, appointment)
    for words in (
        "Termin mit Alice Krejčová",
        "19.01.2027 , 15:30 Uhr , 45 min",
        "Organisator Martin Winkler",
        "Teilnehmer Alice Krejčová , geboren am 12.05.1944",
        f"Arzt-Zugangscode {appointment.codes.doctor}",
        f"Patienten-Zugangscode {appointment.codes.patient}",
        "TERMIN STARTEN",
        "EINLADUNG SENDEN",
        "DRUCKEN",
    ):
        assert words in page.words


async def test_a_fresh_form_asks_five_things_and_proposes_the_next_quarter(doors: Doors) -> None:
    page = await doors.staff.get("/appointments/new")
    first, _, _ = page.source.partition("<details")
    assert len(re.findall(r'<div class="field[ "]', first)) == 5
    assert page.focused == "patient"
    assert (page.typed["date"], page.typed["time"]) == ("2027-01-18", "09:15")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("patient", "  ", "Bitte geben Sie den Namen der Patientin oder des Patienten ein."),
        ("date", "", "Bitte geben Sie den Tag des Termins ein."),
        ("date", "2027-01-17", "Dieser Tag ist schon vorbei."),
        ("date", "2037-01-17", "Dieser Tag ist mehr als drei Jahre entfernt."),
        ("time", "halb vier", "Bitte geben Sie die Uhrzeit des Termins ein."),
        ("minutes", "9999", "Bitte wählen Sie, wie lange der Termin dauert."),
        ("born", "2099-01-01", "Bitte geben Sie das Geburtsdatum mit Tag, Monat und Jahr ein."),
        ("email", "alice@", "Diese E-Mail-Adresse ist nicht vollständig."),
        ("organiser", "somebody", "Bitte wählen Sie, wer die Sprechstunde hält."),
    ],
)
async def test_a_mistake_is_named_and_nothing_typed_is_lost(
    doors: Doors, field: str, typed: str, words: str
) -> None:
    page = await doors.staff.post("/appointments/new", {**PLANNED, field: typed})
    assert page.status == 422
    assert words in page.words
    assert page.focused == field or field in {"minutes", "organiser"}
    assert page.typed["email"] == (typed if field == "email" else "alice@example.org")
    assert "Lindenallee 7" in page.source
    assert await doors.box.store.appointments.upcoming(doors.box.clock(), 10) == []


async def test_the_hour_that_summer_time_skips_is_refused(doors: Doors) -> None:
    page = await doors.staff.post(
        "/appointments/new", {**PLANNED, "date": "2027-03-28", "time": "02:30"}
    )
    assert "diese Uhrzeit gibt es nicht" in page.words


async def test_typed_german_dates_and_times_are_understood(doors: Doors) -> None:
    appointment = await doors.plan(date="19.1.2027", time="15.30", born="12.5.1944")
    assert appointment.starts == datetime(2027, 1, 19, 14, 30, tzinfo=UTC)


async def test_moving_keeps_codes_and_link(doors: Doors) -> None:
    before = await doors.plan()
    path = f"/appointments/{before.id}/edit"
    form = await doors.staff.get(path)
    assert form.typed["patient"] == "Alice Krejčová"
    done = await doors.staff.post(path, {**PLANNED, "date": "2027-02-01"})
    assert done.location == f"/appointments/{before.id}?said=changed"
    after = await doors.box.store.appointments.get(before.id)
    assert after.starts == before.starts + timedelta(days=13)
    assert (after.codes, after.link) == (before.codes, before.link)


async def test_cancelling_asks_first_and_ends_the_codes(doors: Doors) -> None:
    appointment = await doors.plan()
    asked = await doors.staff.get(f"/appointments/{appointment.id}/cancel")
    assert "Termin absagen?" in asked.words
    assert (await doors.box.store.appointments.get(appointment.id)).state == "planned"
    await doors.staff.post(f"/appointments/{appointment.id}/cancel", {})
    assert "Dieser Termin ist abgesagt" in (await details(doors, appointment)).words
    status, _ = await doors.join({"code": appointment.codes.patient})
    assert status == 404


async def test_deleting_destroys_it(doors: Doors) -> None:
    appointment = await doors.plan()
    await doors.staff.post(f"/appointments/{appointment.id}/delete", {})
    with pytest.raises(NoSuchAppointment):
        await doors.box.store.appointments.get(appointment.id)
    with pytest.raises(UnknownInvitation):
        await doors.box.store.invitations.by_code(appointment.codes.patient)
    assert (await details(doors, appointment)).status == 404


@pytest.mark.parametrize("typed", ["krejcova", "ALICE", "jčo"])
async def test_search_finds_parts_of_names(doors: Doors, typed: str) -> None:
    await doors.plan()
    await doors.plan(patient="Max Müller", time="16:30")
    page = await doors.staff.post("/appointments/search", {"q": typed})
    assert "Alice Krejčová" in page.words and "Müller" not in page.words
    assert page.typed["q"] == typed


async def test_search_finds_an_access_code(doors: Doors) -> None:
    appointment = await doors.plan()
    for code in (appointment.codes.doctor, appointment.codes.patient.replace("-", " ").upper()):
        page = await doors.staff.post("/appointments/search", {"q": code})
        assert "Alice Krejčová" in page.words


async def test_search_that_finds_nothing_says_so(doors: Doors) -> None:
    page = await doors.staff.post("/appointments/search", {"q": "Niemand"})
    assert "Zu dieser Suche wurde nichts gefunden." in page.words


async def test_past_appointments_show_only_when_asked_for(doors: Doors) -> None:
    await doors.plan()
    doors.box.clock.forward(timedelta(days=5))
    await doors.staff.post("/login", {})  # the session has idled out; sign in anew
    await _sign_in(doors)
    assert "Alice" not in (await doors.staff.get("/appointments")).words
    assert "Alice Krejčová" in (await doors.staff.get("/appointments?past=1")).words


async def test_the_mail_is_prepared_with_link_and_code(doors: Doors) -> None:
    appointment = await doors.plan()
    source = (await details(doors, appointment)).source
    [mail] = [part.split('"')[0] for part in source.split('href="') if part.startswith("mailto:")]
    text = unquote(mail.replace("&amp;", "&"))
    assert text.startswith("mailto:alice@example.org?subject=Ihre Videosprechstunde&body=")
    for part in (
        "Dienstag, 19. Januar 2027 um 15:30 Uhr",
        f"https://video.example.org/v#{appointment.link.fragment()}",
        appointment.codes.patient,
        "01234 5678 910",
    ):
        assert part in text
    assert appointment.codes.doctor not in text
    assert "Operation" not in text


async def test_the_letter_is_printed_alone_and_with_its_day(doors: Doors) -> None:
    first = await doors.plan()
    await doors.plan(patient="Jesús Bañuelos", time="17:00")
    cancelled = await doors.plan(patient="Abgesagt", time="18:00")
    await doors.staff.post(f"/appointments/{cancelled.id}/cancel", {})
    [alone] = pages(await doors.staff.body(f"/appointments/{first.id}/letter.pdf"))
    assert first.codes.patient in alone and "Alice Krejčová" in alone
    assert first.codes.doctor not in alone and "Operation" not in alone
    day = pages(await doors.staff.body("/days/2027-01-19/letters.pdf"))
    assert ["Alice" in page for page in day] == [True, False]
    assert "Jesús Bañuelos" in day[1]
    assert (await doors.staff.body(f"/appointments/{first.id}/letter.png"))[:4] == b"\x89PNG"
    assert (await doors.staff.get("/days/2027-02-30/letters.pdf")).status == 404


async def test_names_are_shown_as_text_and_never_as_html(doors: Doors) -> None:
    appointment = await doors.plan(patient="<script>alert(1)</script>", reason='"><b>x')
    source = (await details(doors, appointment)).source
    assert "<script>alert" not in source and '"><b>x' not in source


async def _sign_in(doors: Doors) -> None:
    fields = {"organisation": "pwinkler", "user": "martinw", "password": "Ein guter Satz 7"}
    assert (await doors.staff.post("/login", fields)).location == "/"

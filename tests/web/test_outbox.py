"""Mailbox, texts, agreements and the outbox, as the practice's browser sees them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from practicebox.practice.reminders import Way
from tests.post.smtp_world import PASSWORD
from tests.web.both_doors import details
from tests.web.office import Office, open_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


# The mailbox


async def test_a_test_mail_arrives(office: Office) -> None:
    assert (await office.set_up()).location == "/messages?said=saved"
    page = await office.doors.staff.post("/messages/test", {"test_to": "chef@example.org"})
    assert page.location == "/messages?said=test_sent"
    assert office.mailbox.to == ["chef@example.org"]
    (message,) = office.mailbox.messages()
    assert message["Subject"] == "Test-E-Mail von Ihrer PracticeBox"


async def test_what_the_provider_says_stands_in_words_beside_the_field(office: Office) -> None:
    await office.set_up()
    office.mailbox.at_rcpt = lambda to: "550 no"
    page = await office.doors.staff.post("/messages/test", {"test_to": "chef@example.org"})
    assert (page.status, page.focused) == (422, "test_to")
    assert "Der Anbieter hat Absender oder Empfänger abgelehnt." in page.words
    assert page.typed["test_to"] == "chef@example.org"


async def test_a_password_is_never_shown_again_and_stays_with_its_server(office: Office) -> None:
    staff, kept = office.doors.staff, office.doors.box.store.sealed_settings
    fields = {"host": "smtp.example.org", "port": "587", "security": "starttls", "user": "praxis"}
    await office.set_up(**fields, password=PASSWORD)
    page = await staff.get("/messages")
    assert PASSWORD not in page.source
    assert "Gespeichert und versiegelt." in page.words
    await office.set_up(**fields, sender="neu@example.org")
    assert (await kept.get("mail"))["password"] == PASSWORD
    page = await office.set_up(**{**fields, "host": "smtp.evil.example"})
    assert (page.status, page.focused) == (422, "password")


@pytest.mark.parametrize(
    ("changes", "bad", "sentence"),
    [
        ({"host": "smtp.example.org"}, "security", "Ohne Verschlüsselung könnte das Passwort"),
        ({"port": "99999"}, "port", "einen Port zwischen 1 und 65535"),
        ({"port": ""}, "port", "einen Port zwischen 1 und 65535"),
        ({"sender": "praxis"}, "sender", "Das ist keine E-Mail-Adresse"),
        ({"user": "praxis"}, "password", "Bitte geben Sie das Passwort"),
    ],
)
async def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(
    office: Office, changes: dict[str, str], bad: str, sentence: str
) -> None:
    page = await office.set_up(shown_name="Praxis Winkler", **changes)
    assert (page.status, page.focused) == (422, bad)
    assert sentence in page.words
    assert page.typed["shown_name"] == "Praxis Winkler"


# Texts


TEXTS = {"invitation": "{Link}", "reminder": "{Link}", "sms": "{Link}", "first": "0", "second": "0"}


@pytest.mark.parametrize(
    ("changes", "bad", "sentence"),
    [
        ({"invitation": "Hallo {Nahme} {Link}"}, "invitation", "„{Nahme}“ ist kein Platzhalter"),
        ({"reminder": "Hallo {Name}"}, "reminder", "„{Link}“ fehlt"),
        ({"first": "17"}, "first", "Bitte wählen Sie eine der Zeiten"),
    ],
)
async def test_a_text_without_which_nobody_finds_in_is_refused(
    office: Office, changes: dict[str, str], bad: str, sentence: str
) -> None:
    page = await office.doors.staff.post("/messages/texts", {**TEXTS, **changes})
    assert (page.status, page.focused) == (422, bad)
    assert sentence in page.words


async def test_the_preview_counts_what_an_sms_costs(office: Office) -> None:
    staff = office.doors.staff
    sms = {"interface": "seven", "secret": "geheim", "cents": "7,5"}
    assert (await staff.post("/messages/sms", sms)).location == "/messages?said=saved"
    origin = f"http://{staff.client.host}:{staff.client.port}"

    async def parts(text: str) -> str:
        body = {"name": "sms", "text": text}
        async with staff.client.post(
            "/messages/preview", data=body, headers={"Origin": origin}
        ) as answer:
            return str(json.loads(await answer.text())["parts"])

    assert await parts("Termin {Tag}") == "1 SMS · etwa 7,5 Cent"
    assert await parts("x" * 161) == "2 SMS, als eine verschickt · etwa 15 Cent"
    assert (await parts("Termin 😊")).startswith("1 SMS. Wegen ungewöhnlicher Zeichen")


async def test_own_texts_and_times_are_used(office: Office) -> None:
    await office.set_up()
    fields = {**TEXTS, "reminder": "Hallo {Name}: {Link}", "first": "120", "second": "0"}
    assert (await office.doors.staff.post("/messages/texts", fields)).status == 303
    appointment = await office.plan()
    office.doors.box.clock.time = appointment.starts - timedelta(hours=2)
    await office.dispatch.step()
    (message,) = office.mailbox.messages()
    assert message.get_content().startswith("Hallo Alice Krejčová: https://video.example.org/v#1.")


# Agreements


async def test_an_agreement_has_its_date_and_who_noted_it(office: Office) -> None:
    appointment = await office.plan()
    path = f"/patients/{appointment.patient_id}/agreements"
    page = await office.doors.staff.get(path)
    assert page.ticked == {"agrees_mail"}
    assert "E-Mail: zugestimmt am 18.01.2027, notiert von Martin Winkler" in page.words
    await office.doors.staff.post(path, {})
    page = await office.doors.staff.get(path)
    assert page.ticked == set()
    assert "widerrufen am 18.01.2027, notiert von Martin Winkler" in page.words
    agreed = await office.doors.box.store.agreements.of(appointment.patient_id)
    assert agreed.since(Way.MAIL) is None


async def test_the_copy_for_the_patient_has_agreements_and_messages(office: Office) -> None:
    await office.set_up()
    appointment = await office.plan()
    await office.doors.staff.post(f"/appointments/{appointment.id}/invite", {})
    await office.dispatch.step()
    staff = office.doors.staff
    origin = f"http://{staff.client.host}:{staff.client.port}"
    path = f"/patients/{appointment.patient_id}/export"
    async with staff.client.post(path, headers={"Origin": origin}) as answer:
        with ZipFile(BytesIO(await answer.read())) as archive:
            copy = json.loads(archive.read("auskunft.json"))
    [agreed] = copy["patient"]["agreements"]["mail"]
    assert (agreed["given"][:10], agreed["revoked"]) == ("2027-01-18", None)
    message = copy["appointments"][0]["messages"][0]
    assert (message["state"], message["to"]) == ("sent", "alice@example.org")


# Invitations and the outbox


async def test_without_mailbox_or_agreement_the_own_mail_program_opens(office: Office) -> None:
    appointment = await office.plan(agrees=False)
    assert 'id="invite" href="mailto:' in (await details(office.doors, appointment)).source
    await office.set_up()
    assert 'id="invite" href="mailto:' in (await details(office.doors, appointment)).source
    page = await office.doors.staff.post(f"/appointments/{appointment.id}/invite", {})
    assert page.location.endswith("?said=not_invited")


async def test_the_box_sends_the_invitation_and_says_what_became_of_it(office: Office) -> None:
    await office.set_up()
    appointment = await office.plan()
    page = await details(office.doors, appointment)
    assert f'action="/appointments/{appointment.id}/invite"' in page.source
    await office.doors.staff.post(f"/appointments/{appointment.id}/invite", {})
    assert "Einladung per E-Mail wartet" in (await details(office.doors, appointment)).words
    await office.dispatch.step()
    assert office.mailbox.to == ["alice@example.org"]
    words = (await details(office.doors, appointment)).words
    assert "Einladung per E-Mail verschickt 18.01.2027, 09:00 Uhr" in words
    page = await office.doors.staff.get(f"/appointments/{appointment.id}/delete")
    assert "Sagen Sie den Termin zuerst ab" in page.words


async def test_what_did_not_arrive_is_on_the_start_page_until_somebody_has_called(
    office: Office,
) -> None:
    await office.set_up()
    appointment, staff = await office.plan(), office.doors.staff
    office.mailbox.at_rcpt = lambda to: "550 no such user"
    await staff.post(f"/appointments/{appointment.id}/invite", {})
    await office.dispatch.step()
    assert "Eine Nachricht kam nicht an." in (await staff.get("/")).words
    page = await staff.get("/outbox")
    assert "Der Anbieter hat diese Adresse endgültig abgelehnt." in page.words
    assert "Stattdessen anrufen 0151 2345678" in page.words
    assert f'href="/appointments/{appointment.id}/letter"' in page.source
    failed = await office.invitation(appointment)
    assert (await staff.post(f"/outbox/{failed.id}/done", {})).status == 303
    assert "kam nicht an" not in (await staff.get("/")).words
    assert (await staff.post(f"/outbox/{failed.id}/done", {})).location.endswith("message_gone")


async def test_a_failed_message_can_be_sent_again(office: Office) -> None:
    await office.set_up()
    appointment, staff = await office.plan(), office.doors.staff
    office.mailbox.at_rcpt = lambda to: "550 no such user"
    await staff.post(f"/appointments/{appointment.id}/invite", {})
    await office.dispatch.step()
    office.mailbox.at_rcpt = lambda to: "250 OK"
    failed = await office.invitation(appointment)
    assert (await staff.post(f"/outbox/{failed.id}/retry", {})).location.endswith("message_again")
    await office.dispatch.step()
    assert office.mailbox.to == ["alice@example.org"]
    assert (await staff.post(f"/outbox/{failed.id}/retry", {})).location.endswith("message_gone")


async def test_a_double_click_sends_one_invitation(office: Office) -> None:
    await office.set_up()
    appointment = await office.plan()
    for _ in range(2):
        await office.doors.staff.post(f"/appointments/{appointment.id}/invite", {})
        await office.dispatch.step()
    assert office.mailbox.to == ["alice@example.org"]
    office.doors.box.clock.forward(timedelta(minutes=2))
    await office.doors.staff.post(f"/appointments/{appointment.id}/invite", {})
    await office.dispatch.step()
    assert office.mailbox.to == ["alice@example.org"] * 2  # somebody really wants it

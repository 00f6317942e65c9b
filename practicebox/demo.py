"""The demonstration: an invented practice in a temporary folder, on this machine only.

Everything is marked as a demonstration and vanishes when it stops.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from practicebox import app
from practicebox.appliance import logs
from practicebox.appliance.clock import utc_now
from practicebox.box import Box
from practicebox.config import Config
from practicebox.post import qr
from practicebox.practice import link
from practicebox.practice.opening import Opening, dump, read_spans
from practicebox.store.records import (
    Appointment,
    AppointmentDraft,
    Founded,
    Founding,
    Kind,
    Patient,
    Person,
    Profile,
)
from practicebox.store.settings import OPENING
from practicebox.store.store import Store
from practicebox.web.keys import DemoLogin

ZONE = ZoneInfo("Europe/Berlin")
SHORT_NAME, USER, PASSWORD = "Demo", "doktor", "demo-demo"  # of an invented practice
PROFILE = Profile(
    name="Demo-Praxis am Musterplatz (erfunden)",
    kind="medical",
    size="1-5",
    specialty="Allgemeinmedizin",
    street="Musterplatz",
    number="1",
    postcode="12345",
    town="Musterhausen",
    phone="01234 567890",
    email="praxis@demo.example",
)
PERSON = Person(salutation="none", title="Dr.", first_name="Demo", last_name="Doktor")
BORN, ADDRESS = date(1944, 5, 12), ("Musterweg 2", "12345 Musterhausen")
PATIENTS = (
    Patient("Erika Mustermann", BORN, ADDRESS, payer="gkv", standing="existing"),
    Patient("Max Mustermann", BORN, ADDRESS, "01234 567891", payer="pkv"),
    Patient("Zoë Krejčová-Demo", BORN, ADDRESS, payer="gkv", standing="new", language="cs"),
    Patient("Otto Normalverbraucher", BORN, ADDRESS, payer="self", needs=("large_type",)),
)
HOURS = "8-12, 14-18"
SLOTS = (time(9), time(10, 15), time(11), time(14, 30))  # of the next days, one for each patient


async def run(config: Config) -> int:
    """Run until Ctrl-C; return the exit status."""
    logs.configure(quiet=True)
    stop = app.stop_signal()
    with tempfile.TemporaryDirectory(prefix="practicebox-demo-") as folder:
        async with AsyncExitStack() as stack:
            settings = demo_config(config, Path(folder))
            store = await app.open_store(settings)
            founded = await found(store)
            login = DemoLogin(SHORT_NAME, USER, PASSWORD, founded.device_secret)
            box = await app.start(stack, settings, store=store, demo=login)
            await store.login(SHORT_NAME, USER, PASSWORD, founded.device_secret)
            appointment = await plan(store, founded, utc_now())
            print(_words(box, appointment), flush=True)
            await stop.wait()
            await app.stop_within(stack.aclose)
    return 0


def demo_config(config: Config, folder: Path) -> Config:
    """Loopback only; other ports by environment variables where these are taken."""
    plain = Config()

    def port(chosen: int, usual: int, of_demo: int) -> int:
        return of_demo if chosen == usual else chosen

    return replace(
        config,
        data_folder=folder,
        staff_host="127.0.0.1",
        patients_host="127.0.0.1",
        staff_port=port(config.staff_port, plain.staff_port, 8080),
        patients_port=port(config.patients_port, plain.patients_port, 8081),
        # Browsers give camera and microphone to the loopback without HTTPS as well.
        tls_mode="off" if config.tls_mode == "local" else config.tls_mode,
    )


async def found(store: Store) -> Founded:
    """Write the invented practice."""
    return await store.found(
        Founding(
            short_name=SHORT_NAME,
            profile=PROFILE,
            time_zone=ZONE.key,
            user_short_name=USER,
            person=PERSON,
            password=PASSWORD,
            master_password="demo demo demo demo demo demo",
            device_name="Demo-Arbeitsplatz",
        )
    )


async def plan(store: Store, founded: Founded, now: datetime) -> Appointment:
    """A few invented appointments; the first can be joined now and is returned."""
    hours = (*[read_spans(HOURS)] * 5, (), ())
    await store.settings.keep(OPENING, dump(Opening(hours, "BE")))
    drafts = [
        AppointmentDraft(patient, starts, 30, founded.user_id, "Demonstration", kind=kind)
        for patient, starts, kind in (*_today(now), *_next_days(now))
    ]
    return (await store.appointments.add_all(drafts))[0]


def _today(now: datetime) -> Iterator[tuple[Patient, datetime, Kind]]:
    """One appointment after the other, from now on."""
    for number, patient in enumerate(PATIENTS):
        starts = now + timedelta(minutes=45 * number)
        yield patient, starts.replace(second=0, microsecond=0), "video"


def _next_days(now: datetime) -> Iterator[tuple[Patient, datetime, Kind]]:
    """The same people on the next working days, one of them by telephone."""
    today = now.astimezone(ZONE).date()
    days = [day for day in (today + timedelta(days=n) for n in range(1, 8)) if day.weekday() < 5]
    for day in days:
        for patient, at in zip(PATIENTS, SLOTS, strict=True):
            kind: Kind = "phone" if patient.phone else "video"
            yield patient, datetime.combine(day, at, ZONE), kind


def _words(box: Box, appointment: Appointment) -> str:
    address = link.address(box.public_url, appointment.link)
    return f"""
PracticeBox demonstration: an invented practice, everything is deleted when it stops.

  Practice   {box.staff_url}
             organisation {SHORT_NAME}, user {USER}, password {PASSWORD}
  Patient    {box.public_url}
             access code {appointment.codes.patient} of {appointment.patient.name}, now
             or the link in this QR code:

{qr.terminal(address)}
  {address}

Open the practice in one browser window, the patient in another one. Stop with Ctrl-C.
"""

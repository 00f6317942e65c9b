"""The demonstration: an invented practice in a temporary folder, on this machine only.

Everything is marked as a demonstration and vanishes when it stops.
"""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from practicebox import app
from practicebox.appliance import logs
from practicebox.appliance.clock import utc_now
from practicebox.box import Box
from practicebox.config import Config
from practicebox.post import qr
from practicebox.practice import link
from practicebox.store.records import (
    Appointment,
    AppointmentDraft,
    Founded,
    Founding,
    Patient,
    Person,
    Profile,
)
from practicebox.store.store import Store
from practicebox.web.keys import DemoLogin

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
PATIENTS = ("Erika Mustermann", "Max Mustermann", "Zoë Krejčová-Demo", "Otto Normalverbraucher")


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
            time_zone="Europe/Berlin",
            user_short_name=USER,
            person=PERSON,
            password=PASSWORD,
            master_password="demo demo demo demo demo demo",
            device_name="Demo-Arbeitsplatz",
        )
    )


async def plan(store: Store, founded: Founded, now: datetime) -> Appointment:
    """A few invented appointments; the first can be joined now and is returned."""
    made = []
    for number, name in enumerate(PATIENTS):
        draft = AppointmentDraft(
            patient=Patient(name, date(1944, 5, 12), ("Musterweg 2", "12345 Musterhausen")),
            starts=(now + timedelta(minutes=45 * number)).replace(second=0, microsecond=0),
            minutes=30,
            organiser=founded.user_id,
            reason="Demonstration",
        )
        made.append(await store.appointments.add(draft))
    return made[0]


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

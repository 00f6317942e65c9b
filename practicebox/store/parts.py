"""What the store is made of: one attribute for each of its corners."""

from __future__ import annotations

from pathlib import Path

from practicebox.store.api.answers import Answers
from practicebox.store.appointments.appointments import Appointments
from practicebox.store.appointments.attendance import Attendance
from practicebox.store.appointments.blocked import BlockedTimes
from practicebox.store.appointments.checklists import Checklists
from practicebox.store.appointments.checks import Checks
from practicebox.store.appointments.confirmations import Confirmations
from practicebox.store.appointments.facts import Facts
from practicebox.store.appointments.figures import Figures
from practicebox.store.appointments.invitations import Invitations
from practicebox.store.appointments.notes import Notes
from practicebox.store.appointments.participants import Participants
from practicebox.store.appointments.visits import Visits
from practicebox.store.audit.log import AuditLog
from practicebox.store.backup.backup import Backups
from practicebox.store.box import Box
from practicebox.store.consents.consents import Consents
from practicebox.store.consents.door import ConsentDoor
from practicebox.store.consents.texts import FormTexts
from practicebox.store.ending import EndOfOperation
from practicebox.store.first_day import FirstDay
from practicebox.store.gdt.exchange import Exchange
from practicebox.store.news import News
from practicebox.store.outbox.agreements import PatientAgreements
from practicebox.store.outbox.desk import OutboxDesk
from practicebox.store.outbox.outbox import Outbox
from practicebox.store.patients.directory import Directories
from practicebox.store.patients.patients import Patients
from practicebox.store.patients.upkeep import Upkeep
from practicebox.store.people.endings import Endings
from practicebox.store.people.passkeys import Passkeys
from practicebox.store.people.people import People
from practicebox.store.people.programs import Programs
from practicebox.store.retention import Retention
from practicebox.store.sealed_settings import SealedSettings
from practicebox.store.settings import Settings
from practicebox.store.sql.folder import Folder
from practicebox.store.vault.vault import Vault


class Parts:
    """The corners of one store; what they ask of each other is wired here."""

    def __init__(self, box: Box, folder: Folder, backup_folder: Path | None = None) -> None:
        self._box = box
        self._folder = folder
        self.vault: Vault = box.vault
        directories = Directories()
        self.appointments = Appointments(box, directories)
        self.patients = Patients(box, self.appointments, directories)
        self.upkeep = Upkeep(box, self.appointments, self.patients)
        self.invitations = Invitations(box)
        self.participants = Participants(box)
        self.visits = Visits(box)
        self.settings = Settings(box)
        self.attendance = Attendance(box)
        self.checks = Checks(box)
        self.gdt = Exchange(box)
        self.blocked = BlockedTimes(box)
        self.checklists = Checklists(box)
        self.confirmations = Confirmations(box)
        self.notes = Notes(box)
        self.facts = Facts(box)
        self.first_day = FirstDay(box)
        self.figures = Figures(box, self.appointments)
        self.backups = Backups(box, folder.path, backup_folder)
        self.audit = AuditLog(box)
        self.retention = Retention(box, self.appointments.forget)
        self.operation = EndOfOperation(box, folder.path)
        self.people = People(box)
        self.passkeys = Passkeys(box, self.patients.wake)
        self.sealed_settings = SealedSettings(box)
        self.outbox = Outbox(box)
        self.messages = OutboxDesk(box)
        self.agreements = PatientAgreements(box)
        self.consents = Consents(box)
        self.consent_door = ConsentDoor(box)
        self.form_texts = FormTexts(box)
        self.programs = Programs(box)
        self.answers = Answers(box)
        self.news: News = box.news
        self.endings: Endings = box.endings

"""The texts of the forms in their versions, in clear: as public as the door plate, and shown to
patients while the vault is locked.

As long as nobody has agreed to it and nobody has changed it, the first version is what the box
comes with, and isn't in the table. `pin` puts it there with the first consent: from then on it
stays as it was read.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files

from practicebox.practice import form_text
from practicebox.practice.consents import FORMS
from practicebox.practice.form_text import FormText, FormVersion
from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.consents import passes
from practicebox.store.times import to_text

Versions = dict[str, tuple[FormVersion, ...]]  # form -> versions, oldest first


class FormTexts:
    """What the forms say. Reading works while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def all(self) -> Versions:
        """Every version of every form."""
        return await self._box.database.run(versions)

    async def publish(self, form: str, text: FormText, *, renew: bool, by: By) -> FormVersion:
        """A new version of a form (unlocked); `renew` asks everybody anew, who isn't inside now."""
        box, keyring, now = self._box, self._box.vault.keyring(), self._box.now()

        def write(connection: sqlite3.Connection) -> FormVersion:
            pin(connection, form, now)
            last = versions(connection)[form][-1]
            new = FormVersion(form, last.number + 1, to_text(now), renew, text)
            _insert(connection, new)
            if renew:
                passes.withdraw(connection, now)
            deed = by.did(Action.FORM_CHANGED, detail=form)
            audit.note(connection, keyring, box.random, now, deed)
            return new

        return await box.database.transaction(write)


def versions(connection: sqlite3.Connection) -> Versions:
    """Every version of every form, oldest first."""
    found: dict[str, list[FormVersion]] = {form: [] for form in FORMS}
    query = "SELECT form, number, since, renew, content FROM form_versions ORDER BY number"
    for form, number, since, renew, content in connection.execute(query):
        text = FormText(**json.loads(content))
        found[form].append(FormVersion(form, number, since, bool(renew), text))
    return {form: tuple(listed) or (_delivered(form),) for form, listed in found.items()}


def pin(connection: sqlite3.Connection, form: str, now: datetime) -> None:
    """Keep the text that the box comes with, if it is the one that counts."""
    row = connection.execute("SELECT 1 FROM form_versions WHERE form = ?", (form,)).fetchone()
    if row is None:
        first = _delivered(form)
        _insert(connection, FormVersion(form, 1, to_text(now), first.renew, first.text))


def _insert(connection: sqlite3.Connection, one: FormVersion) -> None:
    content = json.dumps(asdict(one.text), ensure_ascii=False)
    connection.execute(
        "INSERT INTO form_versions (form, number, since, renew, content) VALUES (?, ?, ?, ?, ?)",
        (one.form, one.number, one.since, one.renew, content),
    )


def _delivered(form: str) -> FormVersion:
    return FormVersion(form, 1, "", False, _delivered_texts()[form])


@cache
def _delivered_texts() -> dict[str, FormText]:
    toml = files("practicebox.practice").joinpath("forms.toml").read_text("utf-8")
    return form_text.delivered(toml)

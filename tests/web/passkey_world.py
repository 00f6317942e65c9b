"""Somebody at a workstation of the practice who has passkeys; the box has the name box.local."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.web.authenticator import RIGHT, Passkey, Wrong
from tests.web.staff_box import GOOD_PASSWORD, Browser, Page, StaffBox

HOST = "box.local"
ORIGIN = f"http://{HOST}:8443"
TYPED = {"name": "iPhone", "password": GOOD_PASSWORD}
REFUSED = (
    "Fehler beim Login. Dieser Passkey hat den Tresor nicht geöffnet. Bitte versuchen Sie es noch "
    "einmal und bestätigen Sie innerhalb von fünf Minuten, oder melden Sie sich mit Ihrem Passwort "
    "an."
)
NOT_ADDED = "Der Passkey wurde nicht hinzugefügt"
AT_NAME = {"Host": f"{HOST}:8443", "Origin": ORIGIN}


async def ask(browser: Browser, path: str, fields: Mapping[str, str] | None = None) -> Any:
    """The JSON that the page's script gets."""
    page = await browser.post(path, fields or {})
    assert page.status == 200, (page.status, page.source)
    return json.loads(page.source)


async def make(
    browser: Browser,
    passkey: Passkey,
    *,
    name: str = "Schlüssel am Bund",
    password: str = GOOD_PASSWORD,
    first: Wrong = RIGHT,
    second: Wrong = RIGHT,
) -> Page:
    """The whole way to a new passkey; what the box answers at its end."""
    typed = {"name": name, "password": password}
    asked = await ask(browser, "/passkeys/options", typed)
    created = {"secret_created": json.dumps(passkey.create(asked["create"], first))}
    return await browser.post(
        "/passkeys", {**typed, **created, **passkey.fields(asked["use"], second)}
    )


async def add(browser: Browser, name: str = "Schlüssel am Bund") -> Passkey:
    """A passkey that the box has taken."""
    passkey = Passkey(ORIGIN)
    page = await make(browser, passkey, name=name)
    assert page.location == "/passkeys?said=passkey_added", page.words
    return passkey


async def asked_to_open(browser: Browser) -> Any:
    """The options for a login."""
    return (await ask(browser, "/login/passkey/options"))["use"]


async def log_in(browser: Browser, passkey: Passkey, wrong: Wrong = RIGHT) -> Page:
    options = await asked_to_open(browser)
    return await browser.post("/login/passkey", passkey.fields(options, wrong))


async def log_out(box: StaffBox) -> None:
    assert (await box.browser.post("/logout", {})).location == "/login?said=logged_out"


def assert_refused(page: Page) -> None:
    """What everybody hears whose passkey didn't open, whatever was wrong."""
    assert page.status == 422
    assert REFUSED in page.words
    assert "pb-session" not in page.cookies

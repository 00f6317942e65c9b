"""A workstation with an authenticator that Chromium simulates (CDP, domain WebAuthn).

The box is opened as "localhost", since an address of numbers can have no passkeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page

from tests.browser import steps
from tests.browser.box import RunningBox

PHONE_LIKE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "automaticPresenceSimulation": True,
    "isUserVerified": True,
}
OLD_KEY = {**PHONE_LIKE, "transport": "usb", "hasPrf": False}
NAME = "Schlüssel am Bund"


class NamedBox(RunningBox):
    """The same box at an address with a name."""

    @property
    def staff(self) -> str:
        return f"http://localhost:{self.staff_port}"


@dataclass
class Desk:
    """The first workstation; somebody is logged in, and an authenticator lies beside it."""

    box: NamedBox
    page: Page
    devtools: CDPSession
    authenticator: str

    async def exchange(self, options: dict[str, Any]) -> None:
        """Another authenticator in place of this one."""
        id_ = {"authenticatorId": self.authenticator}
        await self.devtools.send("WebAuthn.removeVirtualAuthenticator", id_)
        self.authenticator = await plug_in(self.devtools, options)

    async def show_a_wrong_finger(self) -> None:
        """From now on, at whatever the authenticator asks."""
        state = {"authenticatorId": self.authenticator, "isUserVerified": False}
        await self.devtools.send("WebAuthn.setUserVerified", state)

    async def add(self, name: str = NAME) -> None:
        """From the list of users to the button."""
        await self.page.goto(f"{self.box.staff}/users")
        await self.page.click("text=Meine Passkeys")
        await self.press(name)

    async def press(self, name: str = NAME, password: str = steps.Practice().password) -> None:
        await self.page.fill("#name", name)
        await self.page.fill("#password", password)
        await self.page.click("button:has-text('PASSKEY HINZUFÜGEN')")

    async def log_in(self) -> None:
        await self.page.goto(f"{self.box.staff}/login")
        await self.page.click("button:has-text('MIT PASSKEY ANMELDEN')")


async def plug_in(devtools: CDPSession, options: dict[str, Any]) -> str:
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])

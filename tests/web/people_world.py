"""A practice with more than one person, as they sit at their browsers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientWebSocketResponse

from tests.web.staff_box import GOOD_PASSWORD, Browser, Page, StaffBox

BERTS = "Noch ein guter Satz 8"
BERT = {
    "salutation": "mr",
    "title": "Dr.",
    "first_name": "Bert",
    "last_name": "Brandt",
    "role": "clinician",
}
MARTINS_LOGIN = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
BERTS_LOGIN = {"organisation": "PWinkler", "user": "BertB", "password": BERTS}


@dataclass(frozen=True)
class Invited:
    """What the Hauptnutzer holds in the hand."""

    id: str
    code: str

    def fields(self, **changes: str) -> dict[str, str]:
        """The first login; by default all of it is right."""
        typed = {"code": self.code, "user": "BertB", "new": BERTS, "new_again": BERTS}
        return {**typed, **changes}


async def invite(box: StaffBox, changes: Mapping[str, str] = BERT) -> Invited:
    page = await box.browser.post("/users/new", {**BERT, **changes})
    assert page.status == 200, page.words
    return await _invited(box, page)


async def _invited(box: StaffBox, page: Page) -> Invited:
    found = re.search(r'id="code">([0-9A-Z-]{19})<', page.source)
    assert found
    everybody = await box.store.people.everybody()
    [user] = [user for user in everybody if user.state == "invited"]
    return Invited(user.id, found.group(1))


async def bert_joins(box: StaffBox, browser: Browser | None = None) -> str:
    """Bert uses his code, on the first workstation unless he sits at another; his user id."""
    invited = await invite(box)
    sits_at = browser or await second_window(box)
    page = await sits_at.post("/login/join", invited.fields())
    assert page.status == 303, page.words
    return invited.id


async def second_window(box: StaffBox) -> Browser:
    """Another person at the first workstation: its device, no session."""
    other = await box.other_browser()
    secret = box.browser.cookie("device")
    other.client.session.cookie_jar.update_cookies({"pb-device": secret})
    return other


async def bert_waits(box: StaffBox) -> Browser:
    """Bert at a new workstation, whose request is waiting."""
    new = await box.other_browser()
    await bert_joins(box, new)
    assert (await new.post("/login/device", {"device": "Laptop Bert"})).status == 303
    return new


def requests_of(page: Page) -> list[str]:
    """Addresses of the requests on the page of devices."""
    return re.findall(r'href="(/devices/requests/[^"]+)"', page.source)


def digits_of(page: Page) -> str:
    found = re.search(r'id="digits">(\d{4})<', page.source)
    return found.group(1) if found else ""


async def approve(box: StaffBox) -> None:
    """The Hauptnutzer lets in the only one who asks."""
    [address] = requests_of(await box.browser.get("/devices"))
    await box.browser.get(address)
    page = await box.browser.post(f"{address}/approve", {})
    assert page.location == "/devices?said=device_approved"


async def bert_at_his_own(box: StaffBox) -> Browser:
    """Bert, logged in at a workstation of his own that was approved."""
    new = await bert_waits(box)
    await approve(box)
    assert (await new.post("/login", BERTS_LOGIN)).location == "/"
    return new


async def watch(browser: Browser, path: str = "/sessions/watch") -> ClientWebSocketResponse:
    """The socket of a page of this browser."""
    origin = f"http://{browser.client.host}:{browser.client.port}"
    return await browser.client.ws_connect(path, headers={"Origin": origin})

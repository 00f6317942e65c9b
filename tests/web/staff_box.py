"""The staff door of a box for tests: a real store in a temporary folder, a browser, its pages.

Knows how to click; what must come of it stands in the tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from practicebox.rtc.rooms import Rooms
from practicebox.store.store import Store
from practicebox.store.vault.kdf import Cost, Costs
from practicebox.web import language, static_files
from practicebox.web.keys import Door, Services
from practicebox.web.language import Languages
from practicebox.web.staff.door import make_door
from practicebox.web.static_files import StaticFiles

CHEAP = Costs(user=Cost(1, 8192), master=Cost(1, 8192))  # the least that Argon2id takes
MONDAY = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
GOOD_PASSWORD = "Ein guter Satz 7"
ORGANISATION = {
    "name": "Praxis Winkler",
    "kind": "medical",
    "size": "1-5",
    "specialty": "",
    "street": "Musterstraße",
    "number": "123",
    "extra": "",
    "postcode": "12345",
    "town": "Musterhausen",
    "salutation": "mr",
    "title": "",
    "first_name": "Martin",
    "last_name": "Winkler",
    "email": "m.winkler@mail.de",
    "phone": "01234 5678 910",
    "bsnr": "",
    "lanr": "",
}
ACCESS = {
    "short_name": "PWinkler",
    "user_short_name": "MartinW",
    "password": GOOD_PASSWORD,
    "password_again": GOOD_PASSWORD,
    "master": "proposed",
    "device": "Laptop Martin",
}
TICKS = {"responsible": "yes", "noted": "yes"}


@dataclass
class Clock:
    """A clock that only the test moves."""

    time: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.time

    def forward(self, span: timedelta) -> None:
        self.time += span


class Page(HTMLParser):
    """What a test reads from a page: its words, its fields, where the focus is."""

    def __init__(self, response: ClientResponse, text: str) -> None:
        super().__init__()
        self.status = response.status
        self.path = response.url.path
        self.location = response.headers.get("Location", "")
        self.cookies = response.cookies
        self.source = text
        self.typed: dict[str, str] = {}
        self.ticked: set[str] = set()
        self.focused = ""
        self.words = ""
        self._select = ""
        self.feed(text)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        found.setdefault("name", found.get("id", ""))  # fields that are never sent have no name
        if "autofocus" in found:
            self.focused = found.get("id", tag)
        if tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.typed[self._select] = found["value"]
        elif tag == "input" and found.get("type") in {"checkbox", "radio"}:
            if "checked" in found:
                self.ticked.add(found["name"])
                self.typed[found["name"]] = found["value"]
        elif tag == "input":
            self.typed[found["name"]] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


@dataclass
class Browser:
    """A browser at the staff door, with its own cookies."""

    client: TestClient[web.Request, web.Application]
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Page:
        async with self.client.get(path, headers=self.headers, allow_redirects=False) as response:
            return Page(response, await response.text())

    async def body(self, path: str) -> bytes:
        async with self.client.get(path, headers=self.headers) as response:
            assert response.status == 200
            return await response.read()

    async def post(self, path: str, fields: Mapping[str, str]) -> Page:
        origin = f"http://{self.client.host}:{self.client.port}"
        async with self.client.post(
            path,
            data=dict(fields),
            headers={"Origin": origin, **self.headers},
            allow_redirects=False,
        ) as response:
            return Page(response, await response.text())

    def cookie(self, name: str) -> str:
        jar = {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}
        return jar.get(f"pb-{name}", "")

    def forget(self, name: str) -> None:
        """Lose a cookie, as browsers do that clear them."""
        self.client.session.cookie_jar.clear(lambda cookie: cookie.key == f"pb-{name}")


@dataclass
class StaffBox:
    """The box, its clock and its first browser."""

    store: Store
    clock: Clock
    services: Services
    server: TestServer
    browser: Browser
    founded_as: list[str]  # short names the announcement was told
    facts: dict[str, object]
    stack: AsyncExitStack

    async def other_browser(self) -> Browser:
        """A browser without any cookie of ours."""
        return Browser(await self.stack.enter_async_context(TestClient(self.server)))


@asynccontextmanager
async def staff_box(
    folder: Path, *, secure: bool = False, backup_folder: Path | None = None
) -> AsyncIterator[StaffBox]:
    """A box without a practice."""
    clock = Clock()
    store = await Store.open(folder, now=clock, costs=CHEAP, backup_folder=backup_folder)
    founded_as: list[str] = []
    facts: dict[str, object] = {}
    door = Door("staff", lambda host: host in {"box.local", "pwinkler.local"}, secure)
    services = Services(
        store=store,
        rooms=Rooms(clock),
        now=clock,
        languages=_languages(),
        static=_static_files(),
        staff=door,
        patients=replace(door, name="patients"),
        ice=lambda host, room, participant, until, through_door: [],
        announced=lambda: None,
        public_url=lambda: "https://video.example.org",
        staff_url=lambda: "https://box.local:8443",
        founded=founded_as.append,
        facts=lambda: facts,
    )
    server = TestServer(make_door(services))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        client = await stack.enter_async_context(TestClient(server))
        yield StaffBox(store, clock, services, server, Browser(client), founded_as, facts, stack)


@cache
def _languages() -> Languages:
    return language.load()


@cache
def _static_files() -> StaticFiles:
    return static_files.load()


async def to_summary(browser: Browser, **changes: str) -> Page:
    """Fill in the first two steps; the page of the third."""
    fields = {**ORGANISATION, **ACCESS, **changes}
    assert (await browser.post("/setup/organisation", fields)).location == "/setup/access"
    assert (await browser.post("/setup/access", fields)).location == "/setup/summary"
    return await browser.get("/setup/summary")


async def proposed_words(browser: Browser) -> list[str]:
    """The six words as the second step shows them."""
    page = await browser.get("/setup/access")
    listed = page.source.partition('<ol class="words"')[2].partition("</ol>")[0]
    return [item.partition("</li>")[0] for item in listed.split("<li>")[1:]]


async def answers(browser: Browser, summary: Page) -> dict[str, str]:
    """The words that the summary asks for."""
    words = await proposed_words(browser)
    asked = [name for name in summary.typed if name.startswith("word_")]
    return {name: words[int(name.removeprefix("word_"))] for name in asked}


async def found(browser: Browser, **changes: str) -> Page:
    """The whole wizard; what ABSCHLIESSEN answers."""
    summary = await to_summary(browser, **changes)
    return await browser.post("/setup/summary", {**TICKS, **await answers(browser, summary)})

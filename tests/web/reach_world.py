"""Both doors of a box with a practice, and a phone that comes from where the test wants."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from practicebox.practice.router import Line
from practicebox.web.keys import Services
from practicebox.web.patient.door import make_door as make_patient_door
from practicebox.web.staff.door import make_door as make_staff_door
from tests.web.staff_box import Browser, StaffBox, found, staff_box

LINE = Line(
    public_url="https://video.example.org",
    hosts=("192.168.178.10",),
    networks=("192.168.178.0/24",),
    gateway="192.168.178.1",
)
PUBLIC = "198.51.100.10"
OUTSIDE, INSIDE = "203.0.113.40", "192.168.178.77"
TURN = ["turn:h:3478", "turn:h:3478?transport=tcp", "turns:h:443?transport=tcp"]
ALL_GREEN = {"socket": "green", "relay_udp": "green", "relay_tcp": "green", "relay_tls": "green"}
Client = TestClient[web.Request, web.Application]


@dataclass
class World:
    """What a test changes before it starts, and what the box was told."""

    box: StaffBox
    line: Line = LINE
    names: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"video.example.org": (PUBLIC,)}
    )
    remote: str = OUTSIDE  # where the phone comes from
    announced: str | None = None
    learned: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)  # for ICE servers
    staff: Browser = field(init=False)
    phone: Client = field(init=False)

    async def look_up(self, host: str) -> tuple[str, ...]:
        return self.names.get(host, ())

    def ice(
        self, host: str, room: str, participant: str, until: datetime, through_door: bool
    ) -> list[dict[str, object]]:
        self.asked.append((room, participant, until))
        stun: dict[str, object] = {"urls": "stun:h:3478"}
        if self.line.relay == "never":
            return [stun]
        urls = TURN if self.line.is_secure else TURN[:2]
        return [stun, {"urls": list(urls), "username": participant, "credential": "secret"}]

    def services(self) -> Services:
        return replace(
            self.box.services,
            line=lambda: self.line,
            look_up=self.look_up,
            ice=self.ice,
            announced=lambda: self.announced,
            learn=self.learned.append,
        )

    async def start(self) -> tuple[str, str]:
        """Press the button; path and token of the new test."""
        path = (await self.staff.post("/status/reach", {})).location
        page = await self.staff.get(path)
        token = page.source.partition("/reach#")[2].partition("<")[0]
        return path, token

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """What the patient door answers to the phone."""
        origin = f"http://{self.phone.host}:{self.phone.port}"
        async with self.phone.post(
            path, data=json.dumps(body), headers={"Origin": origin}
        ) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else None

    async def begin(self, token: str, *, secure: bool = True) -> Any:
        status, answer = await self.post("/reach/begin", {"token": token, "secure": secure})
        assert status == 200
        return answer

    async def report(self, token: str, run: int, **hops: str) -> Any:
        """Say of each hop what it is; the view after the last. `stun_ipv4="green"` has both."""
        view = None
        for name, light in hops.items():
            hop, _, ipv4 = name.partition("_ipv4")
            body = {"token": token, "run": run, "hop": hop.replace("_", "-"), "light": light}
            status, answer = await self.post("/reach/report", body | {"ipv4": name != hop})
            assert status == 200 and not ipv4
            view = answer["view"]
        return view


def hops(view: Any) -> dict[str, str]:
    return {hop["hop"]: hop["light"] for hop in view["hops"]}


def named(view: Any) -> dict[str, str]:
    """The router entries of a view."""
    return {hop["hop"]: hop["entry"] for hop in view["hops"] if hop["entry"]}


@asynccontextmanager
async def reach_world(folder: Path) -> AsyncIterator[World]:
    async with staff_box(folder) as box:
        world = World(box)
        services = world.services()
        staff = TestClient(TestServer(make_staff_door(services)))
        patients = make_patient_door(services)
        patients.middlewares.insert(0, _from(world))
        world.staff = Browser(await box.stack.enter_async_context(staff))
        world.phone = await box.stack.enter_async_context(TestClient(TestServer(patients)))
        await found(world.staff)
        yield world


def _from(world: World) -> Any:
    @web.middleware
    async def come(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request.clone(remote=world.remote))

    return come

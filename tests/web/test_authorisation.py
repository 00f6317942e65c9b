"""The authorisation matrix: every route of both doors, asked by everybody, with real requests.

`authorisation.toml` says what must come of it. The roles are written down there independently of
`web/staff/rights.py`, so a slip in either shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from yarl import URL

from practicebox.practice import link, one_time_code
from practicebox.store.records import Person, Role
from practicebox.web.staff.device_asking import REQUESTS
from practicebox.web.staff.device_requests import State
from practicebox.web.staff.session import KEYLESS
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import GOOD_PASSWORD, Browser

MATRIX: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("authorisation.toml").read_text("utf-8")
)
ROLES: dict[str, frozenset[Role]] = {
    "everybody": frozenset({"admin", "clinician", "reception"}),
    "treating": frozenset({"admin", "clinician"}),
    "desk": frozenset({"admin", "reception"}),
    "main user": frozenset({"admin"}),
}
NAMES: dict[Role, str] = {"admin": "MartinW", "clinician": "Bert", "reception": "Carla"}
FILLED = {"version": "0", "path": "x", "day": "2027-01-19", "what": "", "id": "", "test_id": "x"}
FILLED |= {"other": "BBBBBBBBBBBBBBBB", "form": "consent", "consent": "CCCCCCCCCCCCCCCC"}
UNKNOWN = "AAAAAAAAAAAAAAAA"
WHAT = {"appointments.ask": "cancel", "devices.ask": "lock"}
SOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Route:
    """One line of a route table."""

    name: str
    method: str
    path: str


@dataclass(frozen=True)
class Answer:
    status: int
    location: str


@dataclass
class World:
    """A practice with one user for each role, all on the first workstation."""

    doors: Doors
    secret: bytes

    async def token(self, role: Role) -> str:
        store = self.doors.box.store
        session = await store.login("PWinkler", NAMES[role], GOOD_PASSWORD, self.secret)
        return session.token

    async def ask(
        self, door: Browser, route: Route, token: str = "", *, socket: bool = False
    ) -> Answer:
        """One request, with a session or without any cookie."""
        client = door.client
        headers = {"Origin": f"http://{client.host}:{client.port}", "Accept": "text/html"}
        if token:
            headers["Cookie"] = f"pb-session={token}"
        client.session.cookie_jar.clear()
        async with client.request(
            route.method,
            URL(route.path),
            headers={**headers, **(SOCKET if socket else {})},
            allow_redirects=False,
        ) as response:
            return Answer(response.status, response.headers.get("Location", ""))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with both_doors(tmp_path_factory.mktemp("matrix")) as doors:
        secret = link.decode(doors.staff.cookie("device")) or b""
        people = doors.box.store.people
        for role in ("clinician", "reception"):
            person = Person(salutation="ms", first_name=NAMES[role], last_name="Test")
            made = await people.invite(role, person)
            code = one_time_code.read(made.code)
            await people.enrol(code, NAMES[role], GOOD_PASSWORD, None)
        yield World(doors, secret)


def routes(app: web.Application, door: str) -> list[Route]:
    """All routes of a door; parts of the path that are ids name nothing that exists."""
    found = []
    for route in app.router.routes():
        if route.method == "HEAD" or route.resource is None:
            continue
        name = route.name or ""
        what = {"what": WHAT.get(name, ""), "id": UNKNOWN}
        path = route.resource.canonical.format(**{**FILLED, **what})
        assert name, f"{door}: {route.method} {path} has no name"
        found.append(Route(name, route.method, path))
    return found


def listed(found: list[Route], door: str) -> list[Route]:
    """Those with a line in the table; a test of its own names the others."""
    return [route for route in found if route.name in MATRIX[door]]


def staff_routes(world: World) -> list[Route]:
    app: Any = world.doors.staff.client.app
    return routes(app, "staff")


def patient_routes(world: World) -> list[Route]:
    app: Any = world.doors.patient.client.app
    return routes(app, "patients")


def guarded(world: World) -> list[Route]:
    known = listed(staff_routes(world), "staff")
    return [r for r in known if MATRIX["staff"][r.name]["no_session"] == "login"]


async def test_every_route_has_a_line_and_every_line_a_route(world: World) -> None:
    for door, found in (("staff", staff_routes(world)), ("patients", patient_routes(world))):
        names = [route.name for route in found]
        assert sorted(set(names) ^ set(MATRIX[door])) == []
        assert len(names) == len(set(names)), "two routes of one name"


async def test_without_a_session_everybody_is_sent_to_the_login(world: World) -> None:
    for route in listed(staff_routes(world), "staff"):
        for token in ("", "A" * 43):
            answer = await world.ask(world.doors.staff, route, token)
            refused = answer == Answer(303, "/login")
            opened = route.name.startswith(("login", "recover", "setup", "static"))
            if MATRIX["staff"][route.name]["no_session"] == "token":
                assert answer.status == 401, (route, answer)
            elif MATRIX["staff"][route.name]["no_session"] == "open":
                assert opened, route
                assert answer.status < 500, (route, answer)
            else:
                assert refused, (route, answer)


async def test_a_socket_without_a_session_is_refused(world: World) -> None:
    for route in guarded(world):
        if route.method == "GET":
            answer = await world.ask(world.doors.staff, route, socket=True)
            assert answer.status == 401, (route, answer)


@pytest.mark.parametrize("role", ["admin", "clinician", "reception"])
async def test_a_role_reaches_what_is_its_own_and_nothing_else(world: World, role: Role) -> None:
    token = await world.token(role)
    for route in guarded(world):
        allowed = role in ROLES[MATRIX["staff"][route.name]["roles"]]
        answer = await world.ask(world.doors.staff, route, token)
        if route.name == "lock.cover":
            token = await world.token(role)
        if not allowed:
            assert answer.status == 403, (route, answer)
            continue
        assert answer.status not in (401, 403), (route, answer)
        assert answer.status < 500, (route, answer)
        assert not answer.location.startswith("/login"), (route, answer)


@pytest.mark.parametrize("role", ["clinician", "reception"])
async def test_a_socket_needs_the_role_as_well(world: World, role: Role) -> None:
    token = await world.token(role)
    for route in guarded(world):
        if route.method == "GET" and role not in ROLES[MATRIX["staff"][route.name]["roles"]]:
            answer = await world.ask(world.doors.staff, route, token, socket=True)
            assert answer.status == 403, (route, answer)


async def test_behind_a_locked_screen_only_the_password_helps(world: World) -> None:
    store = world.doors.box.store
    for route in guarded(world):
        works = MATRIX["staff"][route.name]["covered"] == "works"
        assert works is (route.name in KEYLESS), route
        token = await world.token("admin")
        await store.cover(store.session_id(token))
        answer = await world.ask(world.doors.staff, route, token)
        assert (answer == Answer(303, "/lock")) is (not works or route.name == "lock.cover"), (
            route,
            answer,
        )
        assert (await store.session(token)).is_covered, route


async def test_a_locked_vault_shows_nothing(world: World) -> None:
    store, token = world.doors.box.store, await world.token("admin")
    store.lock()
    try:
        for route in guarded(world):
            answer = await world.ask(world.doors.staff, route, token)
            works = MATRIX["staff"][route.name]["locked"] == "works"
            assert (answer == Answer(303, "/login")) is not works, (route, answer)
            assert answer.status < 500, (route, answer)
            if route.name == "lock.cover":
                token = await _fresh_locked(world)
    finally:
        await world.token("admin")


async def _fresh_locked(world: World) -> str:
    token = await world.token("admin")
    world.doors.box.store.lock()
    return token


async def test_a_session_is_worth_nothing_to_a_program(world: World) -> None:
    """Cookies aren't looked at, and a token does nothing on a page."""
    token = await world.token("admin")
    for route in listed(staff_routes(world), "staff"):
        if MATRIX["staff"][route.name]["no_session"] == "token":
            assert route.name.startswith("api.")
            assert (await world.ask(world.doors.staff, route, token)).status == 401, route


async def test_what_names_somebody_elses_object_gets_what_the_table_says(world: World) -> None:
    """Objects that nobody has; those of others are in the tests below."""
    token = await world.token("admin")
    for route in guarded(world):
        other = MATRIX["staff"][route.name].get("other", "")
        if other not in {"404", "gone"}:
            continue
        answer = await world.ask(world.doors.staff, route, token)
        expected = Answer(404, "") if other == "404" else Answer(303, "/devices?said=request_gone")
        assert answer == expected, (route, answer)


async def test_the_request_of_somebody_else_is_the_main_users_to_decide(world: World) -> None:
    box = world.doors.box
    app: Any = world.doors.staff.client.app
    martin = next(u for u in await box.store.users() if u.role == "admin")
    for role, sees in (("clinician", False), ("reception", False), ("admin", True)):
        asking = app[REQUESTS].ask(martin.id)
        asking.name, asking.state = "Laptop", State.WAITING
        token = await world.token(role)  # type: ignore[arg-type]  # the three roles
        for name in ("devices.request", "devices.refuse"):
            [route] = [r for r in guarded(world) if r.name == name]
            path = route.path.replace(UNKNOWN, asking.id)
            answer = await world.ask(world.doors.staff, Route(name, route.method, path), token)
            assert ("request_gone" not in answer.location) is sees, (role, name, answer)
        assert (asking.state is State.REFUSED) is sees


async def test_a_user_ends_no_session_of_somebody_else(world: World) -> None:
    store, client = world.doors.box.store, world.doors.staff.client
    victim, token = await world.token("admin"), await world.token("reception")
    client.session.cookie_jar.clear()
    async with client.post(
        "/sessions/end",
        data={"session": store.session_id(victim)},
        headers={
            "Origin": f"http://{client.host}:{client.port}",
            "Cookie": f"pb-session={token}",
        },
        allow_redirects=False,
    ) as response:
        assert response.status == 303
    assert await store.session(victim)


async def test_the_patients_door_knows_no_staff(world: World) -> None:
    """A staff session is worth nothing there, and a visit's pages need the visit."""
    token = await world.token("admin")
    for route in listed(patient_routes(world), "patients"):
        line = MATRIX["patients"][route.name]
        for given in ("", token):
            answer = await world.ask(world.doors.patient, route, given)
            if line["needs"] == "nothing":
                assert answer.status not in (401, 403), (route, answer)
                assert answer.status < 500, (route, answer)
            else:
                assert str(answer.status) in line["without"].split(), (route, answer)

"""What the outside-in test refuses, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.rtc.reach import LIFETIME
from tests.web.reach_world import ALL_GREEN, LINE, OUTSIDE, PUBLIC, World, reach_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with reach_world(tmp_path) as made:
        yield made


async def test_the_socket_answers_a_token_of_a_running_test_only(world: World) -> None:
    _, token = await world.start()
    origin = f"http://{world.phone.host}:{world.phone.port}"
    for sent, answer in ((token, "ok"), ("x" * 22, None), ("", None)):
        async with world.phone.ws_connect("/reach/socket", headers={"Origin": origin}) as socket:
            await socket.send_str(sent)
            message = await socket.receive()
            assert (message.data if answer else socket.close_code) == (answer or 1000)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reach/begin", {"token": "x" * 22, "secure": True}, 404),
        ("/reach/begin", {}, 404),
        ("/reach/begin", [], 400),
        ("/reach/begin", {"token": "x" * 600}, 400),
        ("/reach/report", {"token": "x" * 22, "run": 1, "hop": "stun", "light": "green"}, 404),
    ],
)
async def test_nobody_without_a_token_gets_anything(
    world: World, path: str, body: object, status: int
) -> None:
    await world.start()
    assert await world.post(path, body) == (status, None)
    assert world.asked == [], "no credentials for the relay"


@pytest.mark.parametrize(
    "changes",
    [
        {"hop": "tcp"},  # known by the box alone
        {"hop": "nonsense"},
        {"hop": 7},
        {"light": "yellow"},
        {"light": "off"},
        {"light": None},
        {"run": "1"},
    ],
)
async def test_a_report_that_means_nothing_is_refused(
    world: World, changes: dict[str, object]
) -> None:
    _, token = await world.start()
    run = (await world.begin(token))["run"]
    body = {"token": token, "run": run, "hop": "stun", "light": "green"} | changes
    assert (await world.post("/reach/report", body))[0] == 400


async def test_a_test_ends_after_15_minutes(world: World) -> None:
    path, token = await world.start()
    world.box.clock.forward(LIFETIME - timedelta(seconds=1))
    await world.begin(token)
    world.box.clock.forward(timedelta(seconds=1))
    body = {"token": token, "secure": True}
    assert (await world.post("/reach/begin", body))[0] == 404
    assert "Eine Prüfung gilt 15 Minuten" in (await world.staff.get(path)).words


async def test_without_a_public_address_there_is_nothing_to_test(world: World) -> None:
    for url in ("", "https://praxis.local:8444"):
        world.line = replace(LINE, public_url=url)
        page = await world.staff.get("/status/reach")
        assert "noch keine Adresse im Internet" in page.words
        assert (await world.staff.post("/status/reach", {})).status == 409


async def test_only_signed_in_staff_start_and_see_tests(world: World) -> None:
    path, _ = await world.start()
    world.staff.forget("session")
    for asked in (path, "/status/reach", "/status/network-plan"):
        assert (await world.staff.get(asked)).location == "/login"
    assert (await world.staff.get(f"{path}/news")).location == "/login"
    async with world.phone.get("/status/network-plan") as answer:
        assert answer.status == 404, "no page of the staff is on the patient door"


async def test_no_token_is_in_a_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    _, token = await world.start()
    begun = await world.begin(token)
    await world.report(token, begun["run"], stun="green", **ALL_GREEN)
    assert caplog.records
    for secret in (token, OUTSIDE, PUBLIC):
        assert secret not in caplog.text

"""The outside-in test through both doors: what each screen is told, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from practicebox.rtc.reach import LIFETIME, PATIENCE
from tests.web.reach_world import (
    ALL_GREEN,
    INSIDE,
    LINE,
    PUBLIC,
    World,
    hops,
    named,
    reach_world,
)

DOOR = "Protokoll TCP, Port außen 443 → 192.168.178.10 Port 8444"
UDP = "Protokoll UDP, Port außen 3478 → 192.168.178.10 Port 3478"
TCP = "Protokoll TCP, Port außen 3478 → 192.168.178.10 Port 3478"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with reach_world(tmp_path) as made:
        yield made


async def test_the_phone_lights_both_screens(world: World) -> None:
    path, token = await world.start()
    client = world.staff.client
    origin = f"http://{client.host}:{client.port}"
    async with client.ws_connect(f"{path}/news", headers={"Origin": origin}) as news:
        before = await news.receive_json()
        assert (before["summary"], set(hops(before).values())) == ("waiting", {"waiting"})
        begun = await world.begin(token)
        async with asyncio.timeout(5):
            seen = await news.receive_json()
            while seen != begun["view"]:  # the look-up of the name may come in between
                seen = await news.receive_json()
            view = await world.report(token, begun["run"], stun="green", **ALL_GREEN)
            while seen != view:
                seen = await news.receive_json()
    assert set(hops(view).values()) == {"green"}
    assert (view["summary"], view["done"]) == ("good", True)
    page = await world.staff.get(path)
    assert "Patienten erreichen die Praxis aus jedem Netz" in page.words


async def test_both_ends_of_a_way_are_participants_of_one_room(world: World) -> None:
    path, token = await world.start()
    begun = await world.begin(token)
    room = f"reach-{path.rpartition('/')[2]}"
    until = world.box.clock() + LIFETIME
    assert world.asked == [(room, "a", until), (room, "b", until)]
    assert {way: [end["urls"] for end in ends] for way, ends in begun["ways"].items()} == {
        "stun": ["stun:h:3478"] * 2,
        "relay-udp": ["turn:h:3478"] * 2,
        "relay-tcp": ["turn:h:3478?transport=tcp"] * 2,
        "relay-tls": ["turns:h:443?transport=tcp"] * 2,
    }
    assert [end["username"] for end in begun["ways"]["relay-udp"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("red", "entries"),
    [
        ({"stun": "red", "relay_udp": "red"}, {"stun": UDP, "relay-udp": UDP}),
        ({"relay_tcp": "red"}, {"relay-tcp": TCP}),
        ({"relay_udp": "red"}, {}),  # the port answers, so it is open
        ({"relay_tls": "red"}, {}),
        ({"socket": "red"}, {}),
    ],
)
async def test_a_red_light_names_the_missing_entry(
    world: World, red: dict[str, str], entries: dict[str, str]
) -> None:
    _, token = await world.start()
    run = (await world.begin(token))["run"]
    view = await world.report(token, run, **({"stun": "green", **ALL_GREEN} | red))
    wanted = {name.replace("_", "-") for name in red}
    assert {hop for hop, light in hops(view).items() if light != "green"} == wanted
    assert named(view) == entries
    assert view["summary"] == "bad"
    assert all(hop["text"] for hop in view["hops"])


async def test_a_phone_that_never_comes_shows_name_or_port(world: World) -> None:
    path, _ = await world.start()
    world.box.clock.forward(PATIENCE)
    page = await world.staff.get(path)
    assert f"führt zu {PUBLIC}" in page.words and DOOR in page.words
    assert 'data-hop="name" data-light="green"' in page.source
    assert 'data-hop="tcp" data-light="red"' in page.source
    assert "noch nicht angekommen" in page.words


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        ((), "führt nirgendwohin"),
        (("192.168.178.10",), "nur innerhalb der Praxis"),
        (("100.64.1.2",), "teilt sich Ihr Anschluss mit anderen"),
    ],
)
async def test_a_wrong_name_is_red_at_once_and_the_port_follows(
    world: World, addresses: tuple[str, ...], words: str
) -> None:
    world.names = {"video.example.org": addresses}
    path, _ = await world.start()
    page = await world.staff.get(path)
    assert 'data-hop="name" data-light="red"' in page.source
    assert words in page.words
    world.box.clock.forward(PATIENCE)
    page = await world.staff.get(path)
    assert 'data-hop="tcp" data-light="yellow"' in page.source
    assert DOOR in page.words


async def test_the_staff_page_notices_by_itself_that_the_phone_is_late(world: World) -> None:
    path, _ = await world.start()
    client = world.staff.client
    origin = f"http://{client.host}:{client.port}"
    async with client.ws_connect(f"{path}/news", headers={"Origin": origin}) as news:
        assert (await news.receive_json())["summary"] == "waiting"
        world.box.clock.forward(PATIENCE)
        async with asyncio.timeout(5):
            while (await news.receive_json())["summary"] != "late":
                pass
            world.box.clock.forward(LIFETIME)
            await news.receive()
    assert news.close_code == 1000


@pytest.mark.parametrize("remote", [INSIDE, PUBLIC, "192.168.178.1", "127.0.0.1"])
async def test_a_phone_on_wi_fi_is_told_so_and_nothing_is_learned(
    world: World, remote: str
) -> None:
    world.remote = remote
    _, token = await world.start()
    begun = await world.begin(token)
    assert begun["view"]["summary"] == "home"
    assert "noch im WLAN" in begun["view"]["words"]
    assert hops(begun["view"])["tcp"] == "yellow", "only from outside that is proved"
    await world.report(token, begun["run"], stun_ipv4="green", **ALL_GREEN)
    assert world.learned == []
    assert await world.box.store.settings.get("reach") is None


async def test_the_public_address_is_learned_from_outside_and_kept(world: World) -> None:
    _, token = await world.start()
    run = (await world.begin(token))["run"]
    await world.report(token, run, stun="green", **ALL_GREEN)
    assert world.learned == [PUBLIC]
    assert await world.box.store.settings.get("public_address") == PUBLIC
    page = await world.staff.get("/status/network-plan")
    assert "Letzte Prüfung: in Ordnung." in page.words


@pytest.mark.parametrize(("stun", "learned"), [("stun", []), ("stun_ipv4", [PUBLIC])])
async def test_by_ipv6_alone_no_ipv4_address_is_learned(
    world: World, stun: str, learned: list[str]
) -> None:
    world.remote = "2001:db8:2::40"
    _, token = await world.start()
    run = (await world.begin(token))["run"]
    await world.report(token, run, **{stun: "green"}, **ALL_GREEN)
    assert world.learned == learned


async def test_a_phone_that_came_by_ipv6_names_both_entries(world: World) -> None:
    world.line = replace(LINE, hosts=(*LINE.hosts, "2001:db8:1::10"))
    world.remote = "2001:db8:2::40"
    _, token = await world.start()
    run = (await world.begin(token))["run"]
    view = await world.report(token, run, stun="red")
    ipv6 = "Protokoll UDP, Port außen 3478 → 2001:db8:1::10 Port 3478"
    assert named(view) == {"stun": f"{UDP}\n{ipv6}"}


@pytest.mark.parametrize(
    ("changes", "secure", "light", "words"),
    [
        ({}, True, "green", "vertraut"),
        ({"own_authority": True}, True, "yellow", "sehen eine Warnung"),
        ({"public_url": "http://video.example.org"}, False, "red", "nicht durch HTTPS geschützt"),
        ({"public_url": "http://video.example.org"}, True, "yellow", "kein HTTPS"),
    ],
)
async def test_the_certificate_is_judged(
    world: World, changes: dict[str, object], secure: bool, light: str, words: str
) -> None:
    world.line = replace(LINE, **changes)  # type: ignore[arg-type]  # fields as the table names them
    _, token = await world.start()
    view = (await world.begin(token, secure=secure))["view"]
    certificate = view["hops"][2]
    assert (certificate["hop"], certificate["light"]) == ("certificate", light)
    assert words in certificate["text"]


async def test_ways_that_the_box_does_without_are_not_tested(world: World) -> None:
    world.line = replace(LINE, relay="never")
    _, token = await world.start()
    begun = await world.begin(token)
    assert list(begun["ways"]) == ["stun"]
    view = await world.report(token, begun["run"], socket="green", stun="green", relay_udp="red")
    assert {hops(view)[f"relay-{way}"] for way in ("udp", "tcp", "tls")} == {"off"}
    assert (view["summary"], view["done"]) == ("good", True)


async def test_the_phone_may_begin_again_by_the_same_code(world: World) -> None:
    _, token = await world.start()
    first = (await world.begin(token))["run"]
    await world.report(token, first, stun="red")
    second = await world.begin(token)
    assert second["run"] != first and hops(second["view"])["stun"] == "waiting"
    late = await world.report(token, first, stun="red")
    assert hops(late)["stun"] == "waiting"

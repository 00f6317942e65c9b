"""The network plan: the drawing and the list say the same, with the real ports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from practicebox.practice.router import Hop
from practicebox.rtc.reach import Light
from practicebox.web.reach import Result
from practicebox.web.staff.reach_plan import Way, plan
from tests.web.reach_world import LINE, reach_world
from tests.web.staff_box import MONDAY


def result(**lights: Light) -> Result:
    found = {hop: lights.get(hop.value.replace("-", "_"), Light.GREEN) for hop in Hop}
    return Result(MONDAY, found)


def test_each_arrow_has_its_ports() -> None:
    line = replace(LINE, patients_port=9444, stun_port=9478, staff_port=9443)
    assert [(a.number, a.way, a.outside, a.inside) for a in plan(line, None, str)] == [
        (1, Way.DOOR, "TCP 443", "TCP 9444"),
        (2, Way.UDP, "UDP 9478", "UDP 9478"),
        (3, Way.TCP, "TCP 9478", "TCP 9478"),
        (4, Way.DIRECT, "UDP", "UDP"),
        (5, Way.STAFF, "", "TCP 9443"),
        (6, Way.RELAY, "", "UDP"),
    ]


@pytest.mark.parametrize("relay", ["never", "external"])
def test_without_our_relay_it_is_not_drawn(relay: str) -> None:
    arrows = plan(replace(LINE, relay=relay), None, str)
    assert [arrow.way for arrow in arrows] == [Way.DOOR, Way.UDP, Way.DIRECT, Way.STAFF]
    assert [arrow.number for arrow in arrows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("found", "lights"),
    [
        (None, {}),
        (result(), {Way.DOOR: "green", Way.UDP: "green", Way.TCP: "green"}),
        (
            result(certificate=Light.YELLOW, relay_tls=Light.RED, relay_tcp=Light.OFF),
            {Way.DOOR: "red", Way.UDP: "green"},
        ),
        (
            result(certificate=Light.YELLOW, relay_udp=Light.RED),
            {Way.DOOR: "yellow", Way.UDP: "red", Way.TCP: "green"},
        ),
    ],
)
def test_the_worst_light_of_a_way_stands_at_its_arrow(
    found: Result | None, lights: dict[Way, str]
) -> None:
    arrows = plan(LINE, found, str)
    assert {arrow.way: arrow.light for arrow in arrows if arrow.light} == lights


async def test_the_page_draws_and_lists_the_practice(tmp_path: Path) -> None:
    async with reach_world(tmp_path) as world:
        kept = {"at": MONDAY.isoformat(), "lights": {hop: "green" for hop in Hop}}
        await world.box.store.settings.keep("reach", json.dumps(kept))
        page = await world.staff.get("/status/network-plan")
        drawing = page.source.partition("<svg")[2].partition("</svg>")[0]
        for words in ("TCP 443", "TCP 8444", "UDP 3478", "192.168.178.1", "192.168.178.10"):
            assert words in drawing and words in page.words.partition("Die Pfeile")[2], words
        assert drawing.count('marker-end="url(#tip)"') == 10
        assert drawing.count("lamp-green") == 3
        assert "ein freigeschaltetes Gerät" in page.words
        assert "Protokoll UDP, Port außen 3478 → 192.168.178.10 Port 3478" in page.words

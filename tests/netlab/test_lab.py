"""The lab itself: its routers are what they claim to be, and its capture misses nothing."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

import pytest

from tests.netlab import layout, routers
from tests.netlab.capture import capture
from tests.netlab.names import AAAA, A, Names
from tests.netlab.namespaces import RUN, Namespace, inside
from tests.netlab.world import World

pytestmark = [pytest.mark.netlab, pytest.mark.asyncio(loop_scope="session")]

TIMEOUT = 1.0  # seconds
PORT = 40_000  # of a patient's or doctor's machine
ELSEWHERE = "192.0.2.1"  # nobody's address
MAKER = """
import time
from tests.netlab.namespaces import namespaces
with namespaces() as lab:
    print(lab["once"].name, flush=True)
    time.sleep(60)
"""
HOMES = {home.key: home for home in layout.HOMES}


def question(name: str, kind: int) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return (
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
        + labels
        + struct.pack(">BHH", 0, kind, 1)
    )


def bound(machine: Namespace, port: int = PORT) -> socket.socket:
    with inside(machine):
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("0.0.0.0", port))
    opened.settimeout(TIMEOUT)
    return opened


def seen_from_practice(world: World, home: str) -> tuple[str, int] | None:
    """Under which address and port a patient's packet arrives at the box; None if it doesn't."""
    with bound(world.lab[home]) as patient, bound(world.lab["box"], PORT + 1) as box:
        # A port of the box that the practice's router forwards, so that nothing has to be running.
        world.lab["gate"].rules(
            routers.practice("masquerade", layout.WAN, layout.BOX, layout.BOX6).replace(
                f"dport 3478 dnat ip to {layout.BOX}",
                f"dport 3478 dnat ip to {layout.BOX}:{PORT + 1}",
            )
        )
        patient.sendto(b"x", (layout.WAN, 3478))
        try:
            address: tuple[str, int] = box.recvfrom(16)[1]
        except TimeoutError:
            return None
        finally:
            layout.set_practice_router(world.lab, routers.KEEPS_PORTS)
        return address


async def test_ordinary_router_keeps_ports(world: World) -> None:
    assert seen_from_practice(world, "ordinary") == ("203.0.113.18", PORT)


async def test_random_router_changes_ports(world: World) -> None:
    found = seen_from_practice(world, "random")
    assert found is not None
    assert found[0] == "203.0.113.34"
    assert found[1] != PORT


async def test_carrier_gives_ports_of_one_block(world: World) -> None:
    found = seen_from_practice(world, "behindcgn")
    assert found is not None
    assert found[0] == "203.0.113.2"
    assert 20_000 <= found[1] <= 20_511


@pytest.mark.parametrize("home", ["noudp", "only443"])
async def test_blocked_udp_does_not_arrive(world: World, home: str) -> None:
    assert seen_from_practice(world, home) is None


async def test_routers_let_in_nothing_unasked(world: World) -> None:
    with bound(world.lab["internet"]) as outside, bound(world.lab["doctor"]) as doctor:
        outside.sendto(b"x", (layout.WAN, PORT))
        with pytest.raises(TimeoutError):
            doctor.recvfrom(16)


async def test_capture_sees_a_packet_to_a_stranger(world: World) -> None:
    watching = capture(world.lab["doctor"])
    with bound(world.lab["doctor"]) as doctor:
        doctor.sendto(b"x", (ELSEWHERE, 443))
        doctor.sendto(b"x", (layout.BOX, 443))
    assert [str(each) for each in watching.strangers([layout.BOX])] == [f"{ELSEWHERE} udp 443"]
    assert watching.missed() == 0
    watching.close()


async def test_nothing_leaves_the_machine(world: World) -> None:
    with bound(world.lab["internet"]) as outside, pytest.raises(OSError, match="unreachable"):
        outside.sendto(b"x", (ELSEWHERE, 443))


async def test_a_narrow_line_is_narrow(world: World) -> None:
    home = HOMES["ordinary"]
    layout.set_speed(world.lab, home, 500)
    try:
        with bound(world.lab["ordinary"]) as patient, bound(world.lab["internet"]) as outside:
            loop = asyncio.get_running_loop()
            began = loop.time()
            received = 0
            while loop.time() < began + TIMEOUT:
                patient.sendto(bytes(1000), ("203.0.113.17", PORT))
                outside.settimeout(0.005)
                try:
                    received += 8 * len(outside.recv(2000))
                except TimeoutError:
                    continue
    finally:
        layout.set_speed(world.lab, home, None)
    assert 350_000 < received < 700_000


async def test_name_server_knows_one_name_and_notes_the_others() -> None:
    names = Names("video.example.org", (layout.WAN, layout.BOX6))
    assert socket.inet_aton(layout.WAN) in names.answer(question("video.example.org", A))
    assert socket.inet_pton(socket.AF_INET6, layout.BOX6) in names.answer(
        question("Video.Example.Org", AAAA)
    )
    assert names.answer(question("cloud.example.net", A))[3] & 15 == 3  # no such name
    names.answer(question("update.googleapis.com", A))
    assert names.strange() == ["cloud.example.net"]
    assert names.strange() == []


async def test_namespaces_are_gone_even_when_who_made_them_is_killed() -> None:
    maker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MAKER), stdout=asyncio.subprocess.PIPE
    )
    assert maker.stdout is not None
    path = RUN / (await maker.stdout.readline()).decode().strip()
    assert path.exists()
    maker.kill()
    await maker.wait()
    async with asyncio.timeout(10):
        while path.exists():  # noqa: ASYNC110 - another process removes it and tells nobody
            await asyncio.sleep(0.05)

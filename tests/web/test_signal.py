"""The signaling socket with real sockets: what passes and what closes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from aiohttp import WSMsgType
from pytest_aiohttp.plugin import AiohttpClient

from practicebox.web.signal import expire_rooms
from practicebox.web.signal_socket import MAX_FRAME, Limits
from tests.web.signaling_world import (
    ANNOUNCED,
    CLINICIAN,
    ICE,
    PATIENT,
    UNTIL,
    Box,
    Socket,
    close_code,
    control,
    hello,
    open_box,
    relays,
)

Bad = Callable[[Socket], Awaitable[object]]


@pytest.fixture
async def box(aiohttp_client: AiohttpClient) -> Box:
    return await open_box(aiohttp_client)


# What passes


async def test_both_are_welcomed_and_introduced(box: Box) -> None:
    clinician = await box.clinician()
    expected: dict[str, object] = {"kind": "welcome", "place": "here", "admitted": False}
    expected |= {"ice": ICE, "announced": ANNOUNCED}
    assert await control(clinician) == {**expected, "role": "clinician"}
    patient = await box.patient()
    assert await control(patient) == {**expected, "role": "patient"}
    assert await control(patient) == {"kind": "peer", "instance": CLINICIAN}
    assert await control(clinician) == {"kind": "peer", "instance": PATIENT}


@pytest.mark.parametrize("size", [0, 1, 125, 126, 6000, 65535, MAX_FRAME])
async def test_payload_of_every_size_crosses_unchanged(box: Box, size: int) -> None:
    clinician, patient = await box.both()
    payload = bytes(index % 251 for index in range(size))
    await clinician.send_bytes(payload)
    assert await patient.receive_bytes(timeout=5) == payload
    await patient.send_bytes(payload)
    assert await clinician.receive_bytes(timeout=5) == payload


async def test_a_whole_consultation(box: Box) -> None:
    clinician, patient = await box.both()
    await clinician.send_json({"kind": "admit"})
    assert await control(clinician) == await control(patient) == {"kind": "admitted"}
    await clinician.send_json({"kind": "end"})
    assert await control(clinician) == await control(patient) == {"kind": "ended", "how": "over"}
    await patient.send_json({"kind": "bye"})
    assert await close_code(patient) == 1000
    assert await control(clinician) == {"kind": "peer-left", "reason": "bye"}


async def test_a_ping_is_answered(box: Box) -> None:
    clinician = await box.clinician(autoping=False)
    await control(clinician)
    await clinician.ping(b"are you there?")
    pong = await clinician.receive(timeout=5)
    assert (pong.type, pong.data) == (WSMsgType.PONG, b"are you there?")


async def test_a_socket_reopened_by_the_same_page_says_the_same_instance(box: Box) -> None:
    clinician, patient = await box.both()
    again = await box.patient(PATIENT)
    assert await close_code(patient) == 4409
    assert await control(clinician) == {"kind": "peer", "instance": PATIENT}
    assert [(await control(again))["kind"] for _ in range(2)] == ["welcome", "peer"]
    assert await relays(again, clinician)


async def test_a_second_device_waits_and_moves_up(box: Box) -> None:
    clinician, patient = await box.both()
    tablet = await box.patient("b" * 16, "tablet")
    assert (await control(tablet))["place"] == "second"
    assert await control(patient) == {"kind": "second", "waiting": True}
    await patient.close()
    assert await control(tablet) == {"kind": "place", "place": "here"}
    assert await control(tablet) == {"kind": "peer", "instance": CLINICIAN}
    assert [(await control(clinician))["kind"] for _ in range(4)] == [
        "second",
        "peer-left",
        "peer",
        "second",
    ]
    assert await relays(tablet, clinician)


# What closes


async def say(text: str, socket: Socket) -> None:
    await socket.send_str(text)


async def ping_all_the_time(socket: Socket) -> None:
    for _ in range(500):
        await socket.ping()


async def send_all_the_time(socket: Socket) -> None:
    for _ in range(500):
        await socket.send_bytes(b"")


async def send_too_many_bytes(socket: Socket) -> None:
    for _ in range(40):
        await socket.send_bytes(bytes(MAX_FRAME))


BAD: dict[str, tuple[int, Bad]] = {
    "not JSON": (4400, lambda socket: say("{", socket)),
    "not an object": (4400, lambda socket: say("[]", socket)),
    "an unknown kind": (4400, lambda socket: say('{"kind": "dance"}', socket)),
    "hello again": (4400, lambda socket: hello(socket, PATIENT)),
    "another role's message": (4400, lambda socket: say('{"kind": "admit"}', socket)),
    "a long control frame": (4400, lambda socket: say('{"kind": "bye"}'.ljust(1025), socket)),
    "a giant frame": (1009, lambda socket: socket.send_bytes(bytes(MAX_FRAME + 1))),
    "a giant control frame": (1009, lambda socket: say("x" * (MAX_FRAME + 1), socket)),
    "text that isn't UTF-8": (1007, lambda socket: socket.send_frame(b"\xff", WSMsgType.TEXT)),
    "the end of nothing": (1002, lambda socket: socket.send_frame(b"", WSMsgType.CONTINUATION)),
    "too many frames": (4429, send_all_the_time),
    "too many bytes": (4429, send_too_many_bytes),
    "too many pings": (4429, ping_all_the_time),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_page_is_closed_and_the_other_peer_goes_on(box: Box, name: str) -> None:
    code, misbehave = BAD[name]
    clinician, patient = await box.both()
    await misbehave(patient)
    assert await close_code(patient) == code
    assert await control(clinician) == {"kind": "peer-left", "reason": "lost"}
    again = await box.patient("d" * 16)
    assert [(await control(again))["kind"] for _ in range(2)] == ["welcome", "peer"]
    assert await control(clinician) == {"kind": "peer", "instance": "d" * 16}
    assert await relays(again, clinician) and await relays(clinician, again)


@pytest.mark.parametrize("first", [b"payload", "{", '{"kind": "bye"}', '{"kind": "hello"}'])
async def test_a_socket_that_does_not_begin_with_hello_is_closed(
    box: Box, first: str | bytes
) -> None:
    socket = await box.open("patient")
    await (socket.send_bytes(first) if isinstance(first, bytes) else socket.send_str(first))
    assert await close_code(socket) == 4400
    assert box.rooms.presence("a") is None


async def test_a_socket_that_says_nothing_is_closed(aiohttp_client: AiohttpClient) -> None:
    box = await open_box(aiohttp_client, Limits(hello=0.05))
    assert await close_code(await box.open("patient")) == 4408


async def test_pings_are_no_hello(aiohttp_client: AiohttpClient) -> None:
    box = await open_box(aiohttp_client, Limits(hello=0.3))
    socket = await box.open("patient")
    started = time.monotonic()

    async def ping() -> None:
        with suppress(ConnectionError):
            while True:
                await socket.ping()
                await asyncio.sleep(0.05)

    pinging = asyncio.create_task(ping())
    assert await close_code(socket) == 4408
    assert time.monotonic() - started < 2
    await pinging


async def test_a_dead_line_is_noticed(aiohttp_client: AiohttpClient) -> None:
    box = await open_box(aiohttp_client, Limits(heartbeat=0.2))
    clinician = await box.clinician()
    await hello(await box.open("patient", autoping=False), PATIENT)
    kinds = [(await control(clinician))["kind"] for _ in range(3)]
    assert kinds == ["welcome", "peer", "peer-left"]


async def test_a_page_that_vanishes_is_lost(box: Box) -> None:
    clinician, patient = await box.both()
    await patient.close()
    assert await control(clinician) == {"kind": "peer-left", "reason": "lost"}
    presence = box.rooms.presence("a")
    assert presence is not None and (presence.patient, presence.clinician) == (False, True)


async def test_a_ninth_device_is_told_to_come_later(box: Box) -> None:
    devices = [await box.patient(f"{number:016x}", f"device {number}") for number in range(8)]
    assert await close_code(await box.patient("f" * 16, "device 8")) == 1013
    assert not any(device.closed for device in devices)


async def test_an_appointment_that_is_over_cannot_be_joined(box: Box) -> None:
    box.clock[0] = UNTIL
    assert await close_code(await box.patient()) == 4410


async def test_a_cancelled_appointment_closes_both(box: Box) -> None:
    clinician, patient = await box.both()
    box.rooms.close("a")
    assert await close_code(clinician) == await close_code(patient) == 4410


async def test_the_end_of_the_time_to_join_closes_both(box: Box) -> None:
    clinician, patient = await box.both()
    expiring = asyncio.create_task(expire_rooms(box.rooms, every=0.01))
    assert await relays(clinician, patient)
    box.clock[0] = UNTIL
    assert await close_code(clinician) == await close_code(patient) == 4410
    expiring.cancel()

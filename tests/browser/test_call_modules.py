"""A call between two pages of the lab in real browsers, from the waiting room to the end."""

from __future__ import annotations

import pytest

from practicebox.rtc.messages import Role
from tests.browser.conftest import Browsers, MakeCall, MakeSide
from tests.browser.lab.files import accept, offer
from tests.browser.lab.server import Lab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAIRS = ["chromium-chromium", "chromium-firefox", "firefox-chromium"]
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("pair", PAIRS)
async def test_connected_in_advance_nothing_is_sent_before_the_admission(
    pair: str, make_call: MakeCall
) -> None:
    call = await make_call(pair)
    await call.connect()
    for side in call.sides():
        await side.until("() => lab.all('statistics', 'sample').length >= 2")
        assert await side.run("() => lab.mediaBytes()") == 0
        assert (await side.last("media", "state"))["camera"]
    await call.admit()
    for side in call.sides():
        sample = await side.last("statistics", "sample")
        assert sample["path"]["protocol"] == "udp"
        codecs = await side.run("() => lab.entries('codec')")
        assert any("useinbandfec=1" in codec.get("sdpFmtpLine", "") for codec in codecs)
        assert await side.all("connection", "problem") == []


@pytest.mark.parametrize("pair", PAIRS)
async def test_name_chat_and_a_large_file_arrive_in_both_directions(
    pair: str, make_call: MakeCall
) -> None:
    call = await make_call(pair)
    await call.connect()
    for here, there, name in (
        (call.clinician, call.patient, "Dr. Ana Čapek"),
        (call.patient, call.clinician, "Ole Müßig"),
    ):
        assert (await there.last("introduction", "introduced"))["name"] == name
        await here.run("() => lab.chat.write('Guten Tag,\\nwie geht es Ihnen? 🙂')")
        await there.until("() => lab.all('chat', 'line').some(({ isOwn }) => !isOwn)")
        line = (await there.all("chat", "line"))[-1]
        assert (line["text"], line["isOwn"]) == ("Guten Tag,\nwie geht es Ihnen? 🙂", False)
        await there.run("(id) => lab.chat.see(id)", line["id"])
        await here.until("(id) => lab.last('chat', 'seen')?.id === id", line["id"])
    sent = [
        await offer(call.clinician, "befund.pdf", 20 * MEGABYTE, "application/pdf"),
        await offer(call.patient, "knie.png", 20 * MEGABYTE + 17, "image/png"),
    ]
    received = [
        await accept(call.patient, "befund.pdf"),
        await accept(call.clinician, "knie.png"),
    ]
    assert received == sent


async def test_a_page_that_leaves_is_gone_at_once(make_call: MakeCall) -> None:
    call = await make_call("chromium-chromium")
    await call.connect()
    await call.admit()
    await call.patient.page.close()
    await call.clinician.page.wait_for_function(
        "() => lab.connection.state === 'alone'", timeout=2000
    )
    assert (await call.clinician.last("signaling", "peer-left"))["reason"] == "bye"


async def test_the_patient_cannot_end_the_consultation(make_call: MakeCall) -> None:
    call = await make_call("chromium-chromium")
    await call.connect()
    await call.admit()
    await call.patient.run("() => lab.introduction.end()")
    await call.clinician.until("() => lab.all('introduction', 'end').length === 1")
    await call.until_moving()
    assert await call.clinician.all("room", "ended") == []


async def test_a_second_device_waits_until_the_clinician_swaps(
    browsers: Browsers, make_side: MakeSide, make_call: MakeCall
) -> None:
    call = await make_call("chromium-chromium")
    await call.connect()
    await call.admit()
    first = call.patient
    second = await make_side(await browsers.chromium(), Role.PATIENT, "tablet")
    await second.enter()
    for side in call.sides():
        await side.until("() => lab.last('room', 'second')?.waiting === true")
    assert await second.run("() => [lab.room.place, lab.connection.state]") == ["second", "alone"]
    await call.clinician.run("() => lab.room.swap()")
    call.patient = second
    await call.until_connected()
    await call.until_moving()
    assert await first.run("() => [lab.room.place, lab.connection.state]") == ["second", "alone"]
    assert await first.run("() => lab.room.isAdmitted") is False


async def test_a_newer_page_takes_the_place_of_an_older_one(
    browsers: Browsers, make_side: MakeSide, make_call: MakeCall
) -> None:
    call = await make_call("chromium-chromium")
    await call.connect()
    await call.admit()
    older = call.patient
    call.patient = await make_side(await browsers.chromium(), Role.PATIENT)
    await call.patient.enter()
    await older.until("() => lab.last('signaling', 'closed')?.code === 4409")
    await older.until_state("alone")
    await call.until_connected()
    await call.until_moving()


async def test_the_clinician_announces_the_public_address_of_the_practice(
    lab: Lab, make_call: MakeCall
) -> None:
    lab.announced = "203.0.113.7"
    call = await make_call("chromium-chromium")
    await call.connect()
    candidates = await call.patient.run("() => lab.remoteCandidates()")
    hosts = {port for kind, host, port in candidates if kind == "host" and ":" not in host}
    announced = {port for _, address, port in candidates if address == lab.announced}
    assert hosts
    assert announced == hosts

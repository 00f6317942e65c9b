"""What a call survives: reloads, collisions, lost sockets, a stopped box."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from practicebox.rtc.messages import Role
from tests.browser.conftest import MakeCall, MakeSide, Pages
from tests.browser.lab.server import Lab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAIRS = ["chromium-chromium", "chromium-firefox", "firefox-chromium"]
SOCKET_LOST = r"WebSocket|establish a connection|connection to ws|Failed to load resource"


@pytest.mark.parametrize("pair", PAIRS)
async def test_a_reload_of_either_page_comes_back_into_the_call(
    pair: str, make_call: MakeCall
) -> None:
    call = await make_call(pair)
    await call.connect()
    await call.admit()
    for side in call.sides():
        await side.reload()
        await call.until_connected()
        await call.until_moving()


@pytest.mark.parametrize("pair", PAIRS)
async def test_either_side_may_offer_again_and_both_at_once(pair: str, make_call: MakeCall) -> None:
    call = await make_call(pair)
    await call.connect()
    await call.admit()
    for offering in ([call.patient], [call.clinician], call.sides(), call.sides()):
        before = [await side.run("() => lab.generation()") for side in call.sides()]
        for side in offering:
            await side.run("() => lab.connection.restart()")
        for side, generation in zip(call.sides(), before, strict=True):
            await side.until("(old) => lab.generation() !== old", generation)
            await side.until_state("connected")
    await call.until_moving()
    for side in call.sides():
        assert await side.all("connection", "problem") == []


@pytest.mark.parametrize("pair", PAIRS)
async def test_picture_and_sound_go_on_without_the_box(
    pair: str, lab: Lab, pages: Pages, make_call: MakeCall
) -> None:
    pages.expect(SOCKET_LOST)
    call = await make_call(pair)
    await call.connect()
    await call.admit()
    await lab.stop()
    for side in call.sides():
        await side.until("() => lab.last('signaling', 'lost') !== undefined")
    await call.until_moving()
    await call.clinician.run("() => lab.chat.write('Sind Sie noch da?')")
    await call.patient.until("() => lab.last('chat', 'line')?.text === 'Sind Sie noch da?'")

    await lab.start()  # it has forgotten everything, and is told
    for side in call.sides():
        await side.until("() => lab.all('signaling', 'welcome').length === 2")
    await call.until_moving()
    assert await call.patient.run("() => lab.all('connection', 'channels').length") == 1
    await call.patient.reload()
    await call.until_connected()
    await call.until_moving()


async def test_a_socket_lost_in_the_middle_of_the_negotiation_delays_it_only(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.patient.run("() => { lab.signaling.forward = () => false; }")  # answers get lost
    for side in call.sides():
        await side.enter()
    for side in call.sides():
        await side.until_state("connecting")
    await call.patient.run("() => { delete lab.signaling.forward; }")
    await call.clinician.run("() => { window.dispatchEvent(new Event('online')); }")
    await call.until_connected()


async def test_a_connection_beyond_repair_is_built_anew(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    for side in call.sides():
        await side.run("() => { window.channels = lab.channels; lab.channels.control.close(); }")
        await side.until("() => lab.channels !== window.channels")
        await call.until_connected()
        await call.until_moving()


@pytest.mark.parametrize("is_box_there", [True, False])
async def test_the_end_reaches_the_patient_with_and_without_the_box(
    is_box_there: bool, lab: Lab, pages: Pages, make_call: MakeCall
) -> None:
    pages.expect(SOCKET_LOST)
    call = await make_call()
    await call.connect()
    await call.admit()
    if not is_box_there:
        await lab.stop()
    await call.clinician.run("() => { lab.introduction.end(); lab.room.end(); }")
    for side in call.sides():
        await side.until("() => lab.all('room', 'ended').length === 1")
        await side.until_state("alone")
    if not is_box_there:
        await lab.start()
        for side in call.sides():
            await side.until("() => lab.all('signaling', 'welcome').length === 2")
    assert await call.patient.run("() => lab.room.isOver")
    await call.admit()  # the clinician has one more question


async def test_an_end_said_without_a_socket_is_said_again_with_it(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run("() => { lab.signaling.send = () => false; lab.room.end(); }")
    await call.clinician.run("() => { delete lab.signaling.send; }")
    assert await call.patient.all("room", "ended") == []
    await call.clinician.run("() => { window.dispatchEvent(new Event('online')); }")
    await call.patient.until("() => lab.all('room', 'ended').length === 1")
    assert await call.clinician.run("() => lab.room.isOver")
    assert len(await call.clinician.all("room", "admitted")) == 1


async def test_the_socket_comes_back_by_itself_and_says_the_same_instance(
    lab: Lab, pages: Pages, chromium: Browser, make_side: MakeSide
) -> None:
    pages.expect(SOCKET_LOST)
    side = await make_side(chromium, Role.CLINICIAN, media="off")
    await side.enter()
    await side.until("() => lab.all('signaling', 'welcome').length === 1")
    await lab.stop()
    await side.until("() => lab.all('signaling', 'lost').length >= 2")
    await lab.start()
    await side.until("() => lab.all('signaling', 'welcome').length === 2")


@pytest.mark.parametrize("code", [4400, 4410, 4429])
async def test_some_closed_sockets_stay_closed(
    code: int, chromium: Browser, make_side: MakeSide
) -> None:
    side = await make_side(chromium, Role.PATIENT, media="off")
    await side.run("(code) => lab.mischief.closeSockets(code)", code)
    await side.enter()
    await side.until("() => lab.last('signaling', 'closed') !== undefined")
    assert (await side.last("signaling", "closed"))["code"] == code
    assert await side.all("signaling", "lost") == []


async def test_a_reloaded_page_gets_the_others_lines_again_and_once(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.clinician.run("() => { lab.chat.write('eins'); lab.chat.write('zwei'); }")
    await call.patient.until("() => lab.all('chat', 'line').length === 2")
    await call.patient.reload()
    await call.patient.until("() => lab.all('chat', 'line').length === 2")
    await call.clinician.run("() => lab.channels.control.close()")
    await call.patient.until("() => lab.all('connection', 'channels').length === 2")
    await call.until_connected()
    await call.clinician.run("() => lab.chat.write('drei')")
    await call.patient.until("() => lab.last('chat', 'line').text === 'drei'")
    texts = [line["text"] for line in await call.patient.all("chat", "line")]
    assert texts == ["eins", "zwei", "drei"]

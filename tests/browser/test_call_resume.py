"""How soon a call is back: after the relay died, the box restarted, the path went dead, a sleep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from practicebox.rtc.messages import Role
from tests.browser.conftest import Browsers, MakeCall, MakeSide, Pages
from tests.browser.lab.driver import Call, Side
from tests.browser.lab.relay import Relay, relaying
from tests.browser.lab.server import Lab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

SOON = 5.0  # seconds; issue 3, "Done when" 2
SOCKET_LOST = r"WebSocket|establish a connection|connection to ws|Failed to load resource"


@pytest_asyncio.fixture(loop_scope="session")
async def relay(tmp_path: Path, lab: Lab) -> AsyncIterator[Relay]:
    async with relaying(tmp_path) as running:
        lab.relay = running.ice
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def call(relay: Relay, browsers: Browsers, make_side: MakeSide) -> Call:
    """A consultation over the relay, allocated by the patient."""
    browser = await browsers.chromium()
    relayed = Call(
        await make_side(browser, Role.CLINICIAN, name="Dr. Ana Čapek"),
        await make_side(browser, Role.PATIENT, name="Ole Müßig", policy="relay"),
    )
    await relayed.connect()
    await relayed.admit()
    for side in relayed.sides():
        await side.until("() => lab.last('statistics', 'sample')?.path?.isRelayed === true")
    return relayed


async def until_still(side: Side) -> None:
    """Wait until half a second has passed without a new frame."""
    await side.until(
        """async () => {
          const { frames } = await lab.received();
          await new Promise((resolve) => setTimeout(resolve, 500));
          return (await lab.received()).frames === frames;
        }"""
    )


async def seconds_until_moving(call: Call) -> float:
    start = time.monotonic()
    await call.until_moving()
    return time.monotonic() - start


async def test_a_relayed_call_is_back_soon_after_the_box(
    lab: Lab, relay: Relay, pages: Pages, call: Call
) -> None:
    """The restarted box hands out another credential; the old one is worth nothing."""
    pages.expect(SOCKET_LOST)
    await asyncio.gather(relay.kill(), lab.stop())
    for side in call.sides():
        await until_still(side)
    await relay.start()
    lab.relay = relay.ice
    await lab.start()
    assert await seconds_until_moving(call) < SOON


async def test_a_relay_that_forgot_everything_is_noticed_before_the_browser_does(
    lab: Lab, relay: Relay, call: Call
) -> None:
    await relay.kill()
    await relay.start()
    lab.relay = relay.ice
    for side in call.sides():
        await until_still(side)
    assert await call.clinician.run("() => lab.connection.state") == "connected"
    assert await seconds_until_moving(call) < SOON


async def test_a_dead_connection_is_replaced_and_the_last_picture_stays(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run("() => { lab.chat.write('eins'); }")
    before = [len(await side.all("connection", "remote")) for side in call.sides()]
    await call.patient.until(
        """() => performance.getEntriesByType("resource")
          .some(({ name }) => name.endsWith("/watch/doubt.js"))"""
    )
    await call.patient.run(
        """() => {
          const receivers = RTCRtpReceiver.prototype;
          const whole = receivers.getSynchronizationSources;
          receivers.getSynchronizationSources = () => []; // nothing is played until the next peer
          const mend = () => Object.assign(receivers, { getSynchronizationSources: whole });
          lab.connection.addEventListener("channels", mend, { once: true });
          window.dispatchEvent(new Event("online"));
        }"""
    )
    await call.patient.until("() => lab.all('connection', 'channels').length >= 2")
    await call.until_connected()
    assert await seconds_until_moving(call) < SOON
    for side, count in zip(call.sides(), before, strict=True):
        shown = [each["stream"] for each in await side.all("connection", "remote")]
        assert len(shown) > count and None not in shown[count:]
        assert "alone" not in [each["state"] for each in await side.all("connection", "state")]
    await call.patient.until("() => lab.all('chat', 'line').length === 1")


async def test_a_lost_socket_does_not_disturb_a_direct_call(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    before = [await side.run("() => lab.generation()") for side in call.sides()]
    await call.patient.run("() => lab.signaling.reconnect()")
    await call.patient.until("() => lab.all('signaling', 'welcome').length === 2")
    await call.until_moving()
    assert [await side.run("() => lab.generation()") for side in call.sides()] == before


async def test_another_network_means_new_paths_over_a_new_socket(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    before = await call.clinician.run("() => lab.generation()")
    await call.patient.run("() => { window.dispatchEvent(new Event('online')); }")
    await call.patient.until("() => lab.all('signaling', 'welcome').length === 2")
    await call.clinician.until("(before) => lab.generation() !== before", before)
    assert await seconds_until_moving(call) < SOON


async def test_a_page_that_slept_asks_the_box_who_is_there(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.patient.run(
        """() => {
          const end = performance.now() + 5000;
          while (performance.now() < end); // to the page's timers no other than a sleep
        }"""
    )
    await call.patient.until("() => lab.all('signaling', 'welcome').length >= 2")
    assert await seconds_until_moving(call) < SOON


async def test_what_is_switched_off_on_the_other_side_is_not_taken_for_a_dead_path(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run("() => lab.media.setCamera(false)")
    await call.clinician.run("() => lab.media.setMicrophone(false)")
    await call.patient.until("() => lab.introduction.other.camera === false")
    await call.patient.until("() => lab.all('statistics', 'sample').length > 6")
    assert len(await call.patient.all("signaling", "welcome")) == 1


async def test_the_picture_is_paused_and_comes_back_on_the_word_of_the_other_side(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.patient.run(
        """() => {
          const honest = lab.introduction.report.bind(lab.introduction);
          window.good = () => { lab.introduction.report = honest; };
          lab.introduction.report = (said) => honest({ ...said, hearing: "poor" });
        }"""
    )
    await call.clinician.until("() => lab.last('care', 'rung')?.rung === 'sound'")
    await call.clinician.until("() => lab.last('statistics', 'sample').video.sent === 0")
    await call.patient.until("() => lab.introduction.other.paused === true")
    await call.patient.until("() => lab.last('statistics', 'sample').audio.received > 10_000")
    await call.patient.run("() => window.good()")
    await call.clinician.until("() => lab.last('care', 'rung')?.rung === 'low'")
    await call.until_moving()
    await call.patient.until("() => lab.introduction.other.paused === false")
    await call.clinician.until("() => lab.last('care', 'rung')?.rung === 'full'")
    rungs = await call.clinician.all("care", "rung")
    assert [each["rung"] for each in rungs] == ["low", "sound", "low", "full"]

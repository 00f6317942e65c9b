"""Microphones, cameras and screens of a call: switched, changed, missing, refused."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from practicebox.rtc.messages import Role
from tests.browser.conftest import FAKE_DEVICES, Browsers, MakeCall, MakeSide
from tests.browser.lab.driver import Call

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_another_camera_and_microphone_take_over_during_the_call(
    browsers: Browsers, make_side: MakeSide
) -> None:
    several = await browsers.chromium(FAKE_DEVICES[0], f"{FAKE_DEVICES[1]}=device-count=3")
    call = Call(
        await make_side(several, Role.CLINICIAN),
        await make_side(several, Role.PATIENT),
    )
    await call.connect()
    await call.admit()
    generation = await call.patient.run("() => lab.generation()")
    for kind, device_list in (("video", "cameras"), ("audio", "microphones")):
        chosen = await call.clinician.run(
            "([kind, list]) => lab.chooseAnother(kind, list)", [kind, device_list]
        )
        assert chosen["now"] != chosen["before"]
        await call.until_moving()
    assert await call.patient.run("() => lab.generation()") == generation
    assert await call.clinician.run("() => lab.media.stream.getTracks().length") == 2


async def test_camera_off_gives_the_camera_back_and_on_takes_it_again(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run(
        """async () => {
          const [camera] = lab.media.stream.getVideoTracks();
          await lab.media.setCamera(false);
          window.camera = camera;
        }"""
    )
    assert await call.clinician.run("() => window.camera.readyState") == "ended"
    assert await call.clinician.run("() => lab.media.stream.getVideoTracks().length") == 0
    await call.patient.until("() => lab.last('introduction', 'state').camera === false")
    await call.clinician.until("() => lab.last('statistics', 'sample')?.video.sent === 0")
    await call.clinician.run("() => lab.media.setCamera(true)")
    await call.patient.until("() => lab.last('introduction', 'state').camera === true")
    await call.until_moving()


async def test_a_muted_microphone_sends_silence_also_after_a_change(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run("() => lab.media.setMicrophone(false)")
    await call.patient.until("() => lab.last('introduction', 'state').microphone === false")
    await call.clinician.run("() => lab.media.open()")
    assert await call.clinician.run("() => lab.media.stream.getAudioTracks()[0].enabled") is False
    await call.patient.until("() => lab.last('statistics', 'sample')?.level < 0.001")
    await call.clinician.run("() => lab.media.setMicrophone(true)")
    await call.until_moving()


async def test_a_shared_screen_takes_the_place_of_the_camera_until_it_ends(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.clinician.run("() => lab.media.setScreen(true)")
    await call.patient.until("() => lab.last('introduction', 'state').screen === true")
    await call.until_moving()
    hints = "() => [lab.media.tracks.video.contentHint, lab.media.stream.getVideoTracks().length]"
    assert await call.clinician.run(hints) == ["detail", 1]
    await call.clinician.run(
        "() => lab.media.tracks.video.dispatchEvent(new Event('ended'))"  # the browser's own button
    )
    await call.patient.until("() => lab.last('introduction', 'state').screen === false")
    assert await call.clinician.run(hints) == ["motion", 1]
    await call.until_moving()


@pytest.mark.parametrize(
    ("devices", "outcome"),
    [
        ([f"{FAKE_DEVICES[0]}=deny", FAKE_DEVICES[1]], ["denied", "denied"]),
        ([FAKE_DEVICES[0], f"{FAKE_DEVICES[1]}=device-count=0"], ["on", "missing"]),
    ],
)
async def test_trouble_with_the_devices_has_a_name(
    devices: list[str], outcome: list[str], browsers: Browsers, make_side: MakeSide
) -> None:
    side = await make_side(await browsers.chromium(*devices), Role.PATIENT)
    await side.enter()
    await side.until("() => lab.all('signaling', 'welcome').length === 1")
    assert await side.run("() => Object.values(lab.media.state.outcome)") == outcome


@pytest.mark.parametrize(
    ("allowed", "outcome"), [("microphone", ["on", "denied"]), ("camera", ["denied", "on"])]
)
async def test_a_refusal_of_one_device_does_not_cost_the_other(
    allowed: str, outcome: list[str], browsers: Browsers, make_side: MakeSide
) -> None:
    asking = await browsers.whole_chromium(FAKE_DEVICES[1])
    side = await make_side(asking, Role.PATIENT, permissions=[allowed])
    await side.run("() => lab.media.open()")
    assert await side.run("() => Object.values(lab.media.state.outcome)") == outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("NotReadableError", ["busy", "busy"]),
        ("NotFoundError", ["missing", "missing"]),
        ("TypeError", ["failed", "failed"]),
        ("OverconstrainedError", ["on", "on"]),
    ],
)
async def test_what_the_browser_raises_becomes_a_word(
    error: str, outcome: list[str], chromium: Browser, make_side: MakeSide
) -> None:
    side = await make_side(chromium, Role.PATIENT)
    await side.run("(name) => lab.mischief.refuseDevices(name)", error)
    await side.run("() => lab.media.open()")
    assert await side.run("() => Object.values(lab.media.state.outcome)") == outcome


async def test_the_level_meter_moves_with_the_sound(chromium: Browser, make_side: MakeSide) -> None:
    side = await make_side(chromium, Role.PATIENT)
    await side.enter()
    await side.until("() => lab.media.state.microphone")
    await side.run("() => lab.level.follow(lab.media.stream.getAudioTracks()[0])")
    await side.until("() => lab.all('level', 'level').some(({ level }) => level > 0.2)")
    await side.run("() => lab.media.setMicrophone(false)")
    await side.until("() => lab.all('level', 'level').slice(-20).every(({ level }) => level === 0)")
    assert all(0 <= each["level"] <= 1 for each in await side.all("level", "level"))


async def test_the_picture_begins_small_and_grows_with_the_line(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.patient.until("() => document.querySelector('#far').videoWidth > 0")
    assert await call.patient.run("() => document.querySelector('#far').videoWidth") <= 320
    await call.patient.until("() => document.querySelector('#far').videoWidth >= 640")

"""Two real pages, and a box between them that changes, repeats, reflects and invents frames."""

from __future__ import annotations

import os

import pytest

from practicebox.rtc.messages import Role
from practicebox.rtc.room import Room
from tests.browser.conftest import Browsers, MakeSide
from tests.browser.hostile import Forger, Middle
from tests.browser.lab.driver import Call, Side

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

FRAMES = int(os.environ.get("PRACTICEBOX_HOSTILE_FRAMES", "1000"))
PAIRS = ["chromium-chromium", "chromium-firefox"]


@pytest.fixture
def forger(monkeypatch: pytest.MonkeyPatch) -> Forger:
    forger = Forger()
    monkeypatch.setattr(Room, "relay", lambda *of: forger.relay(*of))
    return forger


@pytest.fixture
def middle(monkeypatch: pytest.MonkeyPatch) -> Middle:
    middle = Middle()
    monkeypatch.setattr(Room, "relay", lambda *of: middle.relay(*of))
    return middle


async def new_call(browsers: Browsers, make_side: MakeSide, pair: str, **patient: str) -> Call:
    first, second = [await getattr(browsers, name)() for name in pair.split("-")]
    call = Call(
        await make_side(first, Role.CLINICIAN, media="off"),
        await make_side(second, Role.PATIENT, media="off", **patient),
    )
    for side in call.sides():
        await side.until("() => document.documentElement.dataset.ready === 'yes'")
        await side.run("() => lab.sealing.note()")
    return call


async def assert_nothing_foreign_was_taken(call: Call) -> None:
    for receiver, sender in (call.sides(), call.sides()[::-1]):
        taken = await receiver.run("() => lab.sealing.taken")
        told = iter(await sender.run("() => lab.sealing.told"))
        assert taken and all(each in told for each in taken), "something else, or in another order"


@pytest.mark.proof
@pytest.mark.parametrize("pair", PAIRS)
async def test_of_many_forged_frames_none_is_taken(
    forger: Forger, browsers: Browsers, make_side: MakeSide, pair: str
) -> None:
    call = await new_call(browsers, make_side, pair)
    await call.connect()
    while forger.made < FRAMES / len(PAIRS):
        generation = await call.clinician.run("() => lab.generation()")
        await call.clinician.run("() => lab.connection.restart()")
        await call.clinician.until("(before) => lab.generation() !== before", generation)
        await call.until_connected()
        forger.new_epoch()
    await assert_nothing_foreign_was_taken(call)
    for side in call.sides():
        assert await side.run("() => lab.all('connection', 'rejected').length") > 0
        assert await side.run("() => lab.all('connection', 'secured').at(-1).number") == ""


async def test_frames_of_an_earlier_page_and_another_room_are_worth_nothing(
    forger: Forger, browsers: Browsers, make_side: MakeSide
) -> None:
    call = await new_call(browsers, make_side, "chromium-chromium")
    await call.connect()
    forger.new_epoch()
    await call.patient.page.reload()
    await call.patient.until("() => document.documentElement.dataset.ready === 'yes'")
    await call.patient.run("() => lab.sealing.note()")
    await call.clinician.run("() => { lab.sealing.taken.length = 0; lab.sealing.told.length = 0; }")
    await call.patient.enter()
    await call.until_connected()
    await assert_nothing_foreign_was_taken(call)


@pytest.mark.parametrize("credential", ["letter", "code"])
async def test_where_only_forged_frames_arrive_there_is_no_call(
    forger: Forger, browsers: Browsers, make_side: MakeSide, credential: str
) -> None:
    forger.delivers = False
    call = await new_call(browsers, make_side, "chromium-chromium", credential=credential)
    for side in call.sides():
        await side.enter()
    await call.patient.until("() => lab.all('connection', 'rejected').length > 20")
    for side in call.sides():
        assert await side.run("() => lab.sealing.taken") == []
        assert await side.run("() => lab.connection.state") != "connected"


@pytest.mark.parametrize("pair", PAIRS)
async def test_a_typed_code_shows_the_same_number_on_both_screens(
    browsers: Browsers, make_side: MakeSide, pair: str
) -> None:
    call = await new_call(browsers, make_side, pair, credential="code")
    await call.connect()
    shown = [await number(side) for side in call.sides()]
    assert shown[0] == shown[1] and len(shown[0]) == 6 and shown[0].isdecimal()


async def test_who_sits_in_the_middle_of_a_typed_code_shows_two_numbers(
    middle: Middle, browsers: Browsers, make_side: MakeSide
) -> None:
    """The attack itself works, which is what the number is for."""
    call = await new_call(browsers, make_side, "chromium-chromium", credential="code")
    await call.connect()
    assert any("fingerprint" in each for each in middle.read)
    shown = [await number(side) for side in call.sides()]
    assert shown == [middle.numbers["clinician"], middle.numbers["patient"]]
    assert shown[0] != shown[1]


async def test_who_sits_in_the_middle_of_a_letter_gets_nowhere(
    middle: Middle, browsers: Browsers, make_side: MakeSide
) -> None:
    call = await new_call(browsers, make_side, "chromium-chromium")
    for side in call.sides():
        await side.enter()
    await call.clinician.until("() => lab.all('connection', 'secured').at(-1)?.number")
    assert await number(call.clinician) == middle.numbers["clinician"], "never as with a letter"
    assert [*middle.numbers] == ["clinician"] and middle.read == []
    assert await call.patient.run("() => lab.sealing.taken") == []
    assert await call.patient.run("() => lab.connection.state") != "connected"


async def number(side: Side) -> str:
    """The check number that this page shows."""
    said = await side.all("connection", "secured")
    return str(said[-1]["number"])

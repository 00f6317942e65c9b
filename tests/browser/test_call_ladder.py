"""What decides during a call, as tables: the ladder, the word, the standstill, the trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.conftest import lasting_side
from tests.browser.lab.driver import Side

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Line = dict[str, Any]
EASY: Line = {"allowance": 2_500_000, "farLoss": 0.0, "roundTrip": 0.05, "hearing": "good"}
SILENT = 1500  # milliseconds without anything


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def side(chromium: Browser) -> AsyncIterator[Side]:
    async with lasting_side(chromium) as opened:
        yield opened


async def rungs(side: Side, *story: tuple[int, Line]) -> str:
    """The rung after each second of the story, as letters: full, low, sound."""
    seconds = [EASY | change for count, change in story for _ in range(count)]
    taken: str = await side.run(
        """(lines) => {
          let standing = lab.pure.atFirst();
          return lines.map((line) => (standing = lab.pure.step(standing, line)).rung[0]).join("");
        }""",
        seconds,
    )
    return taken


@pytest.mark.parametrize(
    "change",
    [
        {"allowance": 240_000},
        {"farLoss": 0.05},
        {"roundTrip": 0.7},
        {"hearing": "fair"},
    ],
)
async def test_a_strained_line_costs_the_large_picture_and_no_more(
    side: Side, change: Line
) -> None:
    assert await rungs(side, (3, {}), (12, change)) == "ffff" + "l" * 11


@pytest.mark.parametrize(
    "change",
    [
        {"allowance": 60_000},
        {"farLoss": 0.15},
        {"roundTrip": 1.2},
        {"hearing": "poor"},
    ],
)
async def test_a_bad_line_pauses_the_picture_within_four_seconds(side: Side, change: Line) -> None:
    assert await rungs(side, (3, {}), (6, change)) == "ffff" + "ll" + "sss"


async def test_one_bad_second_changes_nothing(side: Side) -> None:
    story = [(2, {}), (1, {"farLoss": 0.5}), (2, {}), (1, {"roundTrip": 3.0}), (2, {})]
    assert await rungs(side, *story) == "f" * 8


async def test_a_browser_that_tells_nothing_keeps_the_picture(side: Side) -> None:
    unknown = {"allowance": None, "farLoss": None, "roundTrip": None}
    assert await rungs(side, (10, unknown)) == "f" * 10


async def test_the_picture_comes_back_by_itself_and_in_two_steps(side: Side) -> None:
    taken = await rungs(side, (4, {"farLoss": 0.3}), (20, {}))
    assert taken == "fll" + "s" * 6 + "l" * 5 + "f" * 10


async def test_while_it_is_paused_the_allowance_says_nothing(side: Side) -> None:
    """Nothing but sound goes out then, so the browser can't know what else the line carries."""
    taken = await rungs(side, (4, {"allowance": 50_000}), (7, {"allowance": 50_000}))
    assert taken[3:10] == "ssssss" + "l"


async def test_a_small_picture_grows_only_when_the_line_has_room(side: Side) -> None:
    tight = {"allowance": 300_000}
    taken = await rungs(side, (2, {"allowance": 200_000}), (20, tight), (6, {}))
    assert taken == "f" + "l" * 25 + "ff"


async def test_a_try_that_fails_soon_makes_the_next_one_wait_longer(side: Side) -> None:
    bad = {"farLoss": 0.3}
    story = [(4, bad)]
    for _ in range(3):
        story += [(60, {}), (4, bad)]  # long enough to come back and to prove itself
    proven = await rungs(side, *story)
    assert proven.count("sssssslllll") == 3  # six seconds each time
    failing = await rungs(side, (4, bad), (6, {}), (2, bad), (12, {}), (2, bad), (30, {}))
    lengths = [len(part) for part in failing.replace("f", "l").split("l") if part]
    assert lengths[:3] == [6, 12, 24]


@pytest.mark.parametrize(
    ("sample", "word"),
    [
        ({}, "good"),
        ({"roundTrip": None, "farLoss": None}, "good"),
        ({"roundTrip": 0.35}, "fair"),
        ({"roundTrip": 0.9}, "poor"),
        ({"farLoss": 0.05}, "fair"),
        ({"audio": {"loss": 0.2}}, "poor"),
        ({"video": {"loss": 0.05}}, "fair"),
        ({"concealed": 0.05}, "fair"),
        ({"concealed": 0.2, "roundTrip": 0.35}, "poor"),
    ],
)
async def test_the_word_is_that_of_the_worst_number(side: Side, sample: Line, word: str) -> None:
    good = {"roundTrip": 0.05, "farLoss": 0, "concealed": 0, "audio": {"loss": 0}}
    whole = good | {"video": {"loss": 0}} | sample
    assert await side.run("(sample) => lab.pure.judged(sample)", whole) == word


async def test_the_word_does_not_flutter(side: Side) -> None:
    said = await side.run(
        """(asked) => {
          let spoken = lab.pure.nothingSaid();
          return asked.map((word) => (spoken = lab.pure.speak(spoken, word)).word[0]).join("");
        }""",
        ["poor", "good", "poor", "poor", "good", "good", "poor", *["good"] * 5],
    )
    assert said == "ggg" + "ppppppp" + "gg"


async def looks(side: Side, story: list[tuple[str, bool, int]]) -> list[str]:
    """What `Standstill` says to each look: what has arrived, whether it is fed, milliseconds."""
    said: list[str] = await side.run(
        """(story) => {
          const standstill = new lab.pure.Standstill(0);
          return story.map(([pulse, isFed, now]) => standstill.look(pulse, isFed, now));
        }""",
        [list(look) for look in story],
    )
    return said


def every_half_second(pulses: list[str], start: int = 500) -> list[tuple[str, bool, int]]:
    return [(pulse, True, start + 500 * index) for index, pulse in enumerate(pulses)]


async def test_a_pulse_that_stops_is_silence_and_the_next_tries_come_later(side: Side) -> None:
    alive = ["a", "b", "c", "d"]
    said = await looks(side, every_half_second(alive + ["d"] * 24))
    assert [index for index, word in enumerate(said) if word == "silent"] == [6, 12, 24]


async def test_silence_before_the_first_sound_is_no_standstill(side: Side) -> None:
    assert set(await looks(side, every_half_second([""] * 10 + ["a"] * 3))) == {""}


async def test_a_pulse_that_the_browser_has_forgotten_is_silence_all_the_same(side: Side) -> None:
    said = await looks(side, every_half_second(["a"] * 20 + [""] * 30))
    assert [index for index, word in enumerate(said) if word == "silent"] == [3, 9, 21, 45]


async def test_who_switched_everything_off_is_not_missed(side: Side) -> None:
    story = [("a", True, 500), ("b", True, 1000)]
    story += [("b", False, 1500 + 500 * index) for index in range(10)]
    assert set(await looks(side, story)) == {""}


async def test_a_device_that_slept_is_told_once_and_given_time(side: Side) -> None:
    story = [("a", True, 500), ("b", True, 1000), ("b", True, 60_000), ("b", True, 60_500)]
    assert await looks(side, [*story, ("b", True, 61_500)]) == ["", "", "slept", "", "silent"]


async def test_a_device_may_sleep_before_anybody_has_looked(side: Side) -> None:
    assert await looks(side, [("a", True, 5000), ("b", True, 5500)]) == ["slept", ""]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, ""),
        ({"wait": 7999}, ""),
        ({"wait": 8000}, "blocked"),
        ({"wait": 8000, "hasRelay": False}, "direct"),
        ({"wait": 8000, "hasBeen": True, "hasRelay": False}, "lost"),
        ({"wait": 60_000, "isConnected": True, "offline": 60_000}, ""),
        ({"offline": 8001}, "offline"),
        ({"wait": 9000, "offline": 9000}, "offline"),
    ],
)
async def test_trouble_has_one_name(side: Side, facts: Line, word: str) -> None:
    calm = {"isConnected": False, "hasBeen": False, "hasRelay": True, "wait": 0, "offline": 0}
    assert await side.run("(facts) => lab.pure.trouble(facts)", calm | facts) == word


async def test_a_curve_shows_the_last_minute_and_ends_at_the_right(side: Side) -> None:
    drawn = await side.run("() => lab.pure.points([...Array(70).keys()], 1)")
    pairs = drawn.split()
    assert len(pairs) == 60 and pairs[0].startswith("1,") and pairs[-1] == "60,1.0"
    assert await side.run("() => lab.pure.points([], 1)") == ""
    assert await side.run("() => lab.pure.points([0.01], 0.1)") == "60,13.6"

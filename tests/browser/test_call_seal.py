"""The seal of the signaling against an independent half in Python, in both browsers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from practicebox.practice.link import Link, encode
from practicebox.rtc.messages import Role
from tests.browser.conftest import Browsers, MakeSide
from tests.browser.lab.driver import Side
from tests.browser.sealing import Agreement, Seal, root_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LINK = Link(bytes(range(8)), bytes(range(100, 116)))
CLINICIAN, PATIENT = "00112233445566aa", "ffeeddccbbaa9988"
CONTENTS = ["", "{}", "ä" * 127, "x" * 255, "x" * 256, "€" * 20_000]


@pytest_asyncio.fixture(loop_scope="session", params=["chromium", "firefox"])
async def side(
    request: pytest.FixtureRequest, browsers: Browsers, make_side: MakeSide
) -> AsyncIterator[Side]:
    side = await make_side(await getattr(browsers, request.param)(), Role.CLINICIAN)
    await side.until("() => document.documentElement.dataset.ready === 'yes'")
    yield side


async def with_letter(side: Side, role: str = "clinician") -> Seal:
    """Give the page its half; return the other's."""
    link = {"rid": encode(LINK.rid), "secret": encode(LINK.secret)}
    instances = {"clinician": CLINICIAN, "patient": PATIENT}
    await side.run("(all) => lab.sealing.withLetter(...all)", [link, role, instances])
    other = "patient" if role == "clinician" else "clinician"
    return Seal(root_of(LINK), other, CLINICIAN, PATIENT)


def text(frame: bytes) -> str:
    return base64.b64encode(frame).decode()


async def opened(side: Side, *frames: bytes) -> list[str | None]:
    found: list[str | None] = await side.run(
        "(frames) => lab.sealing.open(frames)", [text(frame) for frame in frames]
    )
    return found


@pytest.mark.parametrize("role", ["clinician", "patient"])
async def test_both_halves_write_the_same_frames(side: Side, role: str) -> None:
    other = await with_letter(side, role)
    mine = Seal(root_of(LINK), role, CLINICIAN, PATIENT)
    for content in CONTENTS:
        frame = base64.b64decode(await side.run("(c) => lab.sealing.close(c)", content))
        assert frame == mine.close(content.encode())
        assert len(frame) % 256 == 9 + 16
        assert other.open(frame) == content.encode()
    frames = [other.close(content.encode()) for content in CONTENTS]
    assert await opened(side, *frames) == CONTENTS


async def test_what_is_too_large_is_not_sent(side: Side) -> None:
    await with_letter(side)
    sizes = [65_536 - 256, 65_536]
    frames = [await side.run("(n) => lab.sealing.close('x'.repeat(n - 26))", n) for n in sizes]
    assert len(base64.b64decode(frames[0])) <= 65_536
    assert frames[1] is None


async def test_no_bit_can_be_changed(side: Side) -> None:
    other = await with_letter(side)
    frame = other.close(b"{}")
    changed = [bytes_with(frame, bit) for bit in range(8 * len(frame))]
    assert set(await opened(side, *changed)) == {None}
    assert await opened(side, frame[:-1], frame + b"\0", b"", b"\1", frame[:9], b"{}") == [None] * 6
    assert await opened(side, frame) == ["{}"]


async def test_a_frame_counts_once_in_order_and_in_its_direction(side: Side) -> None:
    other = await with_letter(side)
    frames = [other.close(str(count).encode()) for count in range(5)]
    order = [frames[index] for index in (0, 0, 2, 1, 2, 4, 3, 4)]
    assert await opened(side, *order) == ["0", None, "2", None, None, "4", None, None]
    own = base64.b64decode(await side.run("(c) => lab.sealing.close(c)", "mine"))
    assert await opened(side, own) == [None]


async def test_another_epoch_room_or_letter_opens_nothing(side: Side) -> None:
    await with_letter(side)
    later = "0" * 16
    strangers = [
        Seal(root_of(LINK), "patient", later, PATIENT),
        Seal(root_of(LINK), "patient", CLINICIAN, later),
        Seal(root_of(Link(bytes(8), LINK.secret)), "patient", CLINICIAN, PATIENT),
        Seal(root_of(Link(LINK.rid, bytes(16))), "patient", CLINICIAN, PATIENT),
    ]
    assert await opened(side, *(each.close(b"{}") for each in strangers)) == [None] * 4


async def test_keys_can_not_be_taken_out(side: Side) -> None:
    leaked = await side.run(
        """async () => {
          const taken = [];
          const { subtle } = crypto;
          for (const name of ["deriveKey", "importKey", "generateKey"]) {
            const real = subtle[name].bind(subtle);
            subtle[name] = async (...all) => {
              const key = await real(...all);
              taken.push(...(key.privateKey ? [key.privateKey] : [key]));
              return key;
            };
          }
          const link = { rid: "AAAAAAAAAAA", secret: "AAAAAAAAAAAAAAAAAAAAAA" };
          const instances = { clinician: "0".repeat(16), patient: "1".repeat(16) };
          await lab.sealing.withLetter(link, "clinician", instances);
          lab.sealing.agree("patient", instances);
          while (taken.length < 4) await new Promise((done) => setTimeout(done, 10));
          return taken.map((key) => key.extractable);
        }"""
    )
    assert len(leaked) >= 4 and not any(leaked)


@pytest.mark.parametrize("role", ["clinician", "patient"])
async def test_a_page_and_python_agree_on_a_number(side: Side, role: str) -> None:
    other = await agreeing(side, role)
    heard = await talk(side, other)
    assert other.root is not None and heard == [1, 2, 3]
    await side.until("() => lab.sealing.number")
    assert await side.run("() => lab.sealing.number") == other.root.number
    seal = Seal(other.root, other.role, CLINICIAN, PATIENT)
    await side.until("() => lab.sealing.seal")
    assert await opened(side, seal.close(b"{}")) == ["{}"]


async def test_a_broken_word_ends_it(side: Side) -> None:
    """Whoever chooses the second half after having seen the first is refused."""
    other = await agreeing(side, "clinician")
    await talk(side, other, until=2)
    changed = Agreement("patient", CLINICIAN, PATIENT)
    await side.run("(frame) => lab.sealing.hear(frame)", text(b"\2\3" + changed.half))
    await side.until("() => lab.sealing.refused === 1")
    assert await side.run("() => lab.sealing.number") == ""


@pytest.mark.parametrize(
    "half",
    [bytes(81), b"\4" + bytes(80), b"\4" + b"\xff" * 80],
    ids=["nothing", "zeros", "too large"],
)
async def test_what_is_no_point_of_the_curve_is_refused(side: Side, half: bytes) -> None:
    await agreeing(side, "patient")
    for frame in (b"", b"\2", b"\2\2", b"\2\2" + half[:-1], b"\2\7" + half, b"\2\2" + half):
        await side.run("(frame) => lab.sealing.hear(frame)", text(frame))
    await side.until("() => lab.sealing.refused === 1")


def bytes_with(frame: bytes, bit: int) -> bytes:
    """The frame with one bit turned."""
    changed = bytearray(frame)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


async def agreeing(side: Side, role: str) -> Agreement:
    """The page as one half; Python as the other, which puts what it says into the page."""
    instances = {"clinician": CLINICIAN, "patient": PATIENT}
    await side.run("([role, all]) => void lab.sealing.agree(role, all)", [role, instances])
    return Agreement("patient" if role == "clinician" else "clinician", CLINICIAN, PATIENT)


async def talk(side: Side, other: Agreement, until: int = 3) -> list[int]:
    """Pass frames on until that step was heard; return the steps in their order."""
    steps: list[int] = []
    if other.role == "patient" and not other.said:
        other.begin()
    async with asyncio.timeout(10):
        while until not in steps:
            steps += await _pass_on(side, other)
            await asyncio.sleep(0.01)
    return steps


async def _pass_on(side: Side, other: Agreement) -> list[int]:
    steps = []
    while other.said:
        frame = other.said.pop(0)
        steps.append(frame[1])
        await side.run("(frame) => lab.sealing.hear(frame)", text(frame))
    heard = await side.run("() => lab.sealing.frames.splice(0)")
    for frame in map(base64.b64decode, heard):
        steps.append(frame[1])
        other.take(frame)
    return steps

"""Who gets a name that two want (RFC 6762 sections 8 and 9), on the loopback network."""

import asyncio

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from practicebox.appliance import mdns_group
from practicebox.appliance.mdns import HTTPS, State, Status
from practicebox.appliance.mdns_claim import Claim
from practicebox.appliance.mdns_group import Contest
from practicebox.appliance.mdns_wire import A, decode, encode_name
from tests.appliance.world import box, laptop, neighbour


def ours(label: str) -> Claim:
    return Claim(label, HTTPS, 8443, (b"\x7f\0\0\1",))


def contest_against(taken: set[str]) -> tuple[Contest, list[str]]:
    """A contest on a network where `taken` labels are defended, and the labels it probed for."""
    probed: list[str] = []

    def send(packet: bytes) -> None:
        asked = decode(packet).asked
        for label in taken:
            if encode_name(f"{label}.local.") in asked:
                probed.append(label)
                contest.hear(decode(laptop(label).defence()))

    contest = Contest(send, jitter=lambda: 0.0)
    return contest, probed


async def test_names_are_tried_one_after_the_other() -> None:
    contest, probed = contest_against({"box", "box-2", "box-3"})
    assert (await contest.win("box", ours)).label == "box-4"
    assert probed == ["box", "box-2", "box-3"]
    assert not contest.lost.is_set()


async def test_after_fifteen_conflicts_the_box_slows_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mdns_group, "PROBE_INTERVAL", 0.01)
    monkeypatch.setattr(mdns_group, "PATIENT_DELAY", 0.2)
    loop = asyncio.get_running_loop()
    contest, probed = contest_against({"box", *(f"box-{n}" for n in range(2, 17))})
    started = loop.time()
    assert (await contest.win("box", ours)).label == "box-17"
    assert len(probed) == 16
    assert loop.time() - started >= 0.4  # after the fifteenth and the sixteenth


async def test_a_lost_tie_break_is_repeated_with_the_same_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mdns_group, "YIELD_DELAY", 0.01)
    sent: list[bytes] = []

    def send(packet: bytes) -> None:
        sent.append(packet)
        if len(sent) == 1:  # somebody greater probes at the same time, and then gives up
            contest.hear(decode(laptop("box").probe()))

    contest = Contest(send, jitter=lambda: 0.0)
    assert (await contest.win("box", ours)).label == "box"
    assert len(sent) == 1 + 3


async def test_what_is_heard_before_there_is_a_claim_is_of_no_interest() -> None:
    contest = Contest(lambda packet: None, jitter=lambda: 0.0)
    contest.hear(decode(laptop("box").defence()))
    assert not contest.lost.is_set()


@pytest.mark.slow
async def test_the_second_box_of_a_name_is_renamed_and_the_first_stays(label: str) -> None:
    async with box(port=8443) as first, box(port=9443) as second:
        first.advertiser.change_name(label)
        await first.reaches(State.RUNNING)
        second.advertiser.change_name(label)
        renamed = await second.reaches(State.RENAMED, State.RUNNING)
        assert renamed == Status(State.RENAMED, f"{label}-2.local")
        assert first.advertiser.status == Status(State.RUNNING, f"{label}.local")
        async with AsyncZeroconf(interfaces=["127.0.0.1"]) as stranger:
            found = AsyncServiceInfo(HTTPS, f"{label}-2.{HTTPS}")
            assert await found.async_request(stranger.zeroconf, 3000)
        assert (found.server, found.port) == (f"{label}-2.local.", 9443)


@pytest.mark.slow
async def test_of_two_boxes_switched_on_together_one_gets_the_name(label: str) -> None:
    async with box(port=8443) as one, box(port=9443) as other:
        one.advertiser.change_name(label)
        other.advertiser.change_name(label)
        reached = await asyncio.gather(
            one.reaches(State.RUNNING, State.RENAMED), other.reaches(State.RUNNING, State.RENAMED)
        )
        assert {status.host for status in reached} == {f"{label}.local", f"{label}-2.local"}


@pytest.mark.slow
async def test_a_host_name_that_another_device_has_is_left_to_it(label: str) -> None:
    async with neighbour(laptop(label)), box() as ours:
        ours.advertiser.change_name(label)
        status = await ours.reaches(State.RUNNING, State.RENAMED)
        assert status == Status(State.RENAMED, f"{label}-2.local")


@pytest.mark.slow
async def test_a_device_that_asks_for_our_host_name_is_told_that_it_is_taken(label: str) -> None:
    async with box() as ours, neighbour() as device:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        device.group.send(laptop(label).probe())
        host = encode_name(f"{label}.local.")
        answer = await device.hears(
            lambda packet: packet.is_response and any(r.name == host for r in packet.records)
        )
        assert {r.data for r in answer.records if r.kind == A} == {b"\x7f\0\0\1"}
        assert ours.advertiser.status.state is State.RUNNING


@pytest.mark.slow
async def test_a_device_that_takes_our_name_all_the_same_makes_us_move_on(label: str) -> None:
    async with box() as ours:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        async with neighbour(laptop(label)) as device:
            device.group.send(laptop(label).defence())
            assert await ours.reaches(State.PROBING)
            status = await ours.reaches(State.RUNNING, State.RENAMED)
        assert status == Status(State.RENAMED, f"{label}-2.local")

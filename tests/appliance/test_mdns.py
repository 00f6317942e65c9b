"""Boxes on the loopback network; every test takes a host label nobody else uses."""

import asyncio
import logging
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from practicebox.appliance import mdns
from practicebox.appliance.mdns import HTTP, HTTPS, Reason, State, Status, host_label
from practicebox.appliance.mdns_group import GroupSocket
from practicebox.appliance.mdns_wire import SRV, A, encode_name
from tests.appliance.world import LOOPBACK, PATIENCE, box, neighbour


@pytest.mark.parametrize(
    ("short_name", "expected"),
    [
        ("sonne", "sonne"),
        ("Praxis Dr. Müller", "praxis-dr-mueller"),
        ("  Groß & Söhne_2 ", "gross-soehne-2"),
        ("Cafe\u0301 Zoe\u0308", "cafe-zoe"),  # letters with separate accents
        ("-a--b-", "a-b"),
        ("日本", "practicebox"),
        ("", "practicebox"),
        ("x" * 70, "x" * 63),
    ],
)
def test_a_short_name_becomes_a_host_label(short_name: str, expected: str) -> None:
    assert host_label(short_name) == expected


@pytest.mark.slow
@given(st.text(max_size=80))
def test_any_short_name_becomes_a_valid_host_label(short_name: str) -> None:
    assert re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", host_label(short_name))


def test_lan_addresses_leave_the_loopback_interface_out() -> None:
    assert not [a for a in mdns.addresses(loopback_only=False) if a.startswith("127.")]
    assert mdns.addresses(loopback_only=True) == LOOPBACK


async def test_nothing_is_said_before_there_is_a_short_name() -> None:
    async with box() as silent:
        assert silent.advertiser.status == Status(State.SILENT)
        await silent.advertiser.stop()
        assert silent.log.empty()


@pytest.mark.slow
@pytest.mark.parametrize("service", [HTTPS, HTTP])
async def test_the_staff_door_is_found_by_a_stranger(label: str, service: str) -> None:
    async with box(port=8443, secure=service == HTTPS) as ours:
        ours.advertiser.change_name(label.upper())
        assert await ours.reaches(State.RUNNING) == Status(State.RUNNING, f"{label}.local")
        async with AsyncZeroconf(interfaces=["127.0.0.1"]) as stranger:
            found = AsyncServiceInfo(service, f"{label}.{service}")
            assert await found.async_request(stranger.zeroconf, 3000)
        assert (found.server, found.port) == (f"{label}.local.", 8443)
        assert found.parsed_addresses() == ["127.0.0.1"]
        assert found.properties == {b"txtvers": b"1", b"path": b"/"}


@pytest.mark.slow
async def test_stopping_says_goodbye(label: str) -> None:
    async with box() as ours, neighbour() as device:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        await ours.advertiser.stop()
        host = encode_name(f"{label}.local.")
        goodbye = await device.hears(
            lambda packet: any(r.name == host and r.ttl == 0 for r in packet.records)
        )
        assert {A, SRV} <= {record.kind for record in goodbye.records if record.ttl == 0}
        assert ours.advertiser.status == Status(State.SILENT)


async def test_stopping_in_the_middle_of_probing_is_quick(label: str) -> None:
    async with box() as ours:
        ours.advertiser.change_name(label)
        await ours.reaches(State.PROBING)
        async with asyncio.timeout(0.5):
            await ours.advertiser.stop()
        assert ours.advertiser.status == Status(State.SILENT)


@pytest.mark.slow
async def test_another_name_takes_the_place_of_the_first(label: str) -> None:
    async with box() as ours, neighbour() as device:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        ours.advertiser.change_name(label + "-neu")
        ours.advertiser.change_name(label + "-neuer")
        assert await ours.reaches(State.RUNNING) == Status(State.RUNNING, f"{label}-neuer.local")
        host = encode_name(f"{label}.local.")
        await device.hears(lambda p: any(r.name == host and r.ttl == 0 for r in p.records))


@pytest.mark.slow
async def test_a_goodbye_under_way_is_not_cut_off(label: str) -> None:
    async with box() as ours, neighbour() as device:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        ours.advertiser.change_name(label + "-neu")
        await asyncio.sleep(0)  # the goodbye begins
        await ours.advertiser.stop()
        host = encode_name(f"{label}.local.")
        for _ in range(3):  # RFC 6762 section 10.1 asks for one, zeroconf sends three
            await device.hears(lambda p: any(r.name == host and r.ttl == 0 for r in p.records))


async def test_a_mistake_of_our_own_becomes_a_state(label: str) -> None:
    def fail() -> Sequence[str]:
        raise ZeroDivisionError

    async with box(addresses=fail) as ours:
        ours.advertiser.change_name(label)
        status = await ours.reaches(State.UNAVAILABLE)
        assert status == Status(State.UNAVAILABLE, reason=Reason.FAILED)


@pytest.mark.slow
async def test_a_network_that_comes_later_is_used(label: str) -> None:
    addresses: list[str] = []
    async with box(addresses=lambda: tuple(addresses), retry=0.05) as ours:
        ours.advertiser.change_name(label)
        unavailable = await ours.reaches(State.UNAVAILABLE)
        assert unavailable == Status(State.UNAVAILABLE, reason=Reason.NO_NETWORK)
        addresses.append("127.0.0.1")
        assert await ours.reaches(State.RUNNING)


@pytest.mark.slow
async def test_a_new_address_is_announced(label: str) -> None:
    addresses = ["127.0.0.1"]
    async with box(addresses=lambda: tuple(addresses), retry=0.05) as ours, neighbour() as device:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
        addresses[:] = ["127.0.0.2"]
        await ours.reaches(State.RUNNING)
        host = encode_name(f"{label}.local.")
        await device.hears(
            lambda packet: (
                packet.is_response
                and any(
                    (r.name, r.data, r.ttl > 0) == (host, b"\x7f\0\0\2", True)
                    for r in packet.records
                )
            )
        )


async def test_a_network_without_multicast_is_a_state_and_not_an_error(label: str) -> None:
    async with box(addresses=lambda: ("192.0.2.250",)) as ours:  # no interface has this address
        ours.advertiser.change_name(label)
        status = await ours.reaches(State.UNAVAILABLE)
        assert status == Status(State.UNAVAILABLE, reason=Reason.NO_MULTICAST)


async def test_a_port_that_is_not_shared_is_a_state_and_is_tried_again(
    label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def refuse(addresses: Sequence[str]) -> GroupSocket:
        tries.append(len(addresses))
        raise OSError(98, "Address already in use")  # EADDRINUSE on Linux

    monkeypatch.setattr(mdns, "GroupSocket", refuse)
    async with box(retry=0.01) as ours:
        ours.advertiser.change_name(label)
        status = await ours.reaches(State.UNAVAILABLE)
        assert status == Status(State.UNAVAILABLE, reason=Reason.PORT_TAKEN)
        async with asyncio.timeout(PATIENCE):
            while len(tries) < 3:
                await ours.log.get()  # probing, then unavailable again


@pytest.mark.slow
async def test_the_log_names_states_and_no_names(
    label: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="practicebox")
    async with box() as ours:
        ours.advertiser.change_name(label)
        await ours.reaches(State.RUNNING)
    ours_only = [r for r in caplog.records if r.name.startswith("practicebox")]
    assert [r.__dict__["state"] for r in ours_only] == ["probing", "running", "silent"]
    assert not [r for r in ours_only if label in str(r.__dict__)]

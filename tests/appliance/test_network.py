"""The machine's place in its network, from files of /proc as kernels write them."""

from __future__ import annotations

import sys
from ipaddress import IPv4Address, ip_interface
from pathlib import Path

import pytest

from practicebox.appliance import network

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
LAN = "eth0\t00B2A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="the samples are little endian")


def default(gateway: str, metric: int, flags: str = "0003") -> str:
    return f"eth0\t00000000\t{gateway}\t{flags}\t0\t0\t{metric}\t00000000\t0\t0\t0\n"


@pytest.mark.parametrize(
    ("text", "router"),
    [
        ("", None),
        (HEAD, None),
        (HEAD + LAN, None),
        (HEAD + default("01B2A8C0", 100) + LAN, "192.168.178.1"),
        (HEAD + default("01B2A8C0", 600) + default("FE00000A", 100), "10.0.0.254"),
        (HEAD + default("01B2A8C0", 0, flags="0002"), None),  # of an interface that is down
        (HEAD + "nonsense\n" + default("01B2A8C0", 0), "192.168.178.1"),
        (HEAD + "eth0\tzz\tzz\tzz\t0\t0\t0\tzz\n", None),
    ],
)
def test_the_router_is_the_default_route(text: str, router: str | None) -> None:
    assert network.gateway(text) == (router and IPv4Address(router))


def test_the_address_beside_the_router_comes_first() -> None:
    found = [
        ip_interface(text)
        for text in (
            "127.0.0.1/8",
            "::1/128",
            "172.17.0.1/16",
            "fe80::1/64",
            "2001:db8:1::10/64",
            "192.168.178.10/24",
        )
    ]
    assert network.place(found, IPv4Address("192.168.178.1")) == network.Network(
        hosts=("192.168.178.10", "172.17.0.1", "2001:db8:1::10"),
        networks=("192.168.178.0/24", "172.17.0.0/16", "2001:db8:1::/64"),
        gateway="192.168.178.1",
    )


def test_a_machine_without_router_or_proc_still_has_addresses(tmp_path: Path) -> None:
    assert network.read(tmp_path / "nothing").gateway is None
    found = network.place([ip_interface("192.168.178.10/24")], None)
    assert found == network.Network(("192.168.178.10",), ("192.168.178.0/24",), None)


async def test_a_name_that_nobody_knows_has_no_address() -> None:
    assert await network.look_up("localhost")
    assert await network.look_up("127.0.0.1") == ("127.0.0.1",)
    assert await network.look_up("a..b") == ()

"""The map of the lab: who is connected to whom, with which addresses.

    box, doctor, visitor -- practice router -- internet -- home router -- patient
                                                       -- carrier -- home router -- patient

Addresses are those set aside for documentation (RFC 5737, RFC 3849), for carriers (RFC 6598) and
for private networks. Practice and some homes use the same private network, as real ones do whose
routers are of one make.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from tests.netlab import routers
from tests.netlab.namespaces import Namespace, connect

Lab = dict[str, Namespace]

HOST = "video.example.org"
WAN, WAN6 = "198.51.100.10", "2001:db8:f::10"  # of the practice's router
GATE, BOX, DOCTOR, VISITOR = (f"192.168.178.{number}" for number in (1, 10, 20, 30))
GATE6, BOX6, DOCTOR6 = (f"2001:db8:1::{number}" for number in (1, 10, 20))
PRACTICE = (WAN, WAN6, GATE, BOX, DOCTOR, GATE6, BOX6, DOCTOR6)


@dataclass(frozen=True)
class Home:
    """A patient's own network, with one machine in it. Interfaces have their prefix length."""

    key: str
    title: str
    wan: str  # outer interface of the router
    inner: str  # its inner one
    patient: str
    rules: str = routers.home()
    provider: str = "internet"

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that belong to the patient's side."""
        own = [_address(each) for each in (self.wan, self.inner, self.patient)]
        return (*own, *(_address(CARRIER) for _ in range(self.provider == "carrier")))


CARRIER = "203.0.113.2/28"
HOMES = (
    Home(
        "ordinary",
        "ordinary router, keeps ports",
        "203.0.113.18/28",
        "192.168.178.1/24",
        "192.168.178.40/24",
    ),
    Home(
        "random",
        "router with random ports",
        "203.0.113.34/28",
        "192.168.0.1/24",
        "192.168.0.40/24",
        routers.home(routers.RANDOM_PORTS),
    ),
    Home(
        "behindcgn",
        "carrier's NAT in front of the router",
        "100.64.0.2/24",
        "192.168.2.1/24",
        "192.168.2.40/24",
        provider="carrier",
    ),
    Home(
        "noudp",
        "UDP blocked",
        "203.0.113.50/28",
        "10.20.30.1/24",
        "10.20.30.40/24",
        routers.home(forward=routers.NO_UDP),
    ),
    Home(
        "only443",
        "only TCP 443 outgoing",
        "203.0.113.66/28",
        "172.20.0.1/16",
        "172.20.0.40/16",
        routers.home(forward=routers.ONLY_HTTPS),
    ),
    Home("ipv6", "IPv6 only", "2001:db8:f:2::2/64", "2001:db8:2::1/64", "2001:db8:2::40/64"),
)


# A telephone with two ways into the internet: (interface of the telephone, gateway).
UPLINKS = {
    "wifi": ("192.168.1.40/24", "192.168.1.1"),
    "mobile": ("100.64.1.2/24", "100.64.1.1"),
}


def build(lab: Lab) -> None:
    """Lay the whole map out."""
    lab["internet"].forwards()
    _practice(lab)
    _uplink(lab["internet"], "carrier", lab["carrier"], CARRIER)
    lab["carrier"].rules(routers.home(routers.CARRIER))
    for home in HOMES:
        _home(lab, home)
    _telephone(lab)


def set_practice_router(lab: Lab, masquerade: str) -> None:
    """Give the practice a router of this kind, which remembers nothing."""
    lab["gate"].rules(routers.practice(masquerade, WAN, BOX, BOX6))


def set_doctor_ipv6(lab: Lab, *, wanted: bool) -> None:
    """Give the doctor's computer an IPv6 address, or take it away."""
    lab["doctor"].ip("-6", "address", "flush", "dev", "eth0", "scope", "global")
    if wanted:
        lab["doctor"].address("eth0", f"{DOCTOR6}/64")
        lab["doctor"].ip("-6", "route", "replace", "default", "via", GATE6)


def change_network(lab: Lab, name: str) -> None:
    """The telephone leaves the network it is in and joins the other: "wifi" or "mobile"."""
    telephone = lab["telephone"]
    for uplink in UPLINKS.keys() - {name}:
        telephone.ip("link", "set", "dev", uplink, "down")
        telephone.ip("address", "flush", "dev", uplink)
    interface, gateway = UPLINKS[name]
    telephone.address(name, interface)
    telephone.ip("route", "replace", "default", "via", gateway)


def set_speed(lab: Lab, home: Home, kilobits: int | None) -> None:
    """Narrow a home's line to so many kbit/s each way, or make it wide again."""
    for machine, device in ((lab[f"{home.key}gate"], "wan"), (lab[home.provider], home.key)):
        machine.queue(device, kilobits)


def _practice(lab: Lab) -> None:
    gate = lab["gate"]
    _uplink(lab["internet"], "practice", gate, f"{WAN}/24", f"{WAN6}/64")
    lab["internet"].ip("route", "add", f"{_network(f'{BOX6}/64')}", "via", WAN6)
    gate.ip("link", "add", "name", "lan", "type", "bridge")
    gate.address("lan", f"{GATE}/24", f"{GATE6}/64")
    for name, address in (("box", BOX), ("doctor", DOCTOR), ("visitor", VISITOR)):
        machine = lab[name]
        connect((gate, name), (machine, "eth0"))
        gate.ip("link", "set", "dev", name, "master", "lan", "up")
        machine.address("eth0", f"{address}/24")
        machine.routes(GATE)
        machine.asks_itself()
    lab["box"].address("eth0", f"{BOX6}/64")
    lab["box"].routes(GATE6)
    set_doctor_ipv6(lab, wanted=True)
    set_practice_router(lab, routers.KEEPS_PORTS)


def _home(lab: Lab, home: Home) -> None:
    provider, router, patient = lab[home.provider], lab[f"{home.key}gate"], lab[home.key]
    _uplink(provider, home.key, router, home.wan)
    connect((router, "lan"), (patient, "eth0"))
    router.address("lan", home.inner)
    patient.address("eth0", home.patient)
    patient.routes(_address(home.inner))
    has_ipv6 = ":" in home.patient
    patient.asks_itself()
    if has_ipv6:
        provider.ip("route", "add", _network(home.patient), "via", _address(home.wan))
    router.rules(home.rules)


def _telephone(lab: Lab) -> None:
    router, telephone = lab["wifigate"], lab["telephone"]
    _uplink(lab["internet"], "wifi", router, "203.0.113.82/28")
    connect((router, "lan"), (telephone, "wifi"))
    connect((lab["carrier"], "mobile"), (telephone, "mobile"))
    for machine, device, name in ((router, "lan", "wifi"), (lab["carrier"], "mobile", "mobile")):
        interface, gateway = UPLINKS[name]
        machine.address(device, f"{gateway}/{interface.partition('/')[2]}")
    telephone.asks_itself()
    router.rules(routers.home())
    change_network(lab, "wifi")


def _uplink(provider: Namespace, port: str, router: Namespace, *interfaces: str) -> None:
    """A cable from a provider's device `port` to a router's `wan`, which gets the addresses."""
    router.forwards()
    connect((provider, port), (router, "wan"))
    gateways = [ipaddress.ip_interface(each).network[1] for each in interfaces]
    lengths = [each.partition("/")[2] for each in interfaces]
    provider.address(port, *(f"{a}/{n}" for a, n in zip(gateways, lengths, strict=True)))
    router.address("wan", *interfaces)
    router.routes(*(str(each) for each in gateways))


def _address(interface: str) -> str:
    return str(ipaddress.ip_interface(interface).ip)


def _network(interface: str) -> str:
    return str(ipaddress.ip_interface(interface).network)

"""coturn's client `turnutils_uclient` and its peer, through coturn and through our relay.

The client numbers its messages in their first byte, so most of them are neither STUN, DTLS nor
SRTP; our filter is off here, except in the last test, which is about the filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stun.relay.peers import HOST, RELAYS, RunningRelay, Tally, echo_peer, running, uclient

pytestmark = [pytest.mark.slow, pytest.mark.waits]  # the client begins after 5 seconds

# Slower over TLS: of two messages in one record this client takes the first only, and where two
# records wait, it reads one and sleeps on the other. So it counts right only if each message is
# back before the next one leaves; `Tally.slowest` tells.
GAP = 400  # milliseconds between messages over TLS
TRANSPORTS = {"udp": ["-z", "20"], "tcp": ["-t", "-z", "20"], "tls": ["-t", "-S", "-z", str(GAP)]}
METHODS = {"channel": [], "indications": ["-s"]}
MANY = ["-m", "3", "-n", "20"]  # clients, messages of each
ATTEMPTS = 3
MISREAD = "Wrong integrity"  # the client says so when it lost its place in the stream of TLS


@pytest.fixture(scope="module", params=RELAYS)
def relay(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningRelay]:
    with running(request.param, tmp_path_factory.mktemp("relay"), lets_all_pass=True) as relay:
        yield relay


@pytest.fixture(scope="module")
def peer() -> Iterator[list[str]]:
    """The flags that name an echoing peer."""
    with echo_peer() as port:
        yield ["-e", HOST, "-r", str(port)]


def best(relay: RunningRelay, transport: str, flags: list[str]) -> Tally:
    """The first attempt in which the client didn't lose its place over TLS, or the last."""
    for _ in range(ATTEMPTS):
        tally = uclient(relay, [*TRANSPORTS[transport], *flags])
        is_behind = transport == "tls" and tally.slowest >= GAP
        if MISREAD not in tally.output and not is_behind:
            break
    return tally


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_message_comes_back(
    relay: RunningRelay, peer: list[str], transport: str, method: str
) -> None:
    tally = best(relay, transport, [*METHODS[method], *MANY, "-l", "200", *peer])
    assert (tally.sent, tally.received) == (60, 60), tally.output


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_full_packets_come_back(relay: RunningRelay, peer: list[str], transport: str) -> None:
    tally = best(relay, transport, ["-m", "1", "-n", "20", "-l", "1200", *peer])
    assert (tally.sent, tally.received) == (20, 20), tally.output


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_clients_reach_each_other(relay: RunningRelay, transport: str) -> None:
    tally = uclient(relay, [*TRANSPORTS[transport], "-y", "-m", "4", "-n", "20"])
    assert (tally.sent, tally.received) == (80, 80), tally.output


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_wrong_password_gets_no_allocation(
    relay: RunningRelay, peer: list[str], transport: str
) -> None:
    flags = [*TRANSPORTS[transport], "-m", "1", "-n", "5", *peer]
    tally = uclient(relay, flags, password="wrong")
    assert "Cannot complete Allocation" in tally.output
    assert tally.received == 0


def test_only_what_looks_like_media_passes(tmp_path: Path, peer: list[str]) -> None:
    """Of the first bytes 0 to 63 those from 20 on are DTLS, those before not (RFC 7983)."""
    with running("practicebox", tmp_path) as relay:
        tally = uclient(relay, ["-m", "1", "-n", "64", *peer])
    assert (tally.sent, tally.received) == (64, 44), tally.output

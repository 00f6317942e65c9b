"""The state of outside-in tests, with a clock that only the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.rtc.reach import CAPACITY, LIFETIME, PATIENCE, Light, NoTest, ReachTest, ReachTests
from practicebox.rtc.reach_ice import by_way

START = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
HOPS = ("name", "stun", "relay")


def registry() -> ReachTests:
    return ReachTests(HOPS)


def started() -> ReachTest:
    return registry().start("id", "token", START)


def begun(**known: Light) -> tuple[ReachTest, int]:
    test = started()
    return test, test.begin(known, at_home=False, is_ipv4=True)


def test_a_test_waits_for_its_phone() -> None:
    test = started()
    assert list(test.lights.items()) == [(hop, Light.WAITING) for hop in HOPS]
    assert not test.is_overdue(START + PATIENCE - timedelta(seconds=1))
    assert test.is_overdue(START + PATIENCE)
    test.begin({}, at_home=False, is_ipv4=True)
    assert not test.is_overdue(START + PATIENCE)


def test_reports_light_the_lamps_and_tell_listeners() -> None:
    test, run = begun(name=Light.GREEN)
    heard: list[dict[str, Light]] = []
    stop = test.listen(lambda: heard.append(dict(test.lights)))
    test.report(run, "stun", Light.TESTING)
    test.report(run, "stun", Light.RED)
    stop()
    test.report(run, "relay", Light.GREEN)
    assert [lights["stun"] for lights in heard] == [Light.TESTING, Light.RED]
    assert test.is_complete and test.proves


def test_what_an_earlier_page_says_is_dropped() -> None:
    test, first = begun()
    test.report(first, "stun", Light.RED)
    second = test.begin({}, at_home=False, is_ipv4=True)
    test.report(first, "stun", Light.RED)
    assert dict(test.lights) == dict.fromkeys(HOPS, Light.WAITING)
    test.report(second, "stun", Light.GREEN)
    assert dict(test.lights) == dict.fromkeys(HOPS, Light.WAITING) | {"stun": Light.GREEN}


def test_a_hop_that_is_off_or_unknown_stays_so() -> None:
    test, run = begun(relay=Light.OFF)
    test.report(run, "relay", Light.GREEN)
    test.report(run, "nonsense", Light.GREEN)
    assert test.lights == {"name": Light.WAITING, "stun": Light.WAITING, "relay": Light.OFF}


def test_a_test_from_inside_proves_nothing() -> None:
    test = started()
    run = test.begin(dict.fromkeys(HOPS, Light.GREEN), at_home=True, is_ipv4=True)
    assert run == 1 and test.is_complete and not test.proves


def test_a_test_is_found_by_id_and_by_token_for_15_minutes() -> None:
    running = registry()
    test = running.start("id", "token", START)
    last = START + LIFETIME - timedelta(seconds=1)
    assert running.get("id", last) is running.by_token("token", last) is test
    for find in (running.get, running.by_token):
        with pytest.raises(NoTest):
            find("id" if find == running.get else "token", START + LIFETIME)


@pytest.mark.parametrize("token", ["", "Token", "token ", "id", "\ud800", "x" * 100_000])
def test_another_token_finds_nothing(token: str) -> None:
    running = registry()
    running.start("id", "token", START)
    with pytest.raises(NoTest):
        running.by_token(token, START)


def test_a_fifth_test_takes_the_place_of_the_oldest() -> None:
    running = registry()
    for number in range(CAPACITY + 1):
        running.start(f"id{number}", f"token{number}", START)
    with pytest.raises(NoTest):
        running.get("id0", START)
    assert running.get("id1", START) and running.get(f"id{CAPACITY}", START)


def test_the_token_is_not_in_the_words_of_a_test() -> None:
    assert "token" not in repr(started())


TURN = {"username": "u", "credential": "c"}


@pytest.mark.parametrize(
    ("servers", "urls"),
    [
        ([{"urls": "stun:h:3478"}], {"stun": "stun:h:3478"}),
        (
            [
                {"urls": "stun:h:3478"},
                {
                    "urls": [
                        "turn:h:3478",
                        "turn:h:3478?transport=tcp",
                        "turns:h:443?transport=tcp",
                    ],
                    **TURN,
                },
            ],
            {
                "stun": "stun:h:3478",
                "relay-udp": "turn:h:3478",
                "relay-tcp": "turn:h:3478?transport=tcp",
                "relay-tls": "turns:h:443?transport=tcp",
            },
        ),
        (
            [{"urls": ["turns:relay.example.org"], **TURN}],
            {"relay-tls": "turns:relay.example.org"},
        ),
        ([], {}),
    ],
)
def test_each_way_has_a_server_of_its_own(
    servers: list[dict[str, object]], urls: dict[str, str]
) -> None:
    found = by_way(servers)
    assert {way: server["urls"] for way, server in found.items()} == urls
    assert all(
        (server.get("username") == "u") is way.startswith("relay") for way, server in found.items()
    )

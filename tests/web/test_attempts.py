"""Tries of the master password and of one-time codes: whom a guesser holds up, and how far he gets.

Days pass in milliseconds: the clock is the test's.
"""

from __future__ import annotations

import asyncio
import random
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from practicebox.store.conditions import Locked
from practicebox.web.budgets import HOUR
from practicebox.web.staff.attempts import (
    KNOWN_PER_HOUR,
    NETWORK_SLIPS,
    NETWORK_SLIPS_PER_HOUR,
    SLIPS,
    SLIPS_PER_HOUR,
    STRANGERS,
    STRANGERS_PER_HOUR,
)
from practicebox.web.staff.throttle import TooMany
from tests.web.attempts_world import DAY, EVERY, Page, under_attack

HOSTILE, HONEST = "192.168.178.66", "192.168.178.20"


def test_a_guesser_keeps_nobody_else_of_his_network_waiting() -> None:
    """Neither does a second one: a practice's own network is a /24."""
    for hostile in ([HOSTILE], [HOSTILE, "192.168.178.67"]):
        page = Page()

        def attack(page: Page = page, hostile: list[str] = hostile) -> None:
            for host in hostile:
                page.fails(host)

        def honest(page: Page = page) -> bool:
            return page.fails(HONEST) and page.fails(HONEST) and page.succeeds(HONEST)

        assert under_attack(page, attack, honest) == 0
        attack()
        assert not page.succeeds(HOSTILE)  # he himself waits


def test_a_hostile_network_keeps_no_other_network_waiting() -> None:
    """With as many addresses as it likes."""
    page, lucky = Page(), random.Random(1)

    def attack() -> None:
        for _ in range(5):
            page.fails(f"10.0.0.{lucky.randrange(256)}")

    assert under_attack(page, attack, lambda: page.fails(HONEST) and page.succeeds(HONEST)) == 0
    attack()
    assert not page.succeeds("10.0.0.7")


def test_the_whole_world_keeps_no_approved_workstation_waiting() -> None:
    page, lucky = Page(), random.Random(2)

    def attack() -> None:
        for _ in range(5):
            page.fails(f"{lucky.randrange(1, 224)}.{lucky.randrange(256)}.0.1")

    def honest() -> bool:
        return page.fails(device="Empfang") and page.succeeds(device="Empfang")

    assert under_attack(page, attack, honest) == 0
    attack()
    assert not page.succeeds(HONEST)  # an unknown browser has to wait


def test_a_hostile_workstation_keeps_no_stranger_and_no_other_workstation_waiting() -> None:
    page = Page()

    def honest() -> bool:
        right = page.succeeds(HONEST) and page.succeeds(device="Empfang")
        return right and page.fails(HONEST) and page.fails(device="Empfang")

    assert under_attack(page, lambda: page.fails(device="Labor"), honest) == 0
    page.fails(device="Labor")
    assert not page.succeeds(device="Labor")


@pytest.mark.parametrize("seed", range(3))
def test_however_many_guess_the_box_lets_few_of_them_try(seed: int) -> None:
    page, lucky = Page(), random.Random(seed)
    while page.now < DAY / 4:
        for _ in range(20):
            network = f"10.{lucky.randrange(40)}.{lucky.randrange(40)}"
            page.fails(f"{network}.{lucky.randrange(256)}")
        page.fails(device=f"device {lucky.randrange(9)}")
        page.now += lucky.expovariate(1 / EVERY)
    ceiling = STRANGERS_PER_HOUR + KNOWN_PER_HOUR
    assert ceiling - 5 <= page.most_in_an_hour() <= ceiling == 60


@pytest.mark.parametrize(
    ("hosts", "most"),
    [
        ([HOSTILE], SLIPS + SLIPS_PER_HOUR),
        ([f"10.0.0.{n}" for n in range(64)], NETWORK_SLIPS + NETWORK_SLIPS_PER_HOUR),
        ([f"2001:db8:7::{n:x}" for n in range(64)], NETWORK_SLIPS + NETWORK_SLIPS_PER_HOUR),
        ([f"2001:db8:7:{n:x}::1" for n in range(64)], NETWORK_SLIPS + NETWORK_SLIPS_PER_HOUR),
    ],
    ids=["an address", "a /24", "a /64", "a /48"],
)
def test_a_source_gets_no_more_than_its_own(hosts: list[str], most: int) -> None:
    page = Page()
    while page.now < 3 * HOUR:
        for host in hosts:
            page.fails(host)
        page.now += EVERY
    assert most - 1 <= page.most_in_an_hour() <= most
    assert most < STRANGERS_PER_HOUR  # so that a network never takes it all


def test_an_address_is_the_same_in_both_spellings() -> None:
    page = Page()
    assert all(page.fails("::ffff:192.168.178.66") for _ in range(SLIPS))
    assert not page.succeeds(HOSTILE)


def test_slips_are_forgiven_one_by_one() -> None:
    page = Page()
    assert all(page.fails(HOSTILE) for _ in range(SLIPS))
    with pytest.raises(TooMany) as waiting, page.attempts.stranger(HOSTILE):
        pass
    assert waiting.value.minutes == 10
    page.now += 600
    assert page.fails(HOSTILE) and not page.fails(HOSTILE)


def test_success_forgives_nobody_else_and_nothing_that_was_before() -> None:
    page = Page()
    assert all(page.fails(HOSTILE) for _ in range(SLIPS))
    for _ in range(50):
        assert page.succeeds(HONEST) and page.succeeds(device="Empfang")
    assert not page.succeeds(HOSTILE)
    for _ in range(SLIPS - 1):
        assert page.fails(HONEST) and page.succeeds(HONEST)
    assert page.fails(HONEST) and not page.succeeds(HONEST)


def test_what_went_wrong_otherwise_costs_nothing() -> None:
    page = Page()
    for _ in range(SLIPS * 2):
        with pytest.raises(Locked), page.attempts.stranger(HOSTILE):
            raise Locked
    assert page.succeeds(HOSTILE)


def test_hanging_up_costs_as_much_as_failing() -> None:
    page = Page()
    for _ in range(SLIPS):
        with pytest.raises(asyncio.CancelledError), page.attempts.stranger(HOSTILE):
            raise asyncio.CancelledError
    assert not page.succeeds(HOSTILE)


def test_few_strangers_at_a_time_make_the_box_work() -> None:
    page = Page()
    with ExitStack() as trying:
        for number in range(STRANGERS):
            trying.enter_context(page.attempts.stranger(f"10.0.{number}.1"))
        with pytest.raises(TooMany) as busy, page.attempts.stranger(HONEST):
            pass
        assert busy.value.seconds == 1
        assert page.succeeds(device="Empfang")
    assert page.succeeds(HONEST)


def test_the_last_place_of_the_hour_is_not_given_twice() -> None:
    page = Page()
    for number in range(STRANGERS_PER_HOUR - 1):
        assert page.fails(f"10.0.{number}.1")
    with page.attempts.stranger("10.1.0.1"):
        assert not page.fails("10.2.0.1")
    assert page.fails("10.2.0.1") and not page.fails("10.3.0.1")


def test_the_document_states_these_numbers() -> None:
    document = Path(__file__).parents[2] / "docs" / "security.md"
    text = re.sub(r"\s+", " ", document.read_text("utf-8"))
    own, network = SLIPS + SLIPS_PER_HOUR, NETWORK_SLIPS + NETWORK_SLIPS_PER_HOUR
    ceiling = STRANGERS_PER_HOUR + KNOWN_PER_HOUR
    for stated in (
        f"| of an approved workstation, whatever its address | {SLIPS} | {SLIPS_PER_HOUR} |",
        f"| of an address elsewhere | {SLIPS} | {SLIPS_PER_HOUR} |",
        f"network (/24, /48) | {NETWORK_SLIPS} | {NETWORK_SLIPS_PER_HOUR} |",
        f"{STRANGERS_PER_HOUR} from elsewhere, and {KNOWN_PER_HOUR} of approved workstations",
        f"at most {own} of the {network} failures",
        f"at most {ceiling} wrong master passwords an hour, {ceiling * 24 * 365:,} a year",
    ):
        assert stated in text, stated

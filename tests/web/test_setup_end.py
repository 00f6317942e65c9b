"""The end of the set-up when something comes between: double clicks, failures, lost drafts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.conditions import AlreadyFounded
from practicebox.store.records import Founded, Founding
from practicebox.web.staff.setup_draft import MOST, Drafts, NoDraft
from tests.web.staff_box import (
    ACCESS,
    GOOD_PASSWORD,
    ORGANISATION,
    TICKS,
    Clock,
    StaffBox,
    answers,
    found,
    staff_box,
    to_summary,
)

STEPS = ["/setup/organisation", "/setup/access", "/setup/summary"]


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    async with staff_box(tmp_path) as opened:
        yield opened


async def test_a_double_click_founds_once_and_both_answers_carry_the_device(box: StaffBox) -> None:
    summary = await to_summary(box.browser)
    fields = {**TICKS, **await answers(box.browser, summary)}
    first, second = await asyncio.gather(
        box.browser.post("/setup/summary", fields), box.browser.post("/setup/summary", fields)
    )
    third = await box.browser.post("/setup/summary", fields)
    for page in (first, second, third):
        assert page.location == "/?said=welcome"
        assert page.cookies["pb-device"].value == first.cookies["pb-device"].value
        assert page.cookies["pb-session"].value == first.cookies["pb-session"].value
    assert len(await box.store.devices()) == 1


async def test_with_a_practice_every_step_leads_to_the_login(box: StaffBox) -> None:
    await found(box.browser)
    other = await box.other_browser()
    for path in ("/setup", *STEPS, "/setup/overview.pdf", "/setup/host", "/setup/responsibility"):
        assert (await box.browser.get(path)).location == "/login"
        assert (await other.get(path)).location == "/login"
    for path in STEPS:
        assert (await other.post(path, {**ORGANISATION, **ACCESS, **TICKS})).location == "/login"


async def test_the_slower_of_two_wizards_is_sent_to_the_login(
    box: StaffBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_late(founding: Founding) -> Founded:
        raise AlreadyFounded

    summary = await to_summary(box.browser)
    fields = {**TICKS, **await answers(box.browser, summary)}
    monkeypatch.setattr(box.store, "found", too_late)
    page = await box.browser.post("/setup/summary", fields)
    assert page.location == "/login"
    assert "pb-session" not in page.cookies


async def test_after_a_failure_the_same_entries_can_be_sent_again(
    box: StaffBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def disk_full(founding: Founding) -> Founded:
        raise OSError("no space left on device")

    summary = await to_summary(box.browser)
    fields = {**TICKS, **await answers(box.browser, summary)}
    with monkeypatch.context() as patched:
        patched.setattr(box.store, "found", disk_full)
        assert (await box.browser.post("/setup/summary", fields)).status == 500
    assert (await box.browser.post("/setup/summary", fields)).location == "/?said=welcome"


async def test_a_browser_that_lost_the_answer_is_not_locked_out(box: StaffBox) -> None:
    await found(box.browser)
    box.browser.forget("device")
    box.browser.forget("session")
    login = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
    page = await box.browser.post("/login", login)
    assert page.location == "/"
    assert page.cookies["pb-device"].value


async def test_an_old_draft_leads_to_the_first_step_with_a_sentence(box: StaffBox) -> None:
    await to_summary(box.browser)
    box.clock.forward(timedelta(hours=2))
    for page in [
        await box.browser.get("/setup/summary"),
        await box.browser.get("/setup/overview.pdf"),
        await box.browser.post("/setup/access", ACCESS),
        await box.browser.post("/setup/summary", TICKS),
    ]:
        assert page.location == "/setup/organisation?said=lost"
    first = await box.browser.get("/setup/organisation?said=lost")
    assert "Ihre Eingaben sind nicht mehr da" in first.words
    assert first.typed["name"] == ""


async def test_steps_can_not_be_skipped(box: StaffBox) -> None:
    await box.browser.post("/setup/organisation", ORGANISATION)
    for path in ("/setup/summary", "/setup/overview.pdf"):
        assert (await box.browser.get(path)).location == "/setup/access"
    assert (await box.browser.post("/setup/summary", TICKS)).location == "/setup/access"


async def test_drafts_are_not_shared_between_browsers(box: StaffBox) -> None:
    await to_summary(box.browser)
    page = await (await box.other_browser()).get("/setup/summary")
    assert page.location == "/setup/organisation?said=lost"


async def test_another_site_can_not_fill_in_the_wizard(box: StaffBox) -> None:
    box.browser.headers["Origin"] = "https://evil.example"
    assert (await box.browser.post("/setup/organisation", ORGANISATION)).status == 403


async def test_nothing_typed_reaches_the_log(
    box: StaffBox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await found(box.browser)
    await box.browser.get("/setup/host?name=PWinkler")
    _assert_none_in(
        ["Winkler", "MartinW", "Laptop Martin", GOOD_PASSWORD, "m.winkler"],
        [str(vars(r)) for r in caplog.records if r.name.startswith("practicebox")],
    )


# Drafts by themselves


def new_drafts() -> Drafts:
    numbers = iter(range(1000))
    return Drafts(
        Clock(), lambda: str(next(numbers)), lambda below: 0, lambda below: tuple("abcdef")
    )


def test_only_so_many_drafts_are_kept_and_the_one_used_last_longest() -> None:
    drafts = new_drafts()
    tokens = [drafts.begin()[0] for _ in range(MOST)]
    drafts.get(tokens[0])
    drafts.begin()
    assert drafts.get(tokens[0])
    with pytest.raises(NoDraft):
        drafts.get(tokens[1])


def test_two_different_words_are_asked_back() -> None:
    for choice in range(5):
        drafts = Drafts(
            Clock(),
            lambda: "token",
            lambda below, choice=choice: min(choice, below - 1),  # type: ignore[misc]
            lambda below: tuple("abcdef"),
        )
        first, second = drafts.begin()[1].asked
        assert 0 <= first < second <= 5


def test_a_wiped_draft_keeps_only_the_device() -> None:
    _, draft = new_drafts().begin()
    draft.access, draft.organisation, draft.device_secret = {"password": "x"}, {"name": "y"}, b"z"
    draft.wipe()
    assert (draft.access, draft.organisation, draft.words) == ({}, {}, ())
    assert draft.device_secret == b"z"


def _assert_none_in(secrets: Sequence[str], lines: Sequence[str]) -> None:
    assert [line for line in lines if any(secret in line for secret in secrets)] == []

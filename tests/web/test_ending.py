"""Vertrag, Kündigung, Widerruf: the texts of the source, and what they do (FEATURES E1 to E3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.web.staff_box import GOOD_PASSWORD, StaffBox, found, staff_box

LOGIN = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
CONTRACT = "/organisation/contract"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A practice; the Hauptnutzer is logged in."""
    async with staff_box(tmp_path / "data") as box:
        await found(box.browser)
        if not box.browser.cookie("session"):
            await box.browser.post("/login", LOGIN)
        yield box


async def test_the_contract_lists_what_the_box_can_and_cant(box: StaffBox) -> None:
    page = await box.browser.get(CONTRACT)
    assert "Mein aktueller Vertrag" in page.words
    assert "Vertrag kündigen und Daten löschen" in page.words
    assert "✓ enthalten: Terminverwaltung" in page.words
    assert "✗ nicht enthalten: Einladung per SMS" in page.words
    assert "€ 0,- Grundgebühr pro Monat" in page.words
    assert 'href="/organisation/contract"' in (await box.browser.get("/organisation")).source


async def test_the_dialog_says_when_and_what_and_changes_nothing(box: StaffBox) -> None:
    page = await box.browser.get(f"{CONTRACT}/end")
    assert (
        "nach Ablauf der Kündigungsfrist (3 Monate zum Quartalsende) unwiderruflich" in page.words
    )
    assert "endet der Vertrag zum 30.06.2027" in page.words
    assert "KÜNDIGUNG BESTÄTIGEN" in page.words
    assert f"Sie liegen im Ordner: {(await box.store.backups.overview()).folder}" in page.words
    assert await box.store.operation.notice() is None


async def test_notice_is_shown_with_the_words_of_the_source(box: StaffBox) -> None:
    page = await box.browser.post(f"{CONTRACT}/end", {})
    assert page.location == f"{CONTRACT}?said=notice_given"
    warning = (
        "Ihr Vertrag endet zum 30.06.2027. Bis dahin können Sie alle Funktionen in vollem Umfang "
        "nutzen. Nach Ablauf der Kündigungsfrist werden Ihr Benutzerkonto und alle von Ihnen "
        "erfassten Daten unwiderruflich gelöscht!"
    )
    for path in (CONTRACT, "/"):
        page = await box.browser.get(path)
        assert warning in page.words
        assert "Kündigung widerrufen" in page.words
    notice = await box.store.operation.notice()
    assert notice is not None
    assert notice.last == date(2027, 6, 30)
    assert "gekündigt; der Betrieb endet zum 30.06.2027" in (await box.browser.get("/audit")).words


async def test_a_second_click_finds_the_notice_standing(box: StaffBox) -> None:
    await box.browser.post(f"{CONTRACT}/end", {})
    assert (await box.browser.get(f"{CONTRACT}/end")).location == CONTRACT
    assert (await box.browser.post(f"{CONTRACT}/end", {})).status == 303


async def test_the_confirmation_has_all_that_paper_needs(box: StaffBox) -> None:
    assert (await box.browser.get(f"{CONTRACT}/confirmation")).location == CONTRACT
    await box.browser.post(f"{CONTRACT}/end", {})
    page = await box.browser.get(f"{CONTRACT}/confirmation")
    for words in ("Kündigungsbestätigung", "Praxis Winkler", "18.01.2027", "30.06.2027"):
        assert words in page.words


async def test_revoking_asks_first_and_says_that_the_period_is_reset(box: StaffBox) -> None:
    assert (await box.browser.get(f"{CONTRACT}/revoke")).location == CONTRACT
    await box.browser.post(f"{CONTRACT}/end", {})
    page = await box.browser.get(f"{CONTRACT}/revoke")
    assert (
        "Derzeit können Sie die Kündigung noch zurücknehmen. Bitte beachten Sie, dass auch die "
        "Kündigungsfrist zurückgesetzt wird." in page.words
    )
    assert "ABBRECHEN" in page.words
    assert "KÜNDIGUNG WIDERRUFEN" in page.words
    assert await box.store.operation.notice() is not None
    assert (await box.browser.post(f"{CONTRACT}/revoke", {})).status == 303
    assert await box.store.operation.notice() is None
    assert (await box.browser.post(f"{CONTRACT}/revoke", {})).status == 303
    assert "Ihr Vertrag endet" not in (await box.browser.get("/")).words

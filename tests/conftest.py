"""Options of the test run, for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent

# Files that take longest come first: who begins with one of them last, lets the others wait.
LONGEST = (
    "browser/test_journey.py",
    "browser/test_visit.py",
    "browser/test_pages.py",
    "browser/test_conference.py",
    "browser/test_people.py",
    "browser/test_messages.py",
    "browser/test_directory.py",
    "browser/test_help.py",
    "browser/test_backup.py",
    "browser/test_passkeys.py",
    "browser/test_check.py",
    "browser/test_reach.py",
    "browser/test_canaries.py",
    "browser/test_call_recovery.py",
    "browser/test_call_modules.py",
    "browser/test_trust.py",
    "browser/test_bad_days.py",
    "web/test_webauthn.py",
    "stun/relay/test_peers_browsers.py",
    "browser/test_check_journey.py",
    "browser/test_guessing.py",
    "store/appointments/test_day_pages.py",
    "post/test_paper.py",
)

# Property tests judge results, not speed: a busy machine must not make them fail.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", help="folder for the screenshots of all pages")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, for the run in which several processes take a file each."""
    places = {str(HERE / name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(str(item.path), len(LONGEST)))

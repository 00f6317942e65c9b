"""Options of the test run, for all tests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# Property tests judge results, not speed: a busy machine must not make them fail.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", help="folder for the screenshots of all pages")

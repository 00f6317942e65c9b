import secrets

import pytest


@pytest.fixture
def label() -> str:
    """A short name that nobody else on this network has."""
    return f"praxis-{secrets.token_hex(4)}"

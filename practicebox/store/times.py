"""Moments and days as the database keeps them: UTC, ISO 8601, to the second.

The text has a fixed width, so that its order is the order of time.
"""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """`2026-03-29T01:30:00Z`; raise `ValueError` for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_text(moment: datetime) -> str:
    """The day of a moment in UTC: `2026-03-29`."""
    return to_text(moment)[: len("2026-03-29")]


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote."""
    return datetime.fromisoformat(text)

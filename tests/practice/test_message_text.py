"""Placeholders in the practice's own words."""

import pytest

from practicebox.practice.message_text import MissingPlaceholder, UnknownPlaceholder, check, fill


def test_placeholders_are_filled_once() -> None:
    assert fill("Guten Tag {Name}", {"Name": "{Link}", "Link": "x"}) == "Guten Tag {Link}"


def test_what_is_no_placeholder_is_named() -> None:
    with pytest.raises(UnknownPlaceholder) as caught:
        check("Guten Tag {Nahme}, {Link}", "Link")
    assert caught.value.name == "Nahme"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MissingPlaceholder) as caught:
        check("Guten Tag {Name}", "Link")
    assert caught.value.name == "Link"
    check("{Link}", "Link")

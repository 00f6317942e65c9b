"""Every sentence of the room has its German, and no German is left over."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from tests.post.samples import CATALOGUE, catalogue

ROOM = Path(__file__).parents[2] / "practicebox" / "post"
OTHERS = [file for file in CATALOGUE.parent.glob("*.po") if file != CATALOGUE]
MESSAGES = [message for message in catalogue() if message.id]


def sentences() -> set[str]:
    found = extract_from_dir(str(ROOM), [("**.py", "python")], keywords={"translate": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def test_every_sentence_is_translated_and_every_translation_used() -> None:
    own = {message.id for message in MESSAGES}
    assert own <= sentences()
    assert sentences() - own <= {message.id for other in OTHERS for message in catalogue(other)}
    assert len(own) > 40


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.id)[:40])
def test_a_translation_fills_the_same_places(message: Message) -> None:
    assert message.string
    assert places(str(message.string)) == places(str(message.id))


def test_no_message_stands_in_another_catalogue_too() -> None:
    for other in OTHERS:
        twice = {message.id for message in MESSAGES} & {m.id for m in catalogue(other) if m.id}
        assert twice == set(), other.name


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}

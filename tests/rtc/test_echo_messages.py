"""What a browser may say to the echo."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.rtc.echo_messages import (
    MAX_LINE,
    MAX_SDP,
    Candidate,
    EchoProtocolError,
    Offer,
    dump,
    parse,
    read,
)


def test_an_offer_and_a_candidate_are_read() -> None:
    assert parse('{"kind":"offer","sdp":"v=0"}') == Offer("v=0")
    text = '{"kind":"candidate","candidate":"candidate:1","mid":"0","index":0,"more":1}'
    assert parse(text) == Candidate("candidate:1", "0", 0)
    assert parse('{"kind":"candidate","candidate":""}') == Candidate("", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 2000,
        '{"kind":"offer"}',
        '{"kind":"offer","sdp":7}',
        '{"kind":"answer","sdp":"v=0"}',
        '{"kind":"candidate","candidate":"x","index":-1}',
        '{"kind":"candidate","candidate":"x","index":1.5}',
        '{"kind":"candidate","candidate":"x","mid":{}}',
        json.dumps({"kind": "offer", "sdp": "x" * (MAX_SDP + 1)}),
        json.dumps({"kind": "candidate", "candidate": "x" * 513}),
        '{"kind":"offer","sdp":"' + "x" * MAX_LINE + '"}',
        "\ud800",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(EchoProtocolError):
        parse(text)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        parse(text)
    except EchoProtocolError:
        pass


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=50) | st.integers() | st.none()))
def test_a_line_is_read_as_it_was_written(fields: dict[str, object]) -> None:
    line = dump(fields)
    assert line.count(b"\n") == 1
    assert read(line) == fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.framing import LONGEST, Deframer, channel_data
from practicebox.stun.message import NotStun
from tests.stun.samples import SAMPLE_LONG_TERM, SAMPLE_REQUEST, request

MESSAGES = st.one_of(
    st.sampled_from([request(), SAMPLE_REQUEST, SAMPLE_LONG_TERM]),
    st.builds(channel_data, st.integers(0x4000, 0x4FFF), st.binary(max_size=70)),
)


def unpadded(message: bytes) -> bytes:
    if message[0] < 0x40:
        return message
    return message[: 4 + int.from_bytes(message[2:4], "big")]


def drained(deframer: Deframer) -> list[bytes]:
    return list(iter(deframer.next, None))


@given(st.lists(MESSAGES), st.data())
def test_any_chunking_gives_the_same_messages(messages: list[bytes], data: st.DataObject) -> None:
    stream, found, deframer = b"".join(messages), [], Deframer()
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        deframer.feed(stream[:size])
        stream = stream[size:]
        found += drained(deframer)
    assert found == [unpadded(message) for message in messages]


def test_a_message_waits_for_its_last_byte() -> None:
    deframer = Deframer()
    for byte in SAMPLE_REQUEST[:-1]:
        deframer.feed(bytes([byte]))
        assert deframer.next() is None
    deframer.feed(SAMPLE_REQUEST[-1:])
    assert deframer.next() == SAMPLE_REQUEST


def test_channel_data_waits_for_its_padding() -> None:
    deframer = Deframer()
    deframer.feed(b"\x40\x00\x00\x01a\0\0")
    assert deframer.next() is None
    deframer.feed(b"\0")
    assert deframer.next() == b"\x40\x00\x00\x01a"


def test_channel_data_is_padded_on_a_stream() -> None:
    assert channel_data(0x4001, b"hello") == b"\x40\x01\x00\x05hello\0\0\0"


def test_whole_messages_before_nonsense_are_still_read() -> None:
    deframer = Deframer()
    deframer.feed(request() + b"\xff\xff\xff\xff")
    assert deframer.next() == request()
    with pytest.raises(NotStun):
        deframer.next()


@pytest.mark.parametrize(
    "start", [b"\x80\x00\x00\x00", b"\x50\x00\x00\x00", b"\xff\xff\x00\x00", b"\x00\x01\x00\x03"]
)
def test_nonsense_breaks_the_stream_at_once(start: bytes) -> None:
    deframer = Deframer()
    deframer.feed(start)
    with pytest.raises(NotStun, match="neither"):
        deframer.next()


@pytest.mark.parametrize("start", [b"\x00\x01\x00\x54", b"\x40\x00\x00\x61", b"GET / HTTP/1.1\r\n"])
def test_a_message_that_will_be_too_long_breaks_the_stream_at_its_announcement(
    start: bytes,
) -> None:
    deframer = Deframer(longest=100)
    deframer.feed(start)
    with pytest.raises(NotStun, match="longer"):
        deframer.next()


def test_the_longest_message_is_read() -> None:
    longest = b"\x00\x01\xff\xfc" + bytes(LONGEST - 4)
    deframer = Deframer()
    deframer.feed(longest)
    assert deframer.next() == longest


@given(st.lists(st.binary(max_size=50)))
def test_no_stream_raises_anything_but_not_stun(chunks: list[bytes]) -> None:
    deframer = Deframer()
    try:
        for chunk in chunks:
            deframer.feed(chunk)
            drained(deframer)
    except NotStun:
        return

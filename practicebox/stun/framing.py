"""STUN and ChannelData on a byte stream: where one message ends and the next begins.

Knows lengths only (RFC 8489 section 6.2.2, RFC 8656 sections 12.4 and 12.5). What is in a message
is not its business; it opens no socket.
"""

from __future__ import annotations

import struct

from practicebox.stun.message import HEADER, TOP_BITS, NotStun

START = struct.Struct("!HH")  # message type or channel number, length
CHANNELS = range(0x4000, 0x5000)  # RFC 8656 section 12
LONGEST = HEADER.size + 0xFFFC  # bytes; nothing longer can be announced


class Deframer:
    """Cuts a stream into messages; holds at most one unfinished message and the last chunk."""

    def __init__(self, longest: int = LONGEST, channels: range = CHANNELS) -> None:
        self._longest = longest  # bytes of one message with its header
        self._channels = channels
        self._buffer = bytearray()

    def feed(self, chunk: bytes | memoryview) -> None:
        """Take in what has arrived; ask `next` for messages until it has none."""
        self._buffer += chunk

    def next(self) -> bytes | None:
        """The next whole message without stream padding, or None until more has arrived.

        Raise `NotStun` where the stream makes no sense: there is no way back into step, so the
        connection must be closed.
        """
        if len(self._buffer) < START.size:
            return None
        size = self._size()
        if size > self._longest:
            raise NotStun("a message longer than this stream may carry")
        padded = size + -size % 4  # ChannelData only; STUN is a multiple of 4 anyway
        if len(self._buffer) < padded:
            return None
        message = bytes(self._buffer[:size])
        del self._buffer[:padded]
        return message

    def _size(self) -> int:
        kind, length = START.unpack_from(self._buffer)
        if kind in self._channels:
            return int(START.size + length)
        if kind & TOP_BITS or length % 4:
            raise NotStun("neither STUN nor ChannelData")
        return int(HEADER.size + length)


def channel_data(channel: int, payload: bytes) -> bytes:
    """A ChannelData message as it goes onto a stream, padded (RFC 8656 section 12.5)."""
    return START.pack(channel, len(payload)) + payload + bytes(-len(payload) % 4)

"""Somebody asks a relay for allocations, again and again, with wrong credentials.

    python bench/relay_flood.py PORT COUNT SECONDS

From many addresses of the loopback, each of which gets a nonce first, as a client does; then COUNT
requests evenly over SECONDS, whatever comes back. All are made in advance, so that asking costs
little. Prints "ready", waits for a line, asks, and prints what came back as one line of JSON.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from relay_client import BY_UDP, HOST, Refused, User, request, udp

from practicebox.stun.attributes import decode_error_code
from practicebox.stun.message import Message, decode
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay.numbers import Method

SOURCES = 200  # addresses; a bucket for each source doesn't end this
STEP = 0.005  # seconds between two handfuls
GRACE = 0.5  # seconds for the last answers
MALLORY = User("user0", "wrong")
WANTED = (BY_UDP,)


def main() -> None:
    port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with ExitStack() as stack:
        sources = [stack.enter_context(udp(f"127.0.1.{number + 1}")) for number in range(SOURCES)]
        secrets = [_challenge(source, port) for source in sources]
        wanted = [_wrong(*secrets[number % SOURCES]) for number in range(count)]
        print("ready", flush=True)
        sys.stdin.readline()
        _ask(sources, wanted, seconds)
        time.sleep(GRACE)
        print(json.dumps({"asked": count} | _answers(sources)))


def _challenge(source: socket.socket, port: int) -> tuple[bytes, bytes]:
    """Realm and nonce for this address."""
    source.connect((HOST, port))
    source.send(request(Method.ALLOCATE, os.urandom(12), WANTED, MALLORY, b"", b""))
    answer = decode(source.recv(2048))
    realm, nonce = answer.value(Attribute.REALM), answer.value(Attribute.NONCE)
    if not realm or not nonce:
        raise Refused("no realm and nonce")
    source.setblocking(False)
    return realm, nonce


def _wrong(realm: bytes, nonce: bytes) -> bytes:
    return request(Method.ALLOCATE, os.urandom(12), WANTED, MALLORY, realm, nonce)


def _ask(sources: list[socket.socket], wanted: list[bytes], seconds: float) -> None:
    start, asked = time.monotonic(), 0
    while asked < len(wanted):
        due = int((time.monotonic() - start) / seconds * len(wanted))
        for number in range(asked, min(due, len(wanted))):
            sources[number % len(sources)].send(wanted[number])
        asked = max(asked, due)
        time.sleep(STEP)


def _answers(sources: list[socket.socket]) -> dict[str, int]:
    """How many allocations were refused, and granted."""
    seen = {"refused": 0, "granted": 0}
    for source in sources:
        for answer in _received(source):
            is_granted = answer.message_class is MessageClass.SUCCESS_RESPONSE
            code = answer.value(Attribute.ERROR_CODE)
            assert is_granted or (code and decode_error_code(code)[0] in (401, 438, 486, 508))
            seen["granted" if is_granted else "refused"] += 1
    return seen


def _received(source: socket.socket) -> Iterator[Message]:
    try:
        while True:
            yield decode(source.recv(2048))
    except BlockingIOError:
        return


if __name__ == "__main__":
    main()

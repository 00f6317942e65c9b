"""The two servers of bench/signaling.py, started, and how two browsers meet in each of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from signaling_load import BINARY, TEXT, Stuck, Wire, aim, connect, frame, read_frame

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contender:
    """A server that runs."""

    name: str
    port: int
    process: psutil.Process
    join: Callable[[int, str], tuple[Wire, Wire]]  # port and room to the two browsers in it
    wrap: Callable[[str, int, bytes], tuple[int, bytes]]  # room, receiver, payload to a frame


@contextlib.contextmanager
def practicebox(core: int) -> Iterator[Contender]:
    """Our signaling socket."""
    with _running([sys.executable, str(HERE / "signaling_server.py")], core) as (port, process):
        yield Contender("practicebox", port, process, _join_ours, _wrap_ours)


@contextlib.contextmanager
def peerjs(folder: Path, core: int) -> Iterator[Contender]:
    """The server of the npm package `peer` in `folder`."""
    command = ["node", str(HERE / "peerjs" / "server.mjs"), str(folder)]
    with _running(command, core) as (port, process):
        yield Contender("peerjs", port, process, _join_peerjs, _wrap_peerjs)


def meet(contender: Contender, rooms: int, payload: bytes, title: str) -> list[Wire]:
    """Fill rooms with two browsers each that send each other `payload`, tried once."""
    wires: list[Wire] = []
    for index in range(rooms):
        room = f"{title}{index}"
        pair = contender.join(contender.port, room)
        for to, sender, receiver in ((1, *pair), (0, *pair[::-1])):
            if payload not in aim(sender, receiver, *contender.wrap(room, to, payload)):
                raise Stuck("something else arrived than was sent")
        wires += pair
    return wires


def payload_of(kind: str, size: int) -> bytes:
    """A `description` or `candidate` as a browser sends it, filled up to about `size` bytes."""
    lines = {
        "description": "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
        * 99,
        "candidate": "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host ufrag abcd " * 4,
    }
    body = {"from": "0" * 16, "to": "1" * 16, kind: lines[kind]}
    while (excess := len(_json(body)) - size) > 0:
        body[kind] = body[kind][: -max(1, excess // 2)]
    return _json(body)


def _join_ours(port: int, room: str) -> tuple[Wire, Wire]:
    clinician = _enter(port, f"/signal?room={room}&role=clinician", "0" * 16)
    patient = _enter(port, f"/signal?room={room}&role=patient", "1" * 16)
    for wire in (clinician, patient):
        read_frame(wire)  # peer
    return clinician, patient


def _enter(port: int, path: str, instance: str) -> Wire:
    wire = connect(port, path)
    wire.socket.sendall(frame(TEXT, _json({"kind": "hello", "instance": instance})))
    read_frame(wire)  # welcome
    return wire


def _wrap_ours(room: str, to: int, payload: bytes) -> tuple[int, bytes]:
    return BINARY, payload


def _join_peerjs(port: int, room: str) -> tuple[Wire, Wire]:
    left, right = (
        connect(port, f"/peerjs?key=peerjs&id={room}-{side}&token=t") for side in range(2)
    )
    for wire in (left, right):
        read_frame(wire)  # OPEN
    return left, right


def _wrap_peerjs(room: str, to: int, payload: bytes) -> tuple[int, bytes]:
    message = {"type": "OFFER", "dst": f"{room}-{to}", "payload": json.loads(payload)}
    return TEXT, _json(message)


def _json(value: object) -> bytes:
    """As `JSON.stringify` in a browser writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


@contextlib.contextmanager
def _running(command: list[str], core: int) -> Iterator[tuple[int, psutil.Process]]:
    """Start a server on a core; it prints its port."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        os.sched_setaffinity(process.pid, {core})
        yield int(process.stdout.readline()), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()

"""The box and a relay in one process, as in production; prints its ports as one line of JSON.

    python bench/relay_server.py CONFIGURATION

Users and passwords come in as one line of JSON. The box is the real one with its doors. Its own
relay refuses the loopback, as it must, so a second one runs beside it in the same event loop: it
permits the loopback, knows the users of the benchmark, and sets no bit rate, as coturn's
configuration here doesn't either.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from practicebox import app, config
from practicebox.stun.bucket import Bucket
from practicebox.stun.relay.authority import Grant
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.relay import Relay
from practicebox.stun.server import serve

HOST = "127.0.0.1"
PLENTY = 1_000_000_000_000


class Users:
    """An authority that reads a table: each user has a room, and everybody may be reached."""

    def __init__(self, passwords: dict[str, str]) -> None:
        self._passwords = passwords

    def grant(self, username: str) -> Grant | None:
        password = self._passwords.get(username)
        return Grant(password, username, username) if password is not None else None

    def may_reach(self, room: str, host: str) -> bool:
        return True


async def main() -> None:
    """Serve until the process is ended."""
    users = Users(json.loads(sys.stdin.readline()))
    async with AsyncExitStack() as stack:
        box = await app.start(stack, config.read(Path(sys.argv[1])))
        relay = Relay(
            users,
            realm="practicebox.local",
            key=secrets.token_bytes(32),
            clock=time.monotonic,
            addresses=[HOST],
            limits=replace(Limits(), bit_rate=PLENTY, churn_burst=1000),
            is_forbidden=lambda host: False,
        )
        bucket = Bucket(secrets.token_bytes(16))
        server = await serve(HOST, None, 0, bucket=bucket, clock=time.monotonic, relay=relay)
        print(json.dumps({"relay": server.port, "door": box.patients_port}), flush=True)
        await asyncio.Event().wait()


asyncio.run(main())

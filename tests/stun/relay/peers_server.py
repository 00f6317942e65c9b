"""Our relay in a process of its own, by UDP, TCP and TLS; prints its ports as one line of JSON.

    python tests/stun/relay/peers_server.py '{"user": …, "password": …, "realm": …, …}'

It permits the loopback, which the box refuses, and one user may have many allocations: coturn's
client has only one user for all that it does.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
import sys
import time
from dataclasses import replace

from practicebox.stun.bucket import Bucket
from practicebox.stun.relay.authority import Grant
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.media import MEDIA
from practicebox.stun.relay.relay import Relay
from practicebox.stun.server import serve

HOST = "127.0.0.1"
LIMITS = replace(Limits(), per_participant=64, churn_burst=1000)
ANYTHING = bytes(range(256))  # first bytes of payloads


class OneUser:
    """An authority with one user in one room, whose peers are on the loopback."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password

    def grant(self, username: str) -> Grant | None:
        return Grant(self._password, "room", "patient") if username == self._user else None

    def may_reach(self, room: str, host: str) -> bool:
        return room == "room" and host == HOST


async def main(told: dict[str, str]) -> None:
    """Serve until the process is ended."""
    relay = Relay(
        OneUser(told["user"], told["password"]),
        realm=told["realm"],
        key=secrets.token_bytes(32),
        clock=time.monotonic,
        addresses=[HOST],
        limits=LIMITS,
        media=ANYTHING if told["lets_all_pass"] else MEDIA,
        is_forbidden=lambda host: False,
    )
    bucket = Bucket(secrets.token_bytes(16))
    server = await serve(HOST, None, 0, bucket=bucket, clock=time.monotonic, relay=relay)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(told["chain"], told["key"])
    loop = asyncio.get_running_loop()
    secure = await loop.create_server(relay.connection, HOST, 0, ssl=context)
    ports = {"port": server.port, "tls_port": secure.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


asyncio.run(main(json.loads(sys.argv[1])))

"""Watching over our own STUN responder: asks it what browsers ask, and opens it anew if need be.

Part of the composition root, because it knows the box and how it listens.
"""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import replace

from practicebox.box import Box
from practicebox.listen import CannotStart, serve_stun
from practicebox.stun import probe
from practicebox.stun.relay.relay import Relay

CHECK = 30.0  # seconds between two looks
PATIENCE = 2  # looks in vain before the door is opened anew: a busy machine may miss one
# Opening anew ends calls that go through the relay; while there are some it gets more time.
PATIENCE_WITH_CALLS = 10

log = logging.getLogger(__name__)


async def check_stun(box: Box, relay: Relay | None) -> None:
    """Look again and again, until cancelled; the status page shows the answer."""
    missed = 0
    while True:
        box.stun_answers = await _answers(box)
        missed = 0 if box.stun_answers else missed + 1
        has_calls = relay is not None and any(True for _ in relay.table)
        if missed >= (PATIENCE_WITH_CALLS if has_calls else PATIENCE):
            await _open_anew(box, relay)
            box.stun_answers = await _answers(box)
        await asyncio.sleep(CHECK)


async def _answers(box: Box) -> bool:
    host = "127.0.0.1" if box.config.patients_host == "0.0.0.0" else box.config.patients_host
    return await probe.answers(host, box.stun.port, os.urandom(probe.ID_BYTES))


async def _open_anew(box: Box, relay: Relay | None) -> None:
    """On the same port: it stands in the router's table."""
    port = box.stun.port
    log.warning("stun_reopened", extra={"port": port})
    box.stun.close()
    try:
        box.stun = await serve_stun(replace(box.config, stun_port=port), relay)
    except CannotStart:
        log.warning("stun_unavailable", extra={"port": port})

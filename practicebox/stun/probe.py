"""Asking a STUN server the question that browsers ask, to see whether it answers.

Knows one Binding request and its answer (RFC 8489 section 7). Sends to the address it is given,
which for the box is itself.
"""

from __future__ import annotations

import asyncio
import socket

from practicebox.stun.message import NotStun, decode

REQUEST = bytes.fromhex("000100002112a442")  # a Binding request without attributes
ID_BYTES = 12
LARGEST = 548  # bytes of a datagram; the answer to an IPv4 request has 32


async def answers(host: str, port: int, transaction_id: bytes, seconds: float = 1.0) -> bool:
    """Whether `host:port` answers a Binding request over UDP within `seconds`.

    `transaction_id`: 12 random bytes.
    """
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        try:
            sock.connect((host, port))
            async with asyncio.timeout(seconds):
                await loop.sock_sendall(sock, REQUEST + transaction_id)
                answer = await loop.sock_recv(sock, LARGEST)
            return decode(answer).transaction_id == transaction_id
        except (OSError, TimeoutError, NotStun):
            return False

import os
import socket
import time

from practicebox.stun.bucket import Bucket
from practicebox.stun.probe import answers
from practicebox.stun.server import serve


async def test_a_running_server_answers_and_a_stopped_one_does_not() -> None:
    server = await serve("127.0.0.1", None, 0, bucket=Bucket(os.urandom(16)), clock=time.monotonic)
    try:
        assert await answers("127.0.0.1", server.port, os.urandom(12))
    finally:
        server.close()
        await server.wait_closed()
    assert not await answers("127.0.0.1", server.port, os.urandom(12), 0.2)


async def test_somebody_who_says_something_else_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert not await answers("127.0.0.1", silent.getsockname()[1], bytes(12), 0.05)

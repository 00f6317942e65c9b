import ctypes
import errno

import pytest

from practicebox.stun.syscalls import Header, SystemCalls, system_calls

STEP = ctypes.sizeof(Header)
FIRST = 4096  # an address nobody looks at


def sender(results: list[int | OSError]) -> tuple[SystemCalls, list[tuple[int, int]]]:
    """Calls whose sendmmsg gives these results, and the log of the headers it was given."""
    log: list[tuple[int, int]] = []

    def sendmmsg(descriptor: int, headers: int, count: int, flags: int) -> int:
        log.append(((headers - FIRST) // STEP, count))
        result = results.pop(0)
        if isinstance(result, OSError):
            ctypes.set_errno(result.errno or 0)
            return -1
        return result

    return SystemCalls(lambda *_: 0, sendmmsg), log


def test_all_at_once() -> None:
    calls, log = sender([16])
    calls.send(3, FIRST, 16)
    assert log == [(0, 16)]


def test_what_did_not_go_out_at_once_is_sent_again() -> None:
    calls, log = sender([5, 11])
    calls.send(3, FIRST, 16)
    assert log == [(0, 16), (5, 11)]


@pytest.mark.parametrize("code", [errno.EPERM, errno.EINVAL, errno.ENETUNREACH, errno.ECONNREFUSED])
def test_a_datagram_that_cannot_be_sent_is_left_out(code: int) -> None:
    calls, log = sender([2, OSError(code, ""), 13])
    calls.send(3, FIRST, 16)
    assert log == [(0, 16), (2, 14), (3, 13)]


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOBUFS])
def test_a_full_queue_ends_the_batch(code: int) -> None:
    calls, log = sender([2, OSError(code, "")])
    calls.send(3, FIRST, 16)
    assert log == [(0, 16), (2, 14)]


def test_every_datagram_may_fail() -> None:
    calls, log = sender([OSError(errno.EPERM, "")] * 3)
    calls.send(3, FIRST, 3)
    assert log == [(0, 3), (1, 2), (2, 1)]


def test_an_error_of_the_socket_is_no_datagram() -> None:
    calls = SystemCalls(lambda *_: -1, lambda *_: 0)
    assert calls.receive(3, FIRST, 16) == 0


def test_a_closed_descriptor_raises_nothing() -> None:
    calls = system_calls()
    if calls is None:
        pytest.skip("no batch calls here")
    headers = (Header * 1)()
    assert calls.receive(-1, ctypes.addressof(headers), 1) == 0
    calls.send(-1, ctypes.addressof(headers), 1)

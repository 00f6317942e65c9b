"""500 patients in the waiting room over TLS: what `practicebox serve` keeps in memory for them; and
how long a login holds up a consultation that is going on.

The box is the real one in a process of its own, with its own authority and Argon2id at full cost.
Every patient has an appointment and comes by link from an address of the loopback: joins, loads the
page of the visit, opens the signaling socket and stays.

Stalls are measured inside the box's process (`box_with_probe`): how late a timer of a millisecond
is. Other programs on the machine make it late as well, so the best of a few rounds counts, and a
round without logins stands beside it. Holds if the process keeps at most 160 MB (resident, all
waiting), nobody was refused, and the loop was held up by at most 20 ms.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import ClientSession, ClientWebSocketResponse

from practicebox import demo
from practicebox.practice import link
from practicebox.store.records import Appointment
from tests.proof.tls_box import TlsBox, browser, practice, running

PATIENTS = 500
MOST_MEMORY = 160 * 10**6  # bytes
MOST_STALL = 20.0  # milliseconds
LOGINS = 5  # of a round
ROUNDS = 5
BEAT = 0.02  # seconds between two frames of the consultation
AT_ONCE = 20
INSTANCE = "a" * 16


def main(short: bool) -> int:
    """Print both figures; 0 if both promises hold. There is no shorter form worth having."""
    with tempfile.TemporaryDirectory(prefix="practicebox-waiting-") as folder:
        return asyncio.run(_prove(Path(folder), rounds=3 if short else ROUNDS))


async def _prove(folder: Path, rounds: int) -> int:
    (folder / "data").mkdir(mode=0o700)
    secret, appointments = await practice(folder / "data", PATIENTS)
    async with running(folder, "practicebox", "serve") as box:
        box.device_secret, box.appointments = secret, appointments
        small = await _memory_holds(box)
    async with running(folder, "tests.proof.box_with_probe") as box:
        box.device_secret, box.appointments = secret, appointments
        smooth = await _login_holds_nobody_up(box, rounds)
    return 0 if small and smooth else 1


async def _memory_holds(box: TlsBox) -> bool:
    before, _ = box.memory()
    async with AsyncExitStack() as stack:
        waiting = await _all_wait(stack, box)
        await asyncio.sleep(2)
        now, most = box.memory()
        alive = sum(not one.closed for one in waiting)
    print(
        f"{alive} patients waiting over TLS: {now / 1e6:.0f} MB resident,"
        f" {most / 1e6:.0f} MB at most ({before / 1e6:.0f} MB before,"
        f" {(now - before) / PATIENTS / 1024:.0f} KiB each)",
        flush=True,
    )
    return alive == PATIENTS and now <= MOST_MEMORY


async def _all_wait(stack: AsyncExitStack, box: TlsBox) -> list[ClientWebSocketResponse]:
    gate = asyncio.Semaphore(AT_ONCE)
    patients = enumerate(box.appointments[:PATIENTS])
    return await asyncio.gather(*(_wait(stack, gate, box, n, one) for n, one in patients))


async def _wait(
    stack: AsyncExitStack, gate: asyncio.Semaphore, box: TlsBox, number: int, one: Appointment
) -> ClientWebSocketResponse:
    """One patient's browser, up to the waiting room."""
    source = f"127.{1 + number // 200}.{number % 200}.1"
    session = await stack.enter_async_context(browser(source))
    async with gate:
        cookie = await _join(session, box, one)
        headers = {"Cookie": cookie}
        async with session.get(f"{box.patients}/visit", headers=headers) as page:
            assert page.status == 200
            await page.read()
        opened = await session.ws_connect(
            f"{box.patients}/visit/signal", headers=headers, origin=box.patients
        )
        await opened.send_json({"kind": "hello", "instance": INSTANCE})
        assert (await opened.receive_json())["kind"] == "welcome"
    return opened


async def _join(session: ClientSession, box: TlsBox, one: Appointment) -> str:
    token = link.encode(link.join_token(one.link))
    question = json.dumps({"rid": link.encode(one.link.rid), "token": token})
    async with session.post(
        f"{box.patients}/visit", data=question, headers={"Origin": box.patients}
    ) as answer:
        assert answer.status == 200
        return f"__Host-visit={answer.cookies['__Host-visit'].value}"


async def _login_holds_nobody_up(box: TlsBox, rounds: int) -> bool:
    """Log in again and again while two browsers talk through the box."""
    async with AsyncExitStack() as stack:
        staff = await stack.enter_async_context(browser("127.0.0.1"))
        session = await _log_in(staff, box)
        talk = asyncio.create_task(await _call(stack, box, staff, session))
        quiet, busy = [], []
        for _ in range(rounds):
            await box.longest_stall()
            await asyncio.sleep(1)
            quiet.append(await box.longest_stall())
            for _ in range(LOGINS):
                await _log_in(staff, box)
            busy.append(await box.longest_stall())
        talk.cancel()
        frames = (await asyncio.gather(talk, return_exceptions=True))[0]
    assert isinstance(frames, asyncio.CancelledError), frames
    print(
        f"event loop held up during a call: {min(busy):.1f} ms with {LOGINS} logins"
        f" ({', '.join(f'{one:.1f}' for one in busy)}), {min(quiet):.1f} ms without"
        f" ({', '.join(f'{one:.1f}' for one in quiet)})",
        flush=True,
    )
    return min(busy) <= MOST_STALL


async def _call(
    stack: AsyncExitStack, box: TlsBox, staff: ClientSession, session: str
) -> Coroutine[None, None, None]:
    """A clinician and a patient in one room; returns what lets them talk until cancelled."""
    one = box.appointments[0]
    patient = await _wait(stack, asyncio.Semaphore(1), box, 0, one)
    doctor = await staff.ws_connect(
        f"{box.staff}/appointments/{one.id}/signal",
        headers={"Cookie": f"{session}; {_device(box)}"},
        origin=box.staff,
    )
    await doctor.send_json({"kind": "hello", "instance": INSTANCE})
    while (await patient.receive_json())["kind"] != "peer":
        pass

    async def talk() -> None:
        while True:
            await doctor.send_bytes(b"x" * 5000)
            frame = await patient.receive()
            assert frame.data == b"x" * 5000
            await asyncio.sleep(BEAT)

    return talk()


async def _log_in(staff: ClientSession, box: TlsBox) -> str:
    """The cookie of a new session."""
    fields = {"organisation": demo.SHORT_NAME, "user": demo.USER, "password": demo.PASSWORD}
    headers = {"Origin": box.staff, "Cookie": _device(box)}
    async with staff.post(
        f"{box.staff}/login", data=fields, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == 303, answer.status
        return f"__Host-session={answer.cookies['__Host-session'].value}"


def _device(box: TlsBox) -> str:
    return f"__Host-device={link.encode(box.device_secret)}"


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))

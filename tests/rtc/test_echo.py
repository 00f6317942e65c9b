"""The echo's line, bounds and ends, with real child processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from practicebox.rtc.echo import CHILD, Echo, EchoBusy, Echoes, EchoFailed, Line, connect, spawn

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
PARROT = (sys.executable, "-c", "import sys; sys.stdin.readline(); print('nonsense', flush=True)")


async def offer(*tracks: MediaStreamTrack) -> RTCPeerConnection:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for track in tracks:
        connection.addTrack(track)
    await connection.setLocalDescription(await connection.createOffer())
    return connection


@contextlib.asynccontextmanager
async def echo_of(echoes: Echoes) -> AsyncIterator[tuple[Echo, list[MediaStreamTrack]]]:
    """An echo that mirrors a picture and a sound of this process."""
    connection = await offer(VideoStreamTrack(), AudioStreamTrack())
    back: list[MediaStreamTrack] = []
    connection.on("track", back.append)
    try:
        async with echoes.begin([]) as echo:
            await echo.send({"offer": connection.localDescription.sdp})
            answer = RTCSessionDescription(await echo.answer(), "answer")
            await connection.setRemoteDescription(answer)
            yield echo, back
            await connection.close()
    finally:
        await connection.close()


@pytest.mark.slow
async def test_picture_and_sound_come_back() -> None:
    echoes = Echoes(spawn)
    async with echo_of(echoes) as (echo, back):
        for track in back:
            assert await asyncio.wait_for(track.recv(), 10)
        assert {track.kind for track in back} == {"audio", "video"}
    assert echoes.running == 0
    assert isinstance(echo, Echo)


@pytest.mark.slow
async def test_behind_a_socket_it_is_the_same(tmp_path: Path) -> None:
    """As systemd starts it: one process for each connection, the socket as its standard input."""
    path = tmp_path / "echo.sock"
    ended = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        descriptor = os.dup(sock.fileno())
        writer.transport.pause_reading()  # type: ignore[attr-defined] # the child reads
        os.set_blocking(descriptor, True)
        child = await asyncio.create_subprocess_exec(*CHILD, stdin=descriptor, stdout=descriptor)
        os.close(descriptor)
        await child.wait()
        writer.close()
        ended.set()

    server = await asyncio.start_unix_server(accept, path)
    async with server, echo_of(Echoes(lambda: connect(path))) as (_, back):
        assert await asyncio.wait_for(back[0].recv(), 10)
    await asyncio.wait_for(ended.wait(), 10)


@pytest.mark.slow
async def test_a_third_one_is_refused_until_one_ends() -> None:
    echoes = Echoes(lambda: spawn(SLEEPER))
    async with echoes.begin([]):
        async with echoes.begin([]):
            with pytest.raises(EchoBusy):
                async with echoes.begin([]):
                    pass
        async with echoes.begin([]):
            assert echoes.running == 2
    assert echoes.running == 0


@pytest.mark.slow
async def test_one_that_ignores_the_end_is_killed() -> None:
    started: list[Line] = []

    async def launch() -> Line:
        started.append(await spawn(SLEEPER))
        return started[0]

    async with asyncio.timeout(5):
        async with Echoes(launch).begin([]):
            pass
    assert started[0].reader.at_eof() or await started[0].reader.read() == b""


@pytest.mark.parametrize("command", [PARROT, (sys.executable, "-c", "")])
async def test_one_that_answers_nonsense_or_dies_has_failed(command: tuple[str, ...]) -> None:
    async with Echoes(lambda: spawn(command)).begin([]) as echo:
        with pytest.raises(EchoFailed):
            await echo.answer()


async def test_one_that_hangs_has_failed_in_time() -> None:
    async with Echoes(lambda: spawn(SLEEPER)).begin([]) as echo:
        with pytest.raises(EchoFailed):
            await echo.answer(seconds=0.1)


async def test_one_that_can_not_be_started_has_failed() -> None:
    with pytest.raises(EchoFailed):
        async with Echoes(lambda: spawn(("/nowhere/echo",))).begin([]):
            pass
    with pytest.raises(EchoFailed):
        async with Echoes(lambda: connect(Path("/nowhere/echo.sock"))).begin([]):
            pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "sdp", ["", "v=0", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", "x" * 9000]
)
async def test_a_bad_offer_gets_no_media_and_hurts_nobody(sdp: str) -> None:
    echoes = Echoes(spawn)
    async with echoes.begin([]) as echo:
        await echo.send({"offer": sdp})
        with contextlib.suppress(EchoFailed):
            assert "m=" not in await echo.answer()
    assert echoes.running == 0


@pytest.mark.slow
async def test_the_child_ends_with_its_line() -> None:
    process = await asyncio.create_subprocess_exec(*CHILD, stdin=-1, stdout=-1)
    assert process.stdin is not None
    process.stdin.write(b'{"ice": []}\n')
    await process.stdin.drain()
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.slow
def test_the_child_is_bounded() -> None:
    """Nice, memory, processor time, files; and an alarm that ends it even if it hangs."""
    code = (
        "import json, os, resource, signal;"
        "from practicebox.rtc import echo_child as child;"
        "signal.alarm(child.ALARM); child.bound();"
        "print(json.dumps([os.nice(0), [resource.getrlimit(kind)[0] == most"
        " for kind, most in child.LIMITS.items()], signal.alarm(0) > 20]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    nice = min(os.nice(0) + 10, 19)
    assert run.stdout.strip() == f"[{nice}, [true, true, true, true, true], true]"
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


@pytest.mark.slow
def test_the_box_never_imports_the_codecs() -> None:
    """`av` would bring 37 MB and its stalls into the main process."""
    code = (
        "import sys; import practicebox.app, practicebox.__main__, practicebox.rtc.echo;"
        "import practicebox.web.patient.door;"
        "sys.exit(any(name in sys.modules for name in ('av', 'aiortc', 'aioice')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

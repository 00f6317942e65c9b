"""The unit file and the example configuration, held against what they promise."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from practicebox import config

FOLDER = Path(__file__).parents[2] / "systemd"
UNIT = FOLDER / "practicebox.service"
ECHO = FOLDER / "practicebox-echo@.service"
ECHO_SOCKET = FOLDER / "practicebox-echo.socket"
EXAMPLE = FOLDER / "practicebox.toml.example"
MOST_EXPOSED = 2.0  # of 10 points of systemd-analyze

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def directives(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False
    )


@needs_systemd
@pytest.mark.parametrize("unit", [UNIT, ECHO], ids=["box", "echo"])
def test_the_service_is_hardly_exposed(unit: Path) -> None:
    report = analyze("security", "--offline=true", unit).stdout
    found = re.search(r"exposure level for practicebox\S*\.service: ([\d.]+)", report)
    assert found, report
    assert float(found.group(1)) <= MOST_EXPOSED


@needs_systemd
def test_every_directive_is_understood(tmp_path: Path) -> None:
    for each in (UNIT, ECHO, ECHO_SOCKET):
        text = each.read_text("utf-8")
        changed = re.sub(r"/opt/practicebox/bin/\w+", sys.executable, text)
        (tmp_path / each.name).write_text(changed)
    for name in (UNIT.name, ECHO_SOCKET.name):  # the socket's service is looked at with it
        done = analyze("verify", "--man=no", tmp_path / name)
        about_us = [line for line in done.stderr.splitlines() if "practicebox" in line]
        assert (about_us, done.returncode) == ([], 0)


def test_the_box_asks_for_the_echo_where_the_socket_is() -> None:
    [listening] = re.findall(r"^ListenStream=(.*)$", ECHO_SOCKET.read_text("utf-8"), re.MULTILINE)
    assert directives("Environment") == [f"PRACTICEBOX_ECHO_SOCKET={listening}"]


@needs_systemd
def test_a_directive_that_is_not_understood_would_be_noticed(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    text = UNIT.read_text("utf-8").replace("ProtectHome=", "ProtectHomes=")
    unit.write_text(text.replace("/opt/practicebox/bin/practicebox", sys.executable))
    assert "ProtectHomes" in analyze("verify", "--man=no", unit).stderr


def test_a_mistake_in_the_configuration_is_not_tried_again() -> None:
    assert directives("Restart") == ["on-failure"]
    assert directives("RestartPreventExitStatus") == ["2"]


def test_ready_and_alive_are_told_by_the_process_itself() -> None:
    assert directives("Type") == ["notify"]
    assert directives("NotifyAccess") == ["main"]
    assert directives("WatchdogSec") == ["30s"]


def test_the_data_folder_is_the_state_directory() -> None:
    assert directives("StateDirectory") == ["practicebox"]
    assert config.Config().data_folder == Path("/var/lib/practicebox")


def test_all_ports_can_be_opened_without_privileges() -> None:
    usual = config.Config()
    assert min(usual.staff_port, usual.patients_port, usual.stun_port) > 1023
    assert directives("CapabilityBoundingSet") == [""]


def test_the_example_is_the_default_as_long_as_nothing_is_changed() -> None:
    assert config.read(EXAMPLE, {}) == config.read(None, {})


def test_every_option_of_the_example_is_known_and_every_known_option_is_in_it(
    tmp_path: Path,
) -> None:
    changed = tmp_path / "practicebox.toml"
    text = re.sub(r"^# (\w+ = .*)$", r"\1", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    changed.write_text(text.replace('"auto"', '"external"').replace('"local"', '"files"'))
    read = config.read(changed, {})
    assert read.public_url == "https://video.example.org"
    assert read.key == Path("/etc/practicebox/tls/key.pem")
    tables = {name: table for name, table in tomllib.loads(text).items() if isinstance(table, dict)}
    bridge = tables.pop("gdt")  # read only by practices that have such software
    assert sum(map(len, tables.values())) + 1 <= 16  # few enough to be read before lunch
    assert len(bridge) <= 5


UNDER_MDWE = """
    import asyncio, ctypes, mmap, sys
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN (linux/prctl.h)
        sys.exit(77)
    try:
        mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except PermissionError:
        pass
    else:
        sys.exit(77)
    import nacl.pwhash, nacl.public, typst
    nacl.pwhash.argon2id.kdf(32, b"x" * 8, b"s" * 16, opslimit=1, memlimit=2**16)
    nacl.public.SealedBox(nacl.public.PrivateKey.generate().public_key).encrypt(b"a")
    assert typst.compile(b"= Brief", format="pdf").startswith(b"%PDF")
    ctypes.CDLL(None).recvmmsg  # as the STUN responder finds it
    from practicebox.appliance import mdns
    async def advertise():
        running = asyncio.Event()
        def changed(status):
            if status.state == "running":
                running.set()
        box = mdns.Advertiser(
            8443, secure=True, loopback_only=True, on_change=changed, jitter=lambda: 0.0
        )
        box.change_name(sys.argv[1])
        async with asyncio.timeout(15):
            await running.wait()
        await box.stop()
    asyncio.run(advertise())
    print(mdns.addresses(loopback_only=False))
"""


@pytest.mark.slow
def test_everything_we_call_runs_without_memory_that_is_writable_and_executable() -> None:
    """The kernel's own switch does what MemoryDenyWriteExecute= does."""
    script = textwrap.dedent(UNDER_MDWE)
    done = subprocess.run(
        [sys.executable, "-c", script, f"praxis-{os.getpid()}"], capture_output=True, text=True
    )
    if done.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE (it came with Linux 6.3)")
    assert (done.stderr, done.returncode) == ("", 0)

"""Network namespaces: made, wired to each other by veth pairs, and removed whatever happens.

Every namespace carries the process id in its name. No interface is ever made outside of them, so
there is no way from the lab to the machine's own network. Needs root.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ETC = Path("/etc/netns")  # ip-netns(8): files here stand in for those of /etc
RUN = Path("/run/netns")
CLONE_NEWNET = 0x40000000  # linux/sched.h
NAME = re.compile(r"pblab(\d+)-[a-z0-9]+")

NETLINK_NETFILTER, NLM_F_REQUEST, NLM_F_ACK = 12, 1, 4  # linux/netlink.h
CTNETLINK_DELETE = 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE
_libc = ctypes.CDLL(None, use_errno=True)


class NoLab(Exception):
    """This machine can't have the lab; the text says why."""


@dataclass(frozen=True)
class Namespace:
    """One machine of the lab."""

    name: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What to put before a command to run it here."""
        return ("ip", "netns", "exec", self.name)

    def ip(self, *arguments: str) -> None:
        run("ip", "-n", self.name, *arguments)

    def address(self, device: str, *addresses: str) -> None:
        """Give a device its addresses with prefix lengths, and switch it on."""
        self.ip("link", "set", "dev", device, "up")
        for each in addresses:
            # Looking for the same IPv6 address elsewhere would take a second.
            self.ip("address", "replace", each, "dev", device, *(("nodad",) if ":" in each else ()))

    def routes(self, *gateways: str) -> None:
        for each in gateways:
            self.ip("-6" if ":" in each else "-4", "route", "add", "default", "via", each)

    def rules(self, text: str) -> None:
        """Replace the packet filter, and forget the connections that went through the old one."""
        run(*self.prefix, "nft", "-f", "-", text=f"flush ruleset\n{text}")
        with inside(self):
            _forget_connections()

    def queue(self, device: str, kilobits: int | None) -> None:
        """Let no more than so many kbit/s out of a device, and queue 100 ms as cheap modems do."""
        here = ("tc", "-n", self.name, "qdisc")
        if kilobits is None:
            run(*here, "delete", "dev", device, "root")
        else:
            shape = ("tbf", "rate", f"{kilobits}kbit", "burst", "8kb", "latency", "100ms")
            run(*here, "replace", "dev", device, "root", *shape)

    def asks_itself(self) -> None:
        """Programs started here ask the name server on the own loopback."""
        folder = ETC / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts").write_text("127.0.0.1 localhost\n")
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")

    def forwards(self) -> None:
        """Make it a router."""
        self.setting("ipv4/ip_forward", 1)
        self.setting("ipv6/conf/all/forwarding", 1)
        for kind in ("ip", "ip6", "arp"):
            # What a switch passes on is not the router's business.
            with suppress(FileNotFoundError):
                self.setting(f"bridge/bridge-nf-call-{kind}tables", 0)

    def setting(self, path: str, value: int) -> None:
        with inside(self):
            (Path("/proc/sys/net") / path).write_text(str(value))


def connect(one: tuple[Namespace, str], other: tuple[Namespace, str]) -> None:
    """A cable between two devices: `(namespace, device)`."""
    (here, device), (there, peer) = one, other
    command = ("link", "add", "name", device, "netns", here.name, "type", "veth")
    run("ip", *command, "peer", "name", peer, "netns", there.name)


@contextmanager
def inside(namespace: Namespace) -> Iterator[None]:
    """Let this thread open sockets and files of `namespace`; nothing may be awaited meanwhile."""
    with open("/proc/thread-self/ns/net") as home, open(RUN / namespace.name) as there:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


@contextmanager
def namespaces() -> Iterator[dict[str, Namespace]]:
    """An empty lab: a namespace is made when it is first asked for. Raise `NoLab`."""
    require()
    sweep(dead_only=True)
    # What ends this process must not end who cleans up after it.
    sweeper = subprocess.Popen(
        (sys.executable, __file__, str(os.getpid())), stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield _Lab()
    finally:
        assert sweeper.stdin is not None
        sweeper.stdin.close()
        sweeper.wait(30)


class _Lab(dict[str, Namespace]):
    def __missing__(self, name: str) -> Namespace:
        made = self[name] = Namespace(f"pblab{os.getpid()}-{name}")
        run("ip", "netns", "add", made.name)
        made.ip("link", "set", "lo", "up")
        return made


def sweep(run_id: int = 0, *, dead_only: bool = False) -> None:
    """Remove the namespaces of one run, or of all runs that have died."""
    names = {path.name for folder in (RUN, ETC) if folder.exists() for path in folder.iterdir()}
    for name in sorted(names):
        match = NAME.fullmatch(name)
        if match is None:
            continue
        owner = int(match[1])
        if owner == run_id or (dead_only and not Path(f"/proc/{owner}").exists()):
            _remove(name)


def run(*command: str, text: str = "") -> None:
    """Run a command; raise `OSError` with what it said."""
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def require() -> None:
    """Raise `NoLab` where there can't be one."""
    if os.geteuid() != 0:
        raise NoLab("the network lab needs root")
    for program in ("ip", "nft", "tc", "openssl", "certutil", "chromium", "firefox-esr"):
        if shutil.which(program) is None:
            raise NoLab(f"the network lab needs {program} (tests/install_browsers.sh)")
    name = f"pblab{os.getpid()}-try"
    try:
        run("ip", "netns", "add", name)
        run("ip", "netns", "exec", name, "nft", "add", "table", "inet", "lab")
    except OSError as error:
        raise NoLab("the network lab needs network namespaces and nftables") from error
    finally:
        _remove(name)


def _remove(name: str) -> None:
    """Remove a namespace, and end what still runs in it because its parent was killed."""
    inside = subprocess.run(("ip", "netns", "pids", name), capture_output=True, text=True)
    for process in inside.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    subprocess.run(("ip", "netns", "delete", name), stderr=subprocess.DEVNULL)
    shutil.rmtree(ETC / name, ignore_errors=True)
    with suppress(OSError):
        ETC.rmdir()  # only when it is empty


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _forget_connections() -> None:
    """Empty the table of connections of the namespace this thread is in."""
    header = struct.pack("=IHHII", 20, CTNETLINK_DELETE, NLM_F_REQUEST | NLM_F_ACK, 0, 0)
    body = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0)  # nfgenmsg without attributes: all
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as kernel:
        kernel.send(header + body)
        kernel.recv(4096)


if __name__ == "__main__":
    sys.stdin.read()  # until the owner has ended, one way or another
    sweep(int(sys.argv[1]))

"""The authority on the disk: who can read it, what a power cut and a wrong clock do to it."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_interface
from pathlib import Path

import pytest

from practicebox.appliance import certificate_pair
from practicebox.appliance.certificate_pair import Pair
from practicebox.appliance.tls import CannotServe, Offer
from tests.appliance.tls_world import Machine

# Looks once, and is killed before the n-th step that reaches the disk.
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.appliance.tls_world import Machine
left = int(sys.argv[2])
def deadly(step):
    def wrapped(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return wrapped
source = Machine(Path(sys.argv[1]), names=["new.local"]).source()
for name in ("mkdir", "open", "fsync", "replace", "unlink", "close"):
    setattr(os, name, deadly(getattr(os, name)))
source.look()
"""


def offered(machine: Machine) -> Offer:
    """What a box that starts now serves."""
    offer = machine.source().look()
    assert offer
    return offer


def serial_on_disk(machine: Machine) -> int:
    authority, doors = on_disk(machine)
    assert authority and doors
    return doors.certificate.serial_number


def on_disk(machine: Machine) -> tuple[Pair | None, Pair | None]:
    """Authority and doors' certificate, each complete or not there at all."""
    files = [machine.folder / "tls" / name for name in ("authority-1.pem", "doors.pem")]
    if not files[0].exists():
        return None, None
    authority = certificate_pair.read(files[0].read_bytes())
    if not files[1].exists():
        return authority, None
    return authority, certificate_pair.read(files[1].read_bytes(), authority.certificate)


def test_only_this_user_can_read_the_keys(tmp_path: Path) -> None:
    offered(Machine(tmp_path))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "tls").iterdir()}
    assert modes == {"authority-1.pem": 0o600, "doors.pem": 0o600}
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_a_restart_keeps_authority_and_certificate(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    first, serial = offered(machine), serial_on_disk(machine)
    assert offered(machine).status == first.status
    assert serial_on_disk(machine) == serial


def test_names_and_addresses_of_the_box_are_in_the_certificate(tmp_path: Path) -> None:
    machine = Machine(tmp_path, names=["Praxis-Sonne.local.", "pi.local", "pi", "bad name.local"])
    machine.public_host = "Praxis-Müller.example"
    status = offered(machine).status
    assert set(status.hosts) == {
        *("localhost", "praxis-sonne.local", "pi.local", "xn--praxis-mller-klb.example"),
        *("127.0.0.1", "192.168.7.20", "fd00:7::20"),  # 2001:db8::20 is outside the constraints
    }
    assert status.left_out == ("pi",)


def test_a_new_name_and_a_new_address_get_a_new_certificate(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    source = machine.source()
    assert source.look()
    assert source.look() is None
    machine.names.append("praxis-sonne.local")
    offer = source.look()
    assert offer and "praxis-sonne.local" in offer.status.hosts
    machine.interfaces = [ip_interface("10.1.2.3/8")]
    offer = source.look()
    assert offer and "10.1.2.3" in offer.status.hosts
    assert source.look() is None


def test_a_public_host_configured_later_is_left_out_and_said(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    anchor = offered(machine).status.anchor
    status = offered(replace(machine, public_host="video.example.org")).status
    assert status.left_out == ("video.example.org",)
    assert "video.example.org" not in status.hosts
    assert status.anchor == anchor  # nobody has to trust the box anew


def test_a_deleted_authority_means_a_new_one_at_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    source = machine.source()
    first = source.look()
    (tmp_path / "tls/authority-1.pem").unlink()
    second = source.look()
    assert first and second and first.status.anchor != second.status.anchor


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=5000)])
def test_a_clock_that_was_wrong_for_a_while_costs_no_trust(tmp_path: Path, jump: timedelta) -> None:
    machine = Machine(tmp_path)
    source = machine.source()
    first = source.look()
    machine.offset = jump
    wrong = source.look()
    machine.offset = timedelta()
    again = source.look()
    assert first and wrong and again
    assert wrong.status.anchor != first.status.anchor
    assert again.status.anchor == first.status.anchor
    assert again.status.starts <= machine.now() < again.status.ends


def test_after_ten_years_there_is_a_new_authority(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    first = offered(machine).status
    machine.offset = timedelta(days=3653)
    status = offered(machine).status
    assert status.anchor and first.anchor
    assert status.anchor.ends > machine.now() > first.anchor.ends


def test_an_authority_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    offered(machine)
    (tmp_path / "tls/authority-1.pem").chmod(0o644)
    with pytest.raises(CannotServe, match="chmod 600"):
        machine.source().look()


def test_a_damaged_authority_is_never_replaced_silently(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    offered(machine)
    (tmp_path / "tls/authority-1.pem").write_bytes(b"")
    with pytest.raises(CannotServe, match="damaged"):
        machine.source().look()


def test_a_damaged_certificate_is_issued_anew(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    first = offered(machine)
    (tmp_path / "tls/doors.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    assert offered(machine).status.anchor == first.status.anchor


def test_a_folder_that_can_not_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file", "ascii")
    with pytest.raises(CannotServe, match="can't be used"):
        Machine(tmp_path).source().look()


@pytest.mark.slow
@pytest.mark.parametrize("is_first_start", [True, False])
def test_a_power_cut_leaves_the_old_files_or_the_new_ones(
    tmp_path: Path, is_first_start: bool
) -> None:
    for steps in range(60):
        machine = Machine(tmp_path / str(steps), names=["old.local"])
        machine.folder.mkdir()
        before = None if is_first_start else offered(machine).status
        ended = look_and_die(machine.folder, steps)
        left = on_disk(machine)
        assert is_first_start or all(left)
        after = offered(replace(machine, names=["new.local"])).status
        assert "new.local" in after.hosts
        assert before is None or after.anchor == before.anchor
        assert len(list((machine.folder / "tls").glob("authority-*.pem"))) == 1
        if ended == 0:
            assert steps > 5  # the killing has reached every step
            return
        assert ended == -signal.SIGKILL
    raise AssertionError("it never came to the end")


def look_and_die(folder: Path, steps: int) -> int:
    """The exit status of a process that looks once and may do `steps` steps."""
    return subprocess.run([sys.executable, "-c", KILLED, str(folder), str(steps)]).returncode

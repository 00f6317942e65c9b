from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.appliance.status import Load, Room, read_machine


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the files of a small computer."""
    files = {
        "proc/uptime": "3661.50 7000.00\n",
        "proc/loadavg": "0.42 0.31 0.20 1/123 4567\n",
        "proc/meminfo": "MemTotal:  1000 kB\nMemAvailable:  600 kB\nHugePages_Total:  0\n",
        "proc/self/status": "Name:\tpython\nVmRSS:\t   64 kB\nThreads:\t3\n",
        "sys/class/thermal/thermal_zone0/temp": "48312\n",
        "sys/class/thermal/thermal_zone1/temp": "51000\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_every_fact_of_a_small_computer_is_read(machine: Path) -> None:
    facts = read_machine(machine, ["aiohttp"], proc=machine / "proc", sys=machine / "sys")
    assert facts.uptime == timedelta(hours=1, minutes=1, seconds=1.5)
    assert facts.load == Load(0.42, 0.31, 0.20)
    assert facts.memory == Room(total=1000 * 1024, free=600 * 1024)
    assert facts.resident == 64 * 1024
    assert facts.temperature == 51.0
    assert facts.disk is not None
    assert 0 < facts.disk.free < facts.disk.total
    assert {"python", "linux", "aiohttp"} == set(facts.versions)


def test_what_is_missing_is_none(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    facts = read_machine(nowhere, ["no-such-package"], proc=nowhere, sys=nowhere)
    assert (facts.uptime, facts.load, facts.memory, facts.resident) == (None, None, None, None)
    assert (facts.disk, facts.temperature) == (None, None)
    assert "no-such-package" not in facts.versions


@pytest.mark.parametrize("name", ["uptime", "loadavg", "meminfo", "self/status"])
@pytest.mark.parametrize("text", ["", "nonsense\n", "MemTotal: x kB\n", "\xff\n"])
def test_nonsense_is_none_and_no_error(machine: Path, name: str, text: str) -> None:
    (machine / "proc" / name).write_text(text)
    facts = read_machine(machine, [], proc=machine / "proc", sys=machine / "sys")
    missing = {
        "uptime": facts.uptime,
        "loadavg": facts.load,
        "meminfo": facts.memory,
        "self/status": facts.resident,
    }
    assert missing.pop(name) is None
    assert None not in missing.values()


def test_a_sensor_that_cannot_be_read_is_left_out(machine: Path) -> None:
    (machine / "sys/class/thermal/thermal_zone1/temp").write_text("")
    facts = read_machine(machine, [], proc=machine / "proc", sys=machine / "sys")
    assert facts.temperature == 48.312


def test_this_machine_answers(tmp_path: Path) -> None:
    facts = read_machine(tmp_path, [])
    assert facts.uptime is not None
    assert facts.memory is not None
    assert facts.resident is not None
    assert facts.resident < facts.memory.total

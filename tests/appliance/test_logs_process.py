"""Logging of a whole process, and of the whole house."""

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import practicebox
from practicebox.appliance.logs import EVENT, goes_to_journal

ROOT = Path(practicebox.__file__).parent
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}

UNCAUGHT = """
import logging, sys, threading, warnings
from practicebox.appliance.logs import configure
configure()
secret = "Erika Mustermann"
warnings.warn(secret)
logging.getLogger("asyncio").error("Task failed: %s", secret)
thread = threading.Thread(target=lambda: int(secret)); thread.start(); thread.join()
class Leaf:
    def __del__(self): raise ValueError(secret)
leaf = Leaf(); del leaf
raise KeyError(secret)
"""


def test_uncaught_exceptions_and_warnings_of_a_process_take_the_same_way() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", UNCAUGHT], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Mustermann" not in done.stderr
    lines = done.stderr.splitlines()
    assert [line.split()[1:3] for line in lines] == [
        ["warning", "event=unnamed"],
        ["error", "event=unnamed"],
        ["critical", "event=uncaught"],
        ["error", "event=unraisable"],
        ["critical", "event=uncaught"],
    ]
    assert "error=builtins.KeyError" in lines[-1]


def test_the_journal_is_recognised_by_its_stream() -> None:
    with open("/dev/null") as stream:
        stat = os.fstat(stream.fileno())
        assert goes_to_journal({"JOURNAL_STREAM": f"{stat.st_dev}:{stat.st_ino}"}, stream)
        assert not goes_to_journal({"JOURNAL_STREAM": "1:1"}, stream)
        assert not goes_to_journal({}, stream)
    assert not goes_to_journal({"JOURNAL_STREAM": "1:1"}, io.StringIO())


@pytest.mark.parametrize("module", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.name))
def test_every_event_of_the_house_is_a_constant(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=args):
                if level not in LEVELS:
                    continue
                [event] = args
                assert isinstance(event, ast.Constant), f"line {node.lineno}: not a constant"
                assert isinstance(event.value, str)
                assert EVENT.fullmatch(event.value), f"line {node.lineno}: {event.value}"

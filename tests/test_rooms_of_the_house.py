"""Every module keeps to its room: who may import whom, read from the import statements.

docs/architecture.md has the table in words.
"""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "practicebox").rglob("*.py"))

MAY_IMPORT: dict[str, set[str]] = {
    "root": {"root", "practice", "store", "stun", "rtc", "post", "appliance", "web", "locale"},
    "practice": {"practice"},
    "store": {"store", "practice"},
    "stun": {"stun"},
    "rtc": {"rtc"},
    "post": {"post", "practice"},
    "appliance": {"appliance"},
    "web": {"web", "practice", "store", "stun", "rtc", "post", "appliance", "locale"},
    "locale": {"locale"},
}

# packages that live nowhere else; the standard library's sqlite3 as well
OWNERS: dict[str, set[str]] = {
    "aiohttp": {"practicebox/web", "practicebox/listen.py", "practicebox/post/sms.py"},
    "aiohttp_jinja2": {"practicebox/web"},
    "jinja2": {"practicebox/web"},
    "markupsafe": {"practicebox/web"},
    "babel": {"practicebox/web", "practicebox/post"},
    "aiosqlite": {"practicebox/store"},
    "sqlite3": {"practicebox/store"},
    "nacl": {"practicebox/store"},
    "qrcode": {"practicebox/post"},
    "typst": {"practicebox/post"},
    "aiosmtplib": {"practicebox/post"},
    "icalendar": {"practicebox/post"},
    "zeroconf": {"practicebox/appliance"},
    "ifaddr": {"practicebox/appliance"},
    "cryptography": {"practicebox/appliance"},
    "fido2": {"practicebox/web/staff"},
    "aiortc": {"practicebox/rtc"},
}
PURE = {"practice"}  # no I/O, no clock, no randomness: these modules are out of reach
IMPURE_MODULES = {"asyncio", "os", "socket", "random", "secrets", "time", "subprocess", "logging"}


def room_of(parts: tuple[str, ...]) -> str:
    name = parts[1].removesuffix(".py") if len(parts) > 1 else ""
    return name if name in MAY_IMPORT else "root"


def imports(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full"
            assert all(alias.name != "*" for alias in node.names)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def complaints(path: Path, source: str) -> list[str]:
    """What `source`, as the module at `path` below the root, imports against the rules."""
    room = room_of(path.parts)
    found = []
    for name in sorted(imports(source)):
        top, *rest = name.split(".")
        if top == "practicebox":
            target = room_of((top, *rest))
            if target not in MAY_IMPORT[room] and name != "practicebox.__version__":
                found.append(f"{path} ({room}) imports {name} ({target})")
        elif top in OWNERS:
            if not any(path.is_relative_to(owner) for owner in OWNERS[top]):
                found.append(f"{path} imports {name}, which belongs to {OWNERS[top]}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{path} imports {name}, which has no owner")
        if room in PURE and top in IMPURE_MODULES:
            found.append(f"{path} is pure and imports {name}")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_module_keeps_to_its_room(module: Path) -> None:
    assert complaints(module.relative_to(ROOT), module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("practicebox/stun/message.py", "from practicebox.store.store import Store"),
        ("practicebox/rtc/room.py", "import aiohttp"),
        ("practicebox/web/forms.py", "import sqlite3"),
        ("practicebox/web/forms.py", "from practicebox.app import start"),
        ("practicebox/practice/codes.py", "import os"),
        ("practicebox/post/letter.py", "import requests"),
    ],
)
def test_a_wrong_import_is_noticed(place: str, source: str) -> None:
    assert complaints(Path(place), source)


def test_every_room_is_in_the_plan() -> None:
    rooms = {p.name for p in (ROOT / "practicebox").iterdir() if (p / "__init__.py").is_file()}
    assert rooms == set(MAY_IMPORT) - {"root"}

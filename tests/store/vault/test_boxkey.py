"""The file box.key."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from practicebox.store.conditions import BoxKeyDamaged, BoxKeyExposed
from practicebox.store.vault import boxkey
from practicebox.store.vault.boxkey import BoxKey


def test_a_new_key_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "box.key"
    created = boxkey.create(path, os.urandom)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert boxkey.load(path) == created
    assert [file.name for file in tmp_path.iterdir()] == ["box.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "box.key"
    boxkey.create(path, os.urandom)
    path.chmod(mode)
    with pytest.raises(BoxKeyExposed, match="chmod 600"):
        boxkey.load(path)


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "box.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(BoxKeyDamaged):
        boxkey.load(path)


def test_a_draft_that_a_power_cut_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "box.key.new").write_bytes(b"half")
    key = boxkey.create(tmp_path / "box.key", os.urandom)
    assert boxkey.load(tmp_path / "box.key") == key


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    boxkey.create(tmp_path / "elsewhere", os.urandom)
    (tmp_path / "box.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        boxkey.load(tmp_path / "box.key")


def test_tags_differ_by_key_context_and_value() -> None:
    one, other = BoxKey(bytes(32)), BoxKey(bytes([1]) * 32)
    tags = {
        one.tag("session", b"x"),
        one.tag("visit", b"x"),
        one.tag("session", b"y"),
        one.tag("sessionx", b""),
        other.tag("session", b"x"),
    }
    assert len(tags) == 5


def test_the_key_does_not_show_in_its_repr() -> None:
    assert "secret" not in repr(BoxKey(bytes(32)))

"""What browsers load: every line of code as it was written, without what is for readers only."""

from __future__ import annotations

from importlib.resources import files

import pytest

from practicebox.web import static_files

SERVED = static_files.load().by_path
MODULES = sorted(path for path in SERVED if path.endswith(".js"))


@pytest.mark.parametrize("path", MODULES)
def test_only_comments_are_left_out_and_no_line_moves(path: str) -> None:
    written = files("practicebox.web").joinpath("static", path).read_text("utf-8").split("\n")
    served = SERVED[path].plain.decode().split("\n")
    assert len(served) == len(written)
    is_comment = False
    for line, kept in zip(written, served, strict=True):
        begins = line.lstrip().startswith("/**") and "*/" not in line.rstrip()[:-2]
        is_comment = is_comment or begins
        assert kept == ("" if is_comment else line)
        is_comment = is_comment and "*/" not in line


def test_comments_are_not_loaded() -> None:
    assert not any(b"/**\n" in file.plain for file in SERVED.values())

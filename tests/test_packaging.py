"""A wheel has everything that a checkout has, and finds it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ASK = """
from practicebox.web import language, render, static_files
from practicebox.practice import words
from importlib.resources import files
print(render.templates_folder().joinpath("base.html").is_file())
print(len(static_files.load().by_path) > 40)
print(language.load().by_code["de"].gettext("NEXT"))
print(len(words.propose(lambda below: 0)))
print(any(f.name.endswith(".typ") for f in files("practicebox.post").joinpath("typst").iterdir()))
"""
ANSWERS = ["True", "True", "WEITER", "6", "True"]


def ask(folder: Path, path: Path) -> list[str]:
    """What an interpreter in `folder` finds with the package in `path`."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK],
        cwd=folder,
        env={"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.slow
def test_a_wheel_brings_templates_scripts_and_catalogues(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*pip, "wheel", *options, str(ROOT)], check=True)
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for path in [*(ROOT / "templates").rglob("*.html"), *_shipped()]:
        name = path.relative_to(ROOT).as_posix()
        inside = f"practicebox/{name}" if name.startswith("templates/") else name
        assert inside in packed
    assert not any(name.startswith("tests/") for name in packed)
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    assert ask(tmp_path, unpacked) == ANSWERS


def test_a_bare_checkout_finds_the_same(tmp_path: Path) -> None:
    assert ask(tmp_path, ROOT) == ANSWERS


def _shipped() -> list[Path]:
    """Every file of the package that is not a leftover of running it."""
    files = (path for path in (ROOT / "practicebox").rglob("*") if path.is_file())
    return [path for path in files if "__pycache__" not in path.parts and _is_needed(path)]


def _is_needed(path: Path) -> bool:
    return path.name != "jsconfig.json"  # for the type checker only

"""Paper is set in memory, from text that is only text, with the fonts of the wheel."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from practicebox.post import paper
from practicebox.post.letter import Letter, pdf
from tests.post.samples import LETTER, german

ROOT = Path(__file__).parents[2]
HEAVY = ("typst", "qrcode", "PIL")
PRINT = """
import resource
from practicebox.post import letter, recovery
from tests.post.samples import LETTER, SHEET, english
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
letter.pdf([LETTER], english, "en")
letter.preview(LETTER, english, "en")
recovery.pdf(SHEET, english, "en")
"""


def run(source: str, home: Path) -> subprocess.CompletedProcess[str]:
    """`source` in a fresh interpreter that knows no folder to write to but `home`."""
    environment = {
        **os.environ,
        **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"), str(home)),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", source],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_printing_writes_no_file_at_all(tmp_path: Path) -> None:
    """A file size limit of zero makes every write to a file an error (setrlimit(2))."""
    done = run(PRINT, tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_limit_of_that_test_would_catch_a_write(tmp_path: Path) -> None:
    write = "import pathlib; pathlib.Path('x').write_text('x')"
    done = run(PRINT + write, tmp_path)
    assert done.returncode != 0
    assert "File too large" in done.stderr


def test_importing_the_room_loads_nothing_heavy(tmp_path: Path) -> None:
    source = (
        "import sys; from practicebox.post import letter, paper, qr, recovery; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert run(source, tmp_path).stdout == "[]\n"


def test_every_latin_character_has_a_glyph() -> None:
    latin = {chr(n) for n in range(0x2100) if paper.LATIN.fullmatch(chr(n))}
    assert paper._missing(latin) == set()
    assert set("äöüßÄÖÜẞčáñéğşłżøåœ€–„“‚‘…") <= latin


def test_a_missing_glyph_is_told_from_its_neighbours() -> None:
    assert paper._missing({"李", "Ж", "😀", "Ω"}) == {"李", "😀"}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("A\nB\tC\u2028D", "A B C D"),
        ("A\x00\x07\x1bB", "AB"),
        ("\u202eAB\u2066\u200b", "AB"),
        ("A\ud800B", "A\ufffdB"),
        ("e\u0301", "é"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_what_hides_or_turns_the_text_is_left_out(typed: str, printed: str) -> None:
    assert paper._tidy({"names": [typed]}) == {"names": [printed]}


def test_a_refused_page_quotes_nothing() -> None:
    with pytest.raises(paper.NotSet) as refused:
        paper.pdf("letter.typ", {"title": "Erika Mustermann"})
    assert str(refused.value) == ""
    assert refused.value.__cause__ is None and refused.value.__suppress_context__


def test_a_host_name_breaks_only_before_a_dot_a_hyphen_or_a_port() -> None:
    assert paper.pieces("praxis-muster.example") == ["praxis", "-muster", ".example"]
    assert paper.pieces("https://box.local:8443") == ["https://box", ".local", ":8443"]
    assert paper.pieces("praxis@muster.example") == ["praxis", "@muster", ".example"]


def test_a_name_without_a_place_to_break_is_cut() -> None:
    assert "".join(paper.pieces("a" * 60)) == "a" * 60
    assert max(map(len, paper.pieces("a" * 60))) <= paper.LONGEST_PIECE
    assert paper.pieces("") == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_letters() -> None:
    """typst keeps what it set last for a while, but no more than a while."""
    process = psutil.Process()
    letters = [_of_patient(n) for n in range(120)]
    for one in letters[:40]:
        pdf([one], german, "de")
    before = process.memory_info().rss
    for one in letters[40:]:
        pdf([one], german, "de")
    assert process.memory_info().rss - before < 16 * 2**20  # a letter kept is 2 MiB


def _of_patient(number: int) -> Letter:
    return dataclasses.replace(LETTER, patient=f"Patient {number}")

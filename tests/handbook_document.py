"""The whole handbook as one document: `python -m tests.handbook_document` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from practicebox.practice.handbook import Block, Chapter, Line
from practicebox.web.handbook import chapters

DOCUMENT = Path(__file__).parents[1] / "docs" / "handbuch.md"
HEAD = """# Handbuch für die Praxis

Dasselbe steht in der Box unter *Hilfe*, mit Suche. Die Quelle sind die Kapitel in
`practicebox/locale/de/handbook/`; daraus macht `python -m tests.handbook_document` diese Datei."""


def document() -> str:
    """All chapters one after the other."""
    parts = [HEAD, *(part for one in chapters().values() for part in _chapter(one))]
    return "\n\n".join(parts) + "\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}"
    for section in chapter.sections:
        if section.title:
            yield f"### {section.title}"
        for block in section.blocks:
            yield _block(block)


def _block(block: Block) -> str:
    lines = [_line(line) for line in block.lines]
    if block.kind == "picture":
        return f"![{lines[0]}](screenshots/{block.picture}-light.png)"
    if block.kind == "steps":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    if block.kind == "points":
        return "\n".join(f"- {line}" for line in lines)
    return "\n\n".join(lines)


def _line(line: Line) -> str:
    marks = {"label": "**", "key": "`", "text": ""}
    return "".join(f"{marks[piece.kind]}{piece.text}{marks[piece.kind]}" for piece in line)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")

"""Every sentence that the source asks the catalogues for. `python -m tests.web.catalogue` lists
those without a German translation, in the form of a catalogue."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from practicebox.web.language import catalogue_files

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "translate": None}


@dataclass(frozen=True)
class Found:
    """One sentence in the source."""

    id: str | tuple[str, ...]
    place: str


def in_source() -> Iterator[Found]:
    """All sentences of templates and Python modules."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from _of(path, "jinja2.ext:babel_extract", {"trim_blocks": "true", "silent": "false"})
    for path in sorted((ROOT / "practicebox").rglob("*.py")):
        yield from _of(path, "python", {})


def in_german() -> dict[str | tuple[str, ...], list[tuple[str, str | tuple[str, ...]]]]:
    """Every German translation: msgid to (file, translation)."""
    found: dict[str | tuple[str, ...], list[tuple[str, str | tuple[str, ...]]]] = {}
    for file in catalogue_files("de"):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="de"):
            if message.id:
                key = message.id if isinstance(message.id, str) else tuple(message.id)
                text = (
                    message.string
                    if isinstance(message.string, str)
                    else tuple(message.string or ())
                )
                found.setdefault(key, []).append((file.name, text))
    return found


def _of(path: Path, method: str, options: dict[str, str]) -> Iterator[Found]:
    with path.open("rb") as source:
        for line, message, _comments, _context in extract(
            method, source, keywords=KEYWORDS, options=options
        ):
            id_ = message if isinstance(message, str) else tuple(message or ())
            if id_:
                yield Found(id_, f"{path.relative_to(ROOT)}:{line}")


def main() -> None:
    known = in_german()
    seen = set()
    for found in in_source():
        if found.id in known or found.id in seen:
            continue
        seen.add(found.id)
        ids = (found.id,) if isinstance(found.id, str) else found.id
        print(f"#: {found.place}")
        for name, text in zip(("msgid", "msgid_plural"), ids, strict=False):
            print(f'{name} "{text}"'.replace("\n", "\\n"))
        print('msgstr ""\n')


if __name__ == "__main__":
    main()

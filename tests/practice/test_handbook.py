"""The format of the handbook: read strictly, found in any spelling."""

import pytest

from practicebox.practice.handbook import Block, NotAChapter, Piece, find, parse, plain

SOURCE = """# Einen Termin planen
for: reception, clinician
open: yes

Drücken Sie **NEUER TERMIN**
und dann `Enter`.

1. Erst das
   und das.
2. Dann **SPEICHERN**.

- Ein Punkt.

## Die Öffnungszeiten {#hours}
![Die Woche](week-desktop)
Müller kommt.
"""


def test_a_chapter_is_read() -> None:
    chapter = parse("plan", SOURCE)
    assert (chapter.title, chapter.audiences) == ("Einen Termin planen", ("reception", "clinician"))
    assert chapter.is_open and chapter.anchors == {"", "hours"}
    first, second = chapter.sections
    assert [block.kind for block in first.blocks] == ["text", "steps", "points"]
    assert first.blocks[0].lines == (
        (
            Piece("text", "Drücken Sie "),
            Piece("label", "NEUER TERMIN"),
            Piece("text", " und dann "),
            Piece("key", "Enter"),
            Piece("text", "."),
        ),
    )
    assert [plain(line) for line in first.blocks[1].lines] == [
        "Erst das und das.",
        "Dann SPEICHERN.",
    ]
    assert second.blocks[0] == Block("picture", ((Piece("text", "Die Woche"),),), "week-desktop")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "Kein Titel\nfor: reception\n",
        "# Titel\n\nfür niemanden\n",
        "# Titel\nfor: everybody\n",
        "# Titel\nfor: reception\nofen: yes\n",
        "# Titel\nfor: reception\nnonsense\n",
        "# Titel\nfor: reception\n\n## Ohne Anker\n",
        "# Titel\nfor: reception\n\n### Zu tief {#deep}\n",
        "# Titel\nfor: reception\n\nEin **Knopf ohne Ende.\n",
        "# Titel\nfor: reception\n\nEin *schräges* Wort.\n",
        "# Titel\nfor: reception\n\n## A {#a}\n## B {#a}\n",
    ],
)
def test_what_the_format_does_not_know_is_refused(source: str) -> None:
    with pytest.raises(NotAChapter):
        parse("plan", source)


@pytest.mark.parametrize(
    ("typed", "anchors"),
    [
        ("öffnungszeiten", ["hours"]),
        ("Oeffnungszeiten", ["hours"]),
        ("OFFNUNGS", ["hours"]),
        ("mueller", ["hours"]),
        ("termin", ["", "hours"]),  # the chapter's title belongs to each of its sections
        ("enter druck", [""]),
        ("gibt es nicht", []),
        ("", []),
        ("?!", []),
    ],
)
def test_a_search_finds_every_word_in_any_spelling(typed: str, anchors: list[str]) -> None:
    assert [hit.section.anchor for hit in find([parse("plan", SOURCE)], typed)] == anchors


def test_what_stands_in_a_title_comes_first_and_the_excerpt_shows_the_word() -> None:
    other = parse(
        "other", "# Anderes\nfor: trouble\n\nVorher. Müller war da.\n\n## Müller {#m}\nX.\n"
    )
    hits = find([other, parse("plan", SOURCE)], "müller")
    assert [(hit.chapter.id, hit.section.anchor) for hit in hits] == [
        ("other", "m"),
        ("other", ""),
        ("plan", "hours"),
    ]
    assert hits[2].excerpt == "Müller kommt."

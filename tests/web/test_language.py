import re

import pytest

from practicebox.web import language
from tests.web.catalogue import in_german, in_source

LANGUAGES = language.load()


def test_every_sentence_has_a_german_translation() -> None:
    german = in_german()
    missing = sorted(
        {f"{found.place}: {found.id}" for found in in_source() if found.id not in german}
    )
    assert missing == []


def test_no_translation_is_left_over() -> None:
    used = {found.id for found in in_source()}
    assert sorted(str(key) for key in in_german() if key not in used) == []


def test_each_sentence_stands_in_one_catalogue_and_is_not_empty() -> None:
    for key, places in in_german().items():
        assert len(places) == 1, f"{key} is in {[name for name, _ in places]}"
        texts = places[0][1]
        assert all([texts] if isinstance(texts, str) else texts), key


def test_translations_keep_the_placeholders() -> None:
    for key, [(file, texts)] in in_german().items():
        ids = [key] if isinstance(key, str) else list(key)
        wanted = {p for one in ids for p in _placeholders(one)}
        for text in [texts] if isinstance(texts, str) else texts:
            assert _placeholders(text) <= wanted, (file, key)
            if isinstance(key, str):
                assert _placeholders(text) == wanted, (file, key)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "de"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9", "en"),
        ("tr-TR,tr;q=0.9,en;q=0.5", "en"),
        ("tr", "de"),
        ("en;q=0.3, de;q=0.9", "de"),
        ("en;q=0", "de"),
        ("x" * 10_000, "de"),
        ("*", "de"),
    ],
)
def test_the_browser_gets_the_language_it_asks_for(header: str, code: str) -> None:
    assert LANGUAGES.choose(header).code == code


def test_plural_forms_follow_the_number() -> None:
    german = LANGUAGES.by_code["de"].translations
    one, many = "One field needs your attention.", "%(num)s fields need your attention."
    assert german.ngettext(one, many, 1) == "Ein Feld braucht noch Ihre Aufmerksamkeit."
    assert german.ngettext(one, many, 3).startswith("%(num)s Felder")


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s|\{(\w+)\}", text)) and {
        a or b for a, b in re.findall(r"%\((\w+)\)s|\{(\w+)\}", text)
    }

import pytest

from practicebox.practice.names import BadShortName, bare, findable, fold, short, short_key


@pytest.mark.parametrize("text", ["PWinkler", "  Praxis-Süd ", "M.Muster", "p2"])
def test_a_short_name_keeps_its_spelling_without_the_blanks(text: str) -> None:
    assert short(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "a", "-ab", "ab.", "zwei Worte", "x" * 33, "a_b", "a/b", "a\nb"]
)
def test_bad_short_names_are_refused(text: str) -> None:
    with pytest.raises(BadShortName):
        short(text)


def test_case_and_blanks_are_forgiven() -> None:
    assert short_key(" PWINKLER ") == short_key("PWinkler")
    assert short_key("STRASSE") == short_key("Straße")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Alice Krejčová", "krejcova"),
        ("Jesús Bañuelos", "BANUELOS"),
        ("Müller-Lüdenscheidt", "mueller"),
        ("Mueller", "müller"),
        ("Groß", "gross"),
        ("Łukasz", "lukasz"),
    ],
)
def test_search_folds_diacritics_and_umlauts(name: str, typed: str) -> None:
    assert fold(typed) in fold(name)


@pytest.mark.parametrize("name", ["Müller", "Mueller", "Muller", "MÜLLER", "Mu\u0308ller"])
@pytest.mark.parametrize("typed", ["Müller", "mueller", "Muller", "mül", "mue", "ller", "mull"])
def test_a_name_is_found_in_every_spelling(name: str, typed: str) -> None:
    assert bare(typed) in findable(name)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Müller", "eller"),
        ("Samuel", "el"),
        ("Weiß", "weiss"),
        ("Weiss", "Weiß"),
        ("GROẞ", "gross"),
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("Đorđe Đoković", "dorde dokovic"),
        ("Işıl Yıldız", "isil yildiz"),
        ("İbrahim", "ibrahim"),
        ("Søren", "soeren"),
        ("Søren", "soren"),
        ("Ægir", "aegir"),
        ("Jean-Noël", "noel"),
        ("Michaël", "michael"),
        ("O'Brien", "o brien"),
        ("O'Brien", "obrien"),
        ("O’Brien", "o'brien"),
        ("OBrien", "o'brien"),
        ("D'Angelo", "angelo"),
        ("Þóra", "thora"),
    ],
)
def test_any_part_of_a_name_is_found(name: str, typed: str) -> None:
    assert all(word in findable(name) for word in bare(typed).split())


def test_another_name_is_not_found() -> None:
    assert bare("Miller") not in findable("Müller")
    assert findable("Anna Bär") == "anna baer bar"
    assert findable("Anna Berg") == "anna berg"

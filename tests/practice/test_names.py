import pytest

from practicebox.practice.names import BadShortName, fold, short, short_key


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
        ("O'Brien", "o brien"),
    ],
)
def test_search_folds_diacritics_and_umlauts(name: str, typed: str) -> None:
    assert fold(typed) in fold(name)

import pytest

from practicebox.practice.passwords import (
    MASTER_SHORTEST,
    TooLong,
    TooShort,
    TooSimple,
    check,
)


@pytest.mark.parametrize(
    "password", ["8 Zeichen", "x1" * 4 + "ab", "ü" + "abc" * 42, "a b c d e f g h"]
)
def test_ordinary_and_very_long_passwords_are_welcome(password: str) -> None:
    check(password)


def test_each_weakness_has_its_own_condition() -> None:
    with pytest.raises(TooShort):
        check("kurz123")
    with pytest.raises(TooShort):
        check("elf zeichen", shortest=MASTER_SHORTEST)
    with pytest.raises(TooLong):
        check("x" * 129)
    with pytest.raises(TooSimple):
        check("aaaaaaaabb")
    with pytest.raises(TooSimple):
        check("12345678")
    with pytest.raises(TooSimple):
        check("PraxisWinkler", known=("praxiswinkler",))

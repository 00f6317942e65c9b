"""How many parts an SMS has, at every edge (3GPP TS 23.038)."""

import pytest

from practicebox.practice.sms import BASIC, EXTENDED, Parts, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Parts(1, 0, True)),
        ("Grüße, Ärzte & Co: ß § £ à", Parts(1, 26, True)),
        ("x" * 160, Parts(1, 160, True)),
        ("x" * 161, Parts(2, 161, True)),
        ("x" * 306, Parts(2, 306, True)),
        ("x" * 307, Parts(3, 307, True)),
        ("€" * 80, Parts(1, 160, True)),
        ("€" * 81, Parts(2, 162, True)),
        ("x" * 152 + "€" * 77, Parts(3, 306, True)),  # no escape is torn apart
        ("č" * 70, Parts(1, 70, False)),
        ("č" * 71, Parts(2, 71, False)),
        ("č" * 134, Parts(2, 134, False)),
        ("č" * 135, Parts(3, 135, False)),
        ("😊" * 35, Parts(1, 70, False)),
        ("č" * 66 + "😊" * 34, Parts(3, 134, False)),  # nor a surrogate pair
        ("„Termin“", Parts(1, 8, False)),
    ],
)
def test_parts(text: str, expected: Parts) -> None:
    assert parts(text) == expected


def test_the_alphabet_has_its_size() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape itself
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED

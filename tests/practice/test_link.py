import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.link import Link, NotALink, address, decode, join_token, new_link, read

LINK = Link(bytes(range(8)), bytes(range(16)))


def test_the_secret_stands_in_the_fragment_only() -> None:
    url = address("https://video.example/", LINK)
    assert url == "https://video.example/v#1.AAECAwQFBgc.AAECAwQFBgcICQoLDA0ODw"


def test_a_pasted_link_is_read_back() -> None:
    assert read("  " + address("https://video.example", LINK) + "\n") == LINK
    assert read(LINK.fragment()) == LINK


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://video.example/v",
        "https://video.example/v#2.AAECAwQFBgc.AAECAwQFBgcICQoLDA0ODw",
        "#1.AAECAwQFBgc.AAEC",
        "#1.AAECAwQFBgc=.AAECAwQFBgcICQoLDA0ODw",
        "#1.AAECAwQFBgc.AAECAwQFBgcICQoLDA0ODx",  # not the canonical spelling
        "#1.AAECAwQFBgd.AAECAwQFBgcICQoLDA0ODw",
        "#1." + "A" * 5000 + ".AA",
    ],
)
def test_anything_else_is_not_a_link(text: str) -> None:
    with pytest.raises(NotALink):
        read(text)


def test_the_join_token_is_known() -> None:
    """HKDF-SHA256 checked against `cryptography`'s implementation, which is not used here."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    salt = hashes.Hash(hashes.SHA256())
    salt.update(b"pb-sig-v1|AAECAwQFBgc")
    hkdf = HKDF(hashes.SHA256(), 32, salt.finalize(), b"pb/sig/v1/join")
    assert join_token(LINK) == hkdf.derive(LINK.secret)


def test_a_new_link_takes_its_bytes_from_the_randomness_passed_in() -> None:
    assert new_link(lambda n: bytes(range(n))) == LINK


@given(st.text(max_size=100))
def test_decoding_raises_nothing_but_not_a_link(text: str) -> None:
    for attempt in (decode, read):
        try:
            attempt(text)
        except NotALink:
            continue

"""STUN messages of others: the standards' samples and captured datagrams."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from practicebox.stun.message import HEADER, MAGIC_COOKIE

CAPTURED = Path(__file__).parents[1] / "data" / "stun"
CAPTURE_PASSWORD = "practicebox-capture-password"

TRANSACTION_ID = bytes.fromhex("b7e7a701bc34d686fa87dfae")  # of RFC 5769 sections 2.1 to 2.3
SHORT_TERM_PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"

# RFC 5769 section 2.1
SAMPLE_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
# RFC 5769 section 2.2
SAMPLE_RESPONSE_V4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
# RFC 5769 section 2.3
SAMPLE_RESPONSE_V6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)
# RFC 5769 section 2.4
SAMPLE_LONG_TERM = bytes.fromhex(
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012e3839ee38388e383aae38383e382afe382b90000"
    "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
    "0014000b6578616d706c652e6f726700"
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666"
)
# RFC 8489 appendix B.1 as corrected by erratum 6268
SAMPLE_SHA256 = bytes.fromhex(
    "000100902112a44278ad3433c6ad72c029da412e"
    "001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"
    "001500296f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39"
    "4653547679363473"
    "41000000"
    "0014000b6578616d706c652e6f726700"
    "001d000400020000"
    "001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65"
)
# The same as printed in the RFC: the length counts the header, the algorithm is missing.
SAMPLE_SHA256_AS_PRINTED = bytes.fromhex(
    SAMPLE_SHA256.hex()
    .replace("00010090", "0001009c")
    .replace("001d000400020000", "")
    .replace(
        "b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65",
        "e4686c8f0edeb59013e07090010a93efccbccc544c0a45d9f830aa6d6f735a01",
    )
)
LONG_TERM_USERNAME = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9"
LONG_TERM_PASSWORD = "TheMatrIX"
REALM = "example.org"


# Hosts and ports as sockets name them; v4-mapped ones are tested on their own.
ADDRESSES = st.tuples(
    st.one_of(
        st.ip_addresses(v=4).map(str),
        st.ip_addresses(v=6).map(str).filter(lambda host: not host.startswith("::ffff:")),
    ),
    st.integers(0, 0xFFFF),
)


def captured(name: str) -> bytes:
    """A captured datagram; see `tests/data/stun/README.md`."""
    return bytes.fromhex((CAPTURED / f"{name}.hex").read_text())


def request(body: bytes = b"", *, kind: int = 0x0001, cookie: int = MAGIC_COOKIE) -> bytes:
    """A datagram with a Binding request's header unless told otherwise, and any body."""
    return HEADER.pack(kind, len(body), cookie, TRANSACTION_ID) + body

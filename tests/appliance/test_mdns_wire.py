import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import ServiceInfo

from practicebox.appliance.mdns_wire import (
    SRV,
    A,
    BrokenPacket,
    Packet,
    Record,
    decode,
    encode_answer,
    encode_name,
    encode_probe,
    service_data,
)

HOST = encode_name("Praxis.local.")
INSTANCE = encode_name("praxis._https._tcp.local.")
RECORDS = (Record(HOST, A, b"\x0a\0\0\1"), Record(INSTANCE, SRV, service_data(8443, HOST)))


def test_a_name_is_written_in_lower_case_with_lengths_before_the_labels() -> None:
    assert HOST == b"\x06praxis\x05local\0"


def test_a_probe_reads_back_as_a_question_with_its_records() -> None:
    packet = decode(encode_probe((HOST, INSTANCE), RECORDS))
    assert packet == Packet(False, frozenset({HOST, INSTANCE}), RECORDS)


def test_an_answer_reads_back_as_a_response_that_asks_nothing() -> None:
    assert decode(encode_answer(RECORDS)) == Packet(True, frozenset(), RECORDS)


def test_a_probe_asks_for_any_type_and_for_answers_by_multicast() -> None:
    question = encode_probe((HOST,), ())[12 + len(HOST) :]
    assert question == struct.pack("!2H", 255, 1)  # without the top bit, the "QU" of section 5.4


def test_the_records_of_an_answer_displace_others_and_those_of_a_probe_do_not() -> None:
    record_class = slice(12 + len(HOST) + 2, 12 + len(HOST) + 4)
    assert encode_answer(RECORDS[:1])[record_class] == b"\x80\x01"  # RFC 6762 section 10.2
    assert encode_probe((), RECORDS[:1])[record_class] == b"\x00\x01"


def test_zeroconfs_compressed_announcement_is_understood() -> None:
    from zeroconf._protocol.outgoing import DNSOutgoing  # the library's own encoder as oracle

    info = ServiceInfo(
        "_https._tcp.local.",
        "Praxis._https._tcp.local.",
        8443,
        server="Praxis.local.",
        addresses=[b"\x0a\0\0\1"],
    )
    out = DNSOutgoing(0x8400)
    out.add_answer_at_time(info.dns_service(), 0)
    for address in info.dns_addresses():
        out.add_answer_at_time(address, 0)
    [datagram] = out.packets()
    assert datagram.count(b"local") == 1  # compressed
    assert set(decode(datagram).records) == set(RECORDS)


def header(questions: int = 0, answers: int = 0) -> bytes:
    return struct.pack("!6H", 0, 0x8400, questions, answers, 0, 0)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        header()[:-1],
        header(questions=1),
        header(questions=1) + b"\x05praxi",
        header(questions=1) + HOST + b"\0",
        header(questions=1) + b"\xc0\x0c\0\x01\0\x01",  # a pointer at itself
        header(questions=1) + b"\xc0\xff\0\x01\0\x01",  # a pointer past the end
        header(questions=1) + b"\x01a\xc0\x0c\0\x01\0\x01",  # a loop
        header(questions=1) + b"\x41" + b"a" * 65 + b"\0\0\x01\0\x01",  # a label of 65 bytes
        header(questions=1) + (b"\x3f" + b"a" * 63) * 5 + b"\0\0\x01\0\x01",
        header(answers=1) + HOST + struct.pack("!2HIH", A, 1, 120, 5) + b"\x0a\0\0\1",
        header(answers=65535),
    ],
)
def test_a_broken_packet_is_refused(datagram: bytes) -> None:
    with pytest.raises(BrokenPacket):
        decode(datagram)


def prefixed(head: bytes) -> Callable[[bytes], bytes]:
    return lambda body: head + body


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(prefixed(header(questions=2, answers=3))),
        st.binary(max_size=300).map(prefixed(encode_probe((HOST, INSTANCE), RECORDS)[:-4])),
    )
)
def test_no_datagram_raises_anything_but_broken_packet(datagram: bytes) -> None:
    try:
        decode(datagram)
    except BrokenPacket:
        pass


records = st.builds(
    Record,
    st.sampled_from([HOST, INSTANCE]),
    st.integers(0, 0xFFFF).filter(lambda kind: kind != SRV),
    st.binary(max_size=40),
    st.integers(0, 0xFFFFFFFF),
)


@given(st.lists(records, max_size=6))
def test_what_is_encoded_reads_back(given_records: list[Record]) -> None:
    assert decode(encode_answer(tuple(given_records))).records == tuple(given_records)

import dataclasses

import pytest

from practicebox.appliance.mdns_claim import Claim, numbered
from practicebox.appliance.mdns_wire import AAAA, SRV, A, Packet, Record, decode, service_data

HTTPS = "_https._tcp.local."
OURS = Claim("praxis", HTTPS, 8443, (b"\x0a\0\0\1",), frozenset({b"\x0a\0\0\1", b"\x0a\0\0\2"}))
HOST, INSTANCE = OURS.names


def answer(*records: Record) -> Packet:
    return Packet(True, frozenset(), records)


def probe_of(claim: Claim) -> Packet:
    return decode(claim.probe())


def test_somebody_elses_address_contradicts() -> None:
    assert OURS.is_contradicted_by(answer(Record(HOST, A, b"\x0a\0\0\x09")))
    assert OURS.is_contradicted_by(answer(Record(HOST, AAAA, bytes(16))))


def test_somebody_elses_service_of_our_name_contradicts() -> None:
    other_port = service_data(9443, HOST)
    assert OURS.is_contradicted_by(answer(Record(INSTANCE, SRV, other_port)))


def test_our_own_records_heard_again_do_not_contradict() -> None:
    assert not OURS.is_contradicted_by(decode(OURS.defence()))


def test_another_responder_on_this_machine_does_not_contradict() -> None:
    assert not OURS.is_contradicted_by(answer(Record(HOST, A, b"\x0a\0\0\2")))


def test_a_goodbye_does_not_contradict() -> None:
    assert not OURS.is_contradicted_by(answer(Record(HOST, A, b"\x0a\0\0\x09", ttl=0)))


def test_other_names_do_not_contradict() -> None:
    other = dataclasses.replace(OURS, label="labor", addresses=(b"\x0a\0\0\x09",))
    assert not OURS.is_contradicted_by(decode(other.defence()))


def test_a_question_does_not_contradict() -> None:
    other = dataclasses.replace(OURS, addresses=(b"\x0a\0\0\x09",))
    assert not OURS.is_contradicted_by(probe_of(other))


def test_of_two_boxes_that_probe_at_once_exactly_one_yields() -> None:
    other = dataclasses.replace(OURS, addresses=(b"\x0a\0\0\x09",), port=443)
    assert OURS.yields_to(probe_of(other))
    assert not other.yields_to(probe_of(OURS))


def test_a_box_does_not_yield_to_itself() -> None:
    assert not OURS.yields_to(probe_of(OURS))
    assert OURS.is_probed_by(probe_of(OURS))


def test_a_device_that_probes_for_the_host_only_is_compared_by_the_host_only() -> None:
    higher = Packet(False, frozenset({HOST}), (Record(HOST, A, b"\xc0\xa8\0\1"),))
    lower = Packet(False, frozenset({HOST}), (Record(HOST, A, b"\x01\0\0\1"),))
    assert OURS.yields_to(higher)
    assert not OURS.yields_to(lower)


def test_a_plain_question_is_no_probe() -> None:
    assert not OURS.is_probed_by(Packet(False, frozenset({HOST}), ()))


@pytest.mark.parametrize(
    ("label", "number", "expected"),
    [
        ("praxis", 1, "praxis"),
        ("praxis", 2, "praxis-2"),
        ("praxis", 12, "praxis-12"),
        ("p" * 63, 2, "p" * 61 + "-2"),
        ("p" * 60 + "-xx", 2, "p" * 60 + "-2"),
    ],
)
def test_the_next_label_is_numbered_and_never_too_long(
    label: str, number: int, expected: str
) -> None:
    assert numbered(label, number) == expected

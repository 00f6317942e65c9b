"""Whatever a client says is answered properly or not at all."""

from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.integrity import has_integrity
from practicebox.stun.message import decode
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay.meter import PACKET, Meter
from practicebox.stun.relay.nonce import Nonces
from practicebox.stun.relay.numbers import Method, TurnAttribute
from practicebox.stun.relay.path import FiveTuple, Transport
from tests.stun.relay.words import code
from tests.stun.relay.world import Somebody, World

KINDS = st.sampled_from([*Attribute, *TurnAttribute, 0x7777, 0x9999])
ATTRIBUTES = st.lists(st.tuples(KINDS, st.binary(max_size=24)), max_size=8)
PATHS = st.builds(
    FiveTuple,
    st.sampled_from(Transport),
    st.tuples(st.ip_addresses().map(str), st.integers(0, 65535)),
    st.just(("192.168.1.2", 3478)),
)


def allocated() -> Somebody:
    client = World().client()
    client.allocate()
    return client


@given(st.binary(max_size=200))
def test_bytes_are_answered_with_at_most_one_stun_message(message: bytes) -> None:
    for client in (allocated(), World().client()):
        answer = client.say(message)
        assert answer is None or decode(answer).transaction_id == message[8:20]


@given(st.sampled_from(Method), ATTRIBUTES)
def test_signed_requests_are_answered_to_the_point(
    method: Method, attributes: list[tuple[int, bytes]]
) -> None:
    for client in (allocated(), World().client()):
        client.challenged()
        raw = client.say(client.signed(method, tuple(attributes)))
        if raw is None:
            continue
        answer = decode(raw)
        assert (answer.transaction_id, answer.method) == (b"identifier..", method)
        assert (answer.message_class is MessageClass.SUCCESS_RESPONSE) == (code(answer) == 0)
        assert code(answer) in (0, 400, 401, 403, 420, 437, 438, 440, 442, 443, 486, 508)
        assert code(answer) in (400, 401, 438) or has_integrity(raw, client.key)


@given(PATHS, PATHS, st.integers(0, 5000))
def test_a_nonce_is_good_at_one_place_for_a_time(
    path: FiveTuple, other: FiveTuple, age: int
) -> None:
    now = [10_000.0]
    nonces = Nonces(b"key", lambda: now[0], 3600)
    nonce = nonces.fresh(path)
    now[0] += age
    assert nonces.is_fresh(nonce, path) == (age <= 3600)
    assert path == other or not nonces.is_fresh(nonce, other)
    assert not Nonces(b"another", lambda: now[0], 3600).is_fresh(nonce, path)


@given(st.lists(st.tuples(st.integers(0, 1500), st.floats(0, 0.1)), max_size=300))
def test_a_meter_lets_through_its_rate_and_one_burst(packets: list[tuple[int, float]]) -> None:
    meter, now, passed = Meter(800_000, 0.5), 100.0, 0
    for size, pause in packets:
        now += pause
        passed += (size + PACKET) * meter.take(size, now)
    assert passed <= 100_000 * (now - 100.0 + 0.5) + 1540 + 1

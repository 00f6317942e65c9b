"""Who may ask (RFC 8489 section 9.2)."""

import pytest

from practicebox.stun.integrity import with_integrity
from practicebox.stun.message import decode
from practicebox.stun.registry import Attribute
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method
from practicebox.stun.relay.path import Transport
from tests.stun.relay.words import REALM, UDP_WISH, code, message
from tests.stun.relay.world import World


def test_who_gives_no_credentials_is_challenged_briefly() -> None:
    world = World()
    client = world.client()
    request = message(Method.ALLOCATE, (UDP_WISH,))
    raw = client.say(request)
    assert raw is not None
    answer = decode(raw)
    assert code(answer) == 401
    assert answer.value(Attribute.REALM) == REALM.encode()
    assert len(answer.value(Attribute.NONCE) or b"") == 16
    assert len(raw) <= 3 * len(request)


@pytest.mark.parametrize("left_out", [Attribute.USERNAME, Attribute.REALM, Attribute.NONCE])
def test_half_of_the_credentials_are_a_bad_request(left_out: Attribute) -> None:
    client = World().client()
    client.challenged()
    credentials = (
        (Attribute.USERNAME, client.username.encode()),
        (Attribute.REALM, REALM.encode()),
        (Attribute.NONCE, client.nonce),
    )
    kept = tuple(pair for pair in credentials if pair[0] is not left_out)
    answer = client.say(with_integrity(message(Method.ALLOCATE, (UDP_WISH, *kept)), client.key))
    assert answer is not None
    assert code(decode(answer)) == 400


def test_a_wrong_password_an_unknown_and_an_expired_user_read_the_same() -> None:
    world = World()
    wrong, unknown, expired = world.client(), world.client("nobody"), world.client("room/late")
    wrong.password = "guessed"
    world.authority.expired.add("room/late")
    answers = [one.ask(Method.ALLOCATE, UDP_WISH) for one in (wrong, unknown, expired)]
    assert [code(answer) for answer in answers] == [401] * 3
    shapes = {tuple((kind, len(value)) for kind, value in one.attributes) for one in answers}
    assert len(shapes) == 1


def test_another_realm_is_not_ours() -> None:
    client = World().client()
    client.challenged()
    request = client.signed(Method.ALLOCATE, (UDP_WISH, (Attribute.REALM, b"elsewhere")))
    answer = client.say(request)
    assert answer is not None
    assert code(decode(answer)) == 401


def test_credentials_that_expire_end_with_the_next_refresh() -> None:
    world = World()
    client = world.client()
    client.allocate()
    world.authority.expired.add(client.username)
    assert code(client.ask(Method.REFRESH)) == 401


def test_a_nonce_ends() -> None:
    world = World(limits=Limits(nonce=100))
    client = world.client()
    client.challenged()
    world.pass_time(101)
    answer = client.ask(Method.ALLOCATE, UDP_WISH)
    assert code(answer) == 438
    client.nonce = answer.value(Attribute.NONCE) or b""
    assert code(client.ask(Method.ALLOCATE, UDP_WISH)) == 0


def test_a_stale_nonce_tells_nothing_to_who_has_no_password() -> None:
    world = World(limits=Limits(nonce=100))
    client = world.client()
    client.challenged()
    client.password = "guessed"
    world.pass_time(101)
    assert code(client.ask(Method.ALLOCATE, UDP_WISH)) == 401


def test_a_request_that_was_listened_to_is_worth_nothing_elsewhere() -> None:
    world = World()
    victim, thief = world.client(), world.client()
    victim.challenged()
    request = victim.signed(Method.ALLOCATE, (UDP_WISH,))
    answer = thief.say(request)
    assert answer is not None
    assert code(decode(answer)) == 438
    over_tcp = world.client("room/patient", victim.path.client, Transport.TCP)
    answer = over_tcp.say(request)
    assert answer is not None
    assert code(decode(answer)) == 438


@pytest.mark.parametrize("nonce", [b"", b"x", b"!" * 16, b"A" * 16, b"\xff" * 16, b"A" * 64])
def test_a_made_up_nonce_is_stale(nonce: bytes) -> None:
    client = World().client()
    client.challenged()
    client.nonce = nonce or b"\0"
    assert code(client.ask(Method.ALLOCATE, UDP_WISH)) == 438


def test_a_user_name_that_is_no_text_meets_silence() -> None:
    client = World().client()
    client.challenged()
    request = client.signed(Method.ALLOCATE, (UDP_WISH, (Attribute.USERNAME, b"\xff\xfe")))
    assert client.say(request) is None


@pytest.mark.parametrize("method", [0x000, 0x002, 0x005, 0x00A, 0x123, 0xFFF])
def test_other_methods_meet_silence(method: int) -> None:
    client = World().client()
    client.allocate()
    assert client.say(client.signed(method, ())) is None


def test_the_grant_shows_no_password() -> None:
    grant = World().authority.grant("room/patient")
    assert grant is not None
    assert "password" not in repr(grant)

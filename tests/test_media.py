"""What browsers are told of STUN and relay, and whom the relay may reach."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from practicebox.config import Config
from practicebox.media import IceServers, RoomAuthority, split_host
from practicebox.rtc.messages import Role
from practicebox.rtc.room import Seat
from practicebox.rtc.rooms import Rooms
from practicebox.rtc.tickets import Tickets

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=1)
TICKETS = Tickets(b"k" * 32, lambda: NOW)
PLAIN = Config(stun_port=3478)
SECURE = Config(stun_port=3478, tls_mode="local")
EXTERNAL = Config(
    relay="external",
    external_relay="turn:relay.example.org:3478",
    external_secret_file=Path("secret"),
)


def servers(
    config: Config, host: str = "video.example.org", through_door: bool = True
) -> list[dict[str, object]]:
    ice = IceServers(config, TICKETS, lambda: 3478, b"shared secret")
    return ice.for_page(host, "appointment", "device", UNTIL, through_door)


def test_our_own_relay_comes_by_udp_tcp_and_through_the_door() -> None:
    stun, relay = servers(SECURE)
    assert stun == {"urls": "stun:video.example.org:3478"}
    assert relay["urls"] == [
        "turn:video.example.org:3478",
        "turn:video.example.org:3478?transport=tcp",
        "turns:video.example.org:443?transport=tcp",
    ]
    ticket = TICKETS.issue("appointment", "device", UNTIL)
    assert (relay["username"], relay["credential"]) == (ticket.username, ticket.password)


def test_the_door_has_the_port_by_which_the_browser_came() -> None:
    urls = servers(SECURE, "praxis.local:8444")[1]["urls"]
    assert isinstance(urls, list)
    assert urls[2] == "turns:praxis.local:8444?transport=tcp"
    urls = servers(SECURE, "[fd00::1]:8444")[1]["urls"]
    assert isinstance(urls, list)
    assert urls[0] == "turn:[fd00::1]:3478"


def test_only_the_patients_door_with_https_is_a_way_to_the_relay() -> None:
    for urls in (servers(PLAIN)[1]["urls"], servers(SECURE, through_door=False)[1]["urls"]):
        assert isinstance(urls, list)
        assert len(urls) == 2


def test_never_means_stun_only() -> None:
    assert servers(Config(relay="never")) == [{"urls": "stun:video.example.org:3478"}]


def test_an_external_relay_gets_credentials_of_its_own_scheme() -> None:
    _, relay = servers(EXTERNAL)
    username, credential = relay["username"], relay["credential"]
    assert isinstance(username, str)
    assert isinstance(credential, str)
    expected = hmac.new(b"shared secret", username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(credential) == expected
    assert username.startswith(f"{int(UNTIL.timestamp())}:")
    assert "device" not in username


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("video.example.org", ("video.example.org", 443)),
        ("video.example.org.", ("video.example.org", 443)),
        ("praxis.local:8444", ("praxis.local", 8444)),
        ("192.168.1.5:8444", ("192.168.1.5", 8444)),
        ("[::1]", ("[::1]", 443)),
        ("[::1]:8444", ("[::1]", 8444)),
        ("praxis.local:port", ("praxis.local", 443)),
    ],
)
def test_a_host_header_has_a_name_and_a_port(host: str, expected: tuple[str, int]) -> None:
    assert split_host(host, 443) == expected


def nothing(_: object) -> None:
    return None


@pytest.fixture
def rooms() -> Rooms:
    return Rooms(lambda: NOW)


def enter(rooms: Rooms, appointment: str, role: Role, host: str) -> None:
    rooms.join(appointment, UNTIL, Seat(role, "device", "0" * 16, nothing, nothing, host=host))


def test_a_ticket_of_ours_is_granted_and_no_other(rooms: Rooms) -> None:
    authority = RoomAuthority(TICKETS, rooms)
    ticket = TICKETS.issue("appointment", "device", UNTIL)
    grant = authority.grant(ticket.username)
    assert grant is not None
    assert (grant.password, grant.room) == (ticket.password, ticket.room)
    assert authority.grant("somebody") is None


def test_the_relay_may_reach_the_clinician_of_the_same_room_only(rooms: Rooms) -> None:
    authority = RoomAuthority(TICKETS, rooms)
    here, other = TICKETS.room_tag("here"), TICKETS.room_tag("other")
    enter(rooms, "here", Role.CLINICIAN, "192.168.1.20")
    enter(rooms, "here", Role.PATIENT, "192.168.1.30")
    enter(rooms, "other", Role.PATIENT, "192.168.1.31")
    assert authority.may_reach(here, "192.168.1.20")
    assert authority.may_reach(here, "::ffff:192.168.1.20")
    assert not authority.may_reach(other, "192.168.1.20")
    assert not authority.may_reach(here, "192.168.1.30"), "a patient is no way into the LAN"
    assert not authority.may_reach("nowhere", "192.168.1.20")

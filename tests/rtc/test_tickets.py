"""Tickets for the relay: what they say, what they hide, when they hold."""

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.rtc.tickets import Tickets

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=1)


def tickets(now: datetime = NOW, key: bytes = b"k" * 32) -> Tickets:
    return Tickets(key, lambda: now)


def test_a_ticket_is_found_again_by_its_user_name() -> None:
    ticket = tickets().issue("appointment", "device", UNTIL)
    assert tickets().find(ticket.username) == ticket
    assert ticket.room == tickets().room_tag("appointment")
    assert ticket.username.startswith(f"{int(UNTIL.timestamp())}:")


def test_it_holds_until_its_time_is_over_and_not_longer() -> None:
    username = tickets().issue("appointment", "device", UNTIL).username
    assert tickets(UNTIL - timedelta(seconds=1)).find(username)
    assert tickets(UNTIL).find(username) is None


def test_participants_of_one_room_share_its_tag_only() -> None:
    one, two = (tickets().issue("appointment", device, UNTIL) for device in ("a", "b"))
    other = tickets().issue("another", "a", UNTIL)
    assert one.room == two.room != other.room
    assert len({one.participant, two.participant, other.participant}) == 3
    assert len({one.password, two.password, other.password}) == 3


def test_nothing_of_room_and_participant_can_be_read() -> None:
    ticket = tickets().issue("appointment", "device", UNTIL)
    assert "appointment" not in ticket.username
    assert "device" not in ticket.username
    assert ticket.password not in repr(ticket)


def test_a_changed_user_name_has_another_password() -> None:
    ticket = tickets().issue("appointment", "device", UNTIL)
    longer = ticket.username.replace(ticket.username.partition(":")[0], "99999999999")
    forged = tickets().find(longer)
    assert forged is not None
    assert forged.password != ticket.password
    foreign = tickets(key=b"x" * 32).find(ticket.username)
    assert foreign is not None
    assert foreign.password != ticket.password


@pytest.mark.parametrize(
    "username",
    ["", ":", "::", "a:b:c", "-1:b:c", "٣:b:c", "99999999999:b", "99999999999:b:c:d", "9" * 65],
)
def test_what_is_no_ticket_is_not_found(username: str) -> None:
    assert tickets().find(username) is None

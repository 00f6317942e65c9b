"""The way of the media: what browsers are told of STUN and relay, and whom the relay may reach.

Part of the composition root, because it joins tickets and rooms (`rtc`) with the relay (`stun`).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from practicebox.config import Config
from practicebox.rtc.rooms import Rooms
from practicebox.rtc.tickets import Tickets
from practicebox.stun.attributes import pack_host
from practicebox.stun.relay.authority import Grant

IceServer = dict[str, object]  # W3C WebRTC `RTCIceServer`


@dataclass(frozen=True)
class RoomAuthority:
    """What the relay asks before it lets somebody in (`stun.relay.authority.Authority`)."""

    tickets: Tickets
    rooms: Rooms

    def grant(self, username: str) -> Grant | None:
        ticket = self.tickets.find(username)
        return Grant(ticket.password, ticket.room, ticket.participant) if ticket else None

    def may_reach(self, room: str, host: str) -> bool:
        """Whether a clinician is connected from `host` to the staff door for this very room."""
        wanted = pack_host(host)
        return any(
            wanted == pack_host(each)
            for appointment_id in self.rooms.open()
            if self.tickets.room_tag(appointment_id) == room
            for each in self.rooms.clinician_hosts(appointment_id)
        )


@dataclass(frozen=True)
class IceServers:
    """The ICE servers for one page, under the name by which it has reached the box."""

    config: Config
    tickets: Tickets
    stun_port: Callable[[], int]
    secret: bytes | None = None  # shared with an external relay

    def for_page(
        self, host: str, room: str, participant: str, until: datetime, through_door: bool
    ) -> list[IceServer]:
        """STUN, and what the mode of the relay adds.

        `host` is a `Host` header; `through_door`: whether the door that it names speaks TURN.
        """
        name, port = split_host(host, 443 if self.config.secure else 80)
        stun: IceServer = {"urls": f"stun:{name}:{self.stun_port()}"}
        if self.config.relay == "never":
            return [stun]
        if self.config.relay == "external":
            return [stun, self._external(participant, until)]
        ticket = self.tickets.issue(room, participant, until)
        turn = f"turn:{name}:{self.stun_port()}"
        urls = [turn, f"{turn}?transport=tcp"]
        if self.config.secure and through_door:  # for networks that let out nothing but HTTPS
            urls.append(f"turns:{name}:{port}?transport=tcp")
        return [stun, {"urls": urls, "username": ticket.username, "credential": ticket.password}]

    def _external(self, participant: str, until: datetime) -> IceServer:
        """Credentials by the shared-secret scheme of coturn (draft-uberti-behave-turn-rest-00)."""
        person = self.tickets.room_tag(participant)  # nothing of ours is told to others
        username = f"{int(until.timestamp())}:{person}"
        credential = hmac.digest(self.secret or b"", username.encode(), "sha1")
        plain = self.config.external_relay
        urls = [plain] if plain.startswith("turns:") else [plain, f"{plain}?transport=tcp"]
        password = base64.b64encode(credential).decode()
        return {"urls": urls, "username": username, "credential": password}


def split_host(host: str, default: int) -> tuple[str, int]:
    """Name (IPv6 in brackets) and port of a `Host` header."""
    parts = urlsplit(f"//{host}")
    name = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port or default
    except ValueError:  # no number; browsers never send that
        port = default
    return (f"[{name}]" if ":" in name else name), port

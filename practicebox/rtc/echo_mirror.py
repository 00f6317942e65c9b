"""A peer that sends back what it receives. The only module of the echo that knows aiortc.

Imported in the echo's own process only: `av` brings 37 MB and the codecs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError
from aiortc.sdp import candidate_from_sdp

from practicebox.rtc.echo_messages import EchoProtocolError

PREFIX = "candidate:"  # RFC 8839 section 5.1
GONE = {"closed", "failed"}


class Mirror:
    """One connection to one browser."""

    def __init__(self, ice: Iterable[object]) -> None:
        self.gone = asyncio.Event()
        # Without a list aiortc would ask a server of Google's.
        servers = [server for entry in ice for server in _servers(entry)]
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._connection.on("track", self._send_back)
        self._connection.on("connectionstatechange", self._on_state)

    async def answer(self, sdp: str) -> str:
        """The answer to an offer, with all candidates; raise `EchoProtocolError`."""
        connection = self._connection
        try:
            await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await connection.setLocalDescription(await connection.createAnswer())
        except (ValueError, AssertionError, LookupError, AttributeError, TypeError) as error:
            raise EchoProtocolError from error  # what aiortc raises for an SDP it can't read
        except (InvalidAccessError, InvalidStateError) as error:
            raise EchoProtocolError from error
        return connection.localDescription.sdp

    async def add(self, text: str, mid: object, index: object) -> None:
        """One more candidate of the browser; those that aiortc can't use are passed over."""
        if not text.startswith(PREFIX):
            return
        try:
            candidate = candidate_from_sdp(text.removeprefix(PREFIX))
            candidate.sdpMid = mid if isinstance(mid, str) else None
            candidate.sdpMLineIndex = index if isinstance(index, int) else None
            await self._connection.addIceCandidate(candidate)
        except (ValueError, AssertionError, LookupError, InvalidStateError):
            return

    def _send_back(self, track: MediaStreamTrack) -> None:
        self._connection.addTrack(track)

    def _on_state(self) -> None:
        if self._connection.connectionState in GONE:
            self.gone.set()


def _servers(entry: object) -> list[RTCIceServer]:
    """A W3C `RTCIceServer` dictionary as aiortc's."""
    match entry:
        case {"urls": str(url), "username": str(name), "credential": str(password)}:
            return [RTCIceServer(url, name, password)]
        case {"urls": str(url)}:
            return [RTCIceServer(url)]
    return []

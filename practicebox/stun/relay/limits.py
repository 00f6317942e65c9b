"""How much anybody may have of the relay. A flood of wishes ends in error codes, not in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The caps; the defaults are for a practice with a handful of rooms."""

    # Two sockets each, for a limit of 1,024 descriptors; eight calls at once with both sides
    # relayed on two transports need 32.
    allocations: int = 64
    # Per participant and transport. A browser allocates once per network interface, and has old and
    # new allocations side by side while ICE restarts. One more replaces the one that has been
    # silent longest: a phone that changed its network never waits for its own ghost.
    per_participant: int = 3
    # Allocations a participant may ask for: a burst, and then one every 2 s (486). A reload asks
    # for up to 3 per transport, and replacing costs others nothing but our time.
    churn_burst: int = 30
    churn_rate: float = 0.5  # a second
    permissions: int = 32  # per allocation: hosts; a browser offers about 10 candidates
    channels: int = 16  # per allocation: peers, host and port
    bit_rate: int = 6_000_000  # bits a second each way; an HD call has 2,500,000
    burst: float = 0.5  # seconds of that rate at once; a key frame is a tenth of it
    lifetime: int = 600  # seconds of an allocation that asks for nothing (RFC 8656 section 3.2)
    longest_lifetime: int = 3600  # seconds
    permission: int = 300  # seconds (section 9), also of a host that has left the practice
    absence: int = 60  # seconds; who has left is still permitted anew, for reloads and lost sockets
    binding: int = 600  # seconds of a channel (section 12)
    nonce: int = 3600  # seconds (RFC 8489 section 9.2 wants them to end)
    # Bytes waiting for a slow TCP reader; more are dropped as a full queue would drop datagrams.
    # 128 KiB are 0.4 s of an HD call: older pictures are of no use.
    unsent: int = 128 * 1024

"""What the status page says of the certificate: the one concern that matters most.

Knows when a date is near. The sentences are in `templates/trust_status.html`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from practicebox.appliance.tls import Status

SOON = timedelta(days=14)  # for a certificate that an installer or a program of theirs looks after
TRUST_ENDS = timedelta(days=365)  # time to find an afternoon on which every device can be visited


class Concern(StrEnum):
    """From the worst to none."""

    EXPIRED = "expired"
    REFUSED = "refused"  # a newer one can't be used
    SOON = "soon"  # it ends, and nobody has renewed it
    TRUST = "trust"  # the authority ends: every device has to trust a new one
    LEFT_OUT = "left-out"  # a name of the box that the authority doesn't cover
    NONE = "none"

    @property
    def is_fault(self) -> bool:
        """Whether browsers warn already."""
        return self is Concern.EXPIRED


def concern(status: Status, now: datetime) -> Concern:
    """The worst thing about the certificate that is served now."""
    if not status.starts <= now < status.ends:
        return Concern.EXPIRED
    if status.refused:
        return Concern.REFUSED
    if status.anchor and status.anchor.ends - now < TRUST_ENDS:
        return Concern.TRUST
    if status.ends - now < SOON:
        return Concern.SOON
    return Concern.LEFT_OUT if status.left_out else Concern.NONE

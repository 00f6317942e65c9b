"""How sessions end, and who wants to know at once.

Told in the loop, after the commit. The reason is kept for a while in memory, so that the next page
of that browser can say it in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

KEPT = 256  # reasons; the oldest are forgotten


class Ending(Enum):
    """Why a session is over."""

    LOGGED_OUT = "logged_out"
    TAKEN_OVER = "taken_over"  # the same user logged in on another workstation
    ENDED = "ended_by_hand"  # in the list of sessions
    DEPARTED = "departed"  # the user was off-boarded
    ROLE = "new_role"  # the Hauptnutzer gave the user another one
    DEVICE = "device_gone"  # the workstation was locked or revoked
    RECOVERED = "recovered_elsewhere"  # somebody used the master password


Listener = Callable[[frozenset[str], Ending], None]


class Endings:
    """The place where ends of sessions are told."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._reasons: dict[str, Ending] = {}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have `listener(session ids, reason)` called for every end; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, session_ids: Iterable[str], ending: Ending) -> None:
        """Say that these sessions are over."""
        ids = frozenset(session_ids)
        if not ids:
            return
        self._reasons.update(dict.fromkeys(ids, ending))
        while len(self._reasons) > KEPT:
            del self._reasons[next(iter(self._reasons))]
        for listener in tuple(self._listeners):
            listener(ids, ending)

    def reason(self, session_id: str) -> Ending | None:
        """Why a session is over, if that isn't long ago."""
        return self._reasons.get(session_id)

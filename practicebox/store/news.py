"""News that something about appointments, patients or messages has changed.

Told in the loop after the commit, without saying what: whoever listens looks again.
"""

from __future__ import annotations

from collections.abc import Callable


class News:
    """The place where changes are told."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change from now on."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Something has changed."""
        for listener in self._listeners:
            listener()

"""The draft of a set-up: what was typed in the wizard, until the practice exists.

It lives in memory only, because it holds passwords in clear. Knows nothing of HTTP, forms or the
store: steps are kept as typed, the founding is a task that somebody else starts. Task and
device secret stay with the draft, because nobody else has them: a browser that clicked twice, or
lost the connection in the very moment, can still collect them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=2)  # since the last use; long enough to go and look for a BSNR
MOST = 8  # drafts at once; one practice needs one, a bored neighbour shall not fill the memory
ASKED_BACK = 2  # words of the proposed master password that are typed back

RandomBelow = Callable[[int], int]


class NoDraft(LookupError):
    """There is no draft under this token: never begun, forgotten, or too old."""


@dataclass
class Draft:
    """One set-up in progress."""

    words: tuple[str, ...]  # the master password that is proposed now
    asked: tuple[int, ...]  # which of them are typed back, from 0, ascending
    expires: datetime
    organisation: dict[str, str] = field(default_factory=dict)  # step 1 as typed
    access: dict[str, str] = field(default_factory=dict)  # step 2 as typed
    founding: asyncio.Task[str] | None = None  # its result is the token of the first session
    device_secret: bytes | None = None  # once the practice exists

    def wipe(self) -> None:
        """Forget everything that was typed; the device secret stays."""
        self.organisation, self.access, self.words = {}, {}, ()


@dataclass
class Drafts:
    """All set-ups in progress, by the token in the cookie of their browser."""

    now: Callable[[], datetime]
    new_token: Callable[[], str]
    random_below: RandomBelow
    propose: Callable[[RandomBelow], tuple[str, ...]]
    _drafts: dict[str, Draft] = field(default_factory=dict)  # the one used longest ago first

    def begin(self) -> tuple[str, Draft]:
        """A new draft and its token; the one used longest ago makes room."""
        self._forget_old()
        if len(self._drafts) >= MOST:
            del self._drafts[next(iter(self._drafts))]
        token = self.new_token()
        draft = Draft((), (), self.now() + LIFETIME)
        self.propose_again(draft)
        self._drafts[token] = draft
        return token, draft

    def get(self, token: str) -> Draft:
        """The draft of a browser; raise `NoDraft`."""
        self._forget_old()
        draft = self._drafts.pop(token, None)
        if draft is None:
            raise NoDraft
        draft.expires = self.now() + LIFETIME
        self._drafts[token] = draft
        return draft

    def propose_again(self, draft: Draft) -> None:
        """Other words, and other positions to type back."""
        draft.words = self.propose(self.random_below)
        draft.asked = self._positions(len(draft.words))

    def _positions(self, count: int) -> tuple[int, ...]:
        left = list(range(count))
        return tuple(sorted(left.pop(self.random_below(len(left))) for _ in range(ASKED_BACK)))

    def _forget_old(self) -> None:
        now = self.now()
        for token in [t for t, draft in self._drafts.items() if draft.expires <= now]:
            del self._drafts[token]


def is_kept(typed: Mapping[str, str], secret: str) -> bool:
    """Whether the password `secret` was typed twice alike, and needn't be typed again."""
    return bool(typed.get(secret)) and typed.get(secret) == typed.get(f"{secret}_again")


def typed_again(old: Mapping[str, str], new: Mapping[str, str], secret: str) -> dict[str, str]:
    """`new`, with the password `secret` and its repetition from `old` where both were left empty.

    Going back and forth in the wizard shows password fields empty: empty means "as before".
    """
    pair = (secret, f"{secret}_again")
    if any(new.get(name) for name in pair) or not is_kept(old, secret):
        return dict(new)
    return {**new, **{name: old[name] for name in pair}}

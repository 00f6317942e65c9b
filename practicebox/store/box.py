"""What every part of the store works with, and the small things they all need."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from practicebox.store.news import News
from practicebox.store.people.endings import Endings
from practicebox.store.sql.database import Database
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.kdf import Costs
from practicebox.store.vault.vault import Vault

Random = Callable[[int], bytes]
ID_BYTES = 12  # 96 bits, 16 characters
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Box:
    """The box: its database, its key, the practice's vault, clock and randomness."""

    database: Database
    key: BoxKey
    vault: Vault
    argon: Argon
    costs: Costs
    now: Callable[[], datetime]
    random: Random
    endings: Endings = field(default_factory=Endings)
    news: News = field(default_factory=News)


def new_id(random: Random) -> str:
    """A random id of 16 URL-safe characters that tells nothing."""
    return base64.urlsafe_b64encode(random(ID_BYTES)).decode()


def new_token(random: Random) -> str:
    """A secret for a cookie, 43 URL-safe characters."""
    return base64.urlsafe_b64encode(random(TOKEN_BYTES)).decode().rstrip("=")

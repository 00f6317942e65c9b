"""Taking old entries out of the audit log without leaving a gap.

With keys the rows go, and the head takes over the link of the last of them: the log then begins
there, signed. Without keys only the key of a day can go; the rows stay, link and all, and nobody
can read them any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit.audit import Action, Entry
from practicebox.store.times import day_text
from practicebox.store.vault.keyring import Keyring

Random = Callable[[int], bytes]

_OLD_KEYS = "FROM subjects WHERE id >= 'audit.' AND id < 'audit.' || ?"


def prune(connection: sqlite3.Connection, keyring: Keyring, random: Random, now: datetime) -> int:
    """Delete what is older than the log is kept; how many rows that were."""
    head = audit_chain.read_head(connection, keyring)
    cutoff = day_text(now - timedelta(days=head.keep))
    # Only rows from the front: a wrong clock may have put an old day between younger ones.
    (first,) = connection.execute(
        "SELECT min(number) FROM audit WHERE day >= ?", (cutoff,)
    ).fetchone()
    first = head.last + 1 if first is None else first
    row = connection.execute("SELECT link FROM audit WHERE number = ?", (first - 1,)).fetchone()
    if row is None:
        return 0
    gone = connection.execute("DELETE FROM audit WHERE number < ?", (first,)).rowcount
    connection.execute(f"DELETE {_OLD_KEYS}", (cutoff,))
    audit_head.write(connection, keyring, random, replace(head, first=first, anchor=bytes(row[0])))
    pruned = Entry(audit.BOX, "", Action.LOG_PRUNED, detail=str(first))
    audit.note(connection, keyring, random, now, pruned)
    return gone


def forget_consultations(connection: sqlite3.Connection, cutoff: str) -> int:
    """Throw away the keys of what the log tells of consultations before a day (`2026-03-29`);
    works while the vault is locked. How many days that were."""
    gone = connection.execute(f"DELETE {_OLD_KEYS} AND id LIKE '%.consultation.%'", (cutoff,))
    return gone.rowcount

"""How far the audit log had got, kept in two places outside the database.

The mark is a sealed file beside the database: who puts back an older database alone is found out.
The witnesses are the approved workstations: at each login the browser gets the number and link of
the last entry in a cookie, and hands it in at the next. Who puts back the whole disk, mark
included, can't reach into the browsers of the practice. A printed or exported head does the same
by hand.

After an honest restore from a backup the log is shorter, too. The box is restored with the keys, so
it can say so: the era counts restores, and a witness of an earlier era is asked only about what
was there before.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from practicebox.store.audit.head import Flaw, Head, Kind
from practicebox.store.conditions import SealBroken
from practicebox.store.vault.boxkey import sync_folder
from practicebox.store.vault.keyring import Keyring, open_page, seal_page

log = logging.getLogger(__name__)

Random = Callable[[int], bytes]

NAME = "audit.mark"
_LINK_BYTES = 16  # of a link, enough to compare
_LONGEST = 4096  # bytes of a mark


@dataclass(frozen=True)
class Mark:
    """How far the log had got."""

    era: int
    number: int
    link: bytes  # 16 bytes

    @property
    def text(self) -> str:
        """`0.57.<22 characters>`, for a cookie or on paper."""
        return f"{self.era}.{self.number}.{base64.urlsafe_b64encode(self.link).decode()[:22]}"


class NotAMark(ValueError):
    """The text isn't one that `Mark.text` wrote."""


def of(head: Head) -> Mark:
    """The mark of a log that ends here."""
    return Mark(head.era, head.last, head.link[:_LINK_BYTES])


def read_text(text: str) -> Mark:
    """What `Mark.text` wrote; raise `NotAMark`."""
    parts = text.strip().split(".")
    try:
        era, number, link = int(parts[0]), int(parts[1]), parts[2]
        decoded = base64.b64decode(link + "==", altchars=b"-_", validate=True)
    except (IndexError, ValueError, binascii.Error):
        raise NotAMark from None
    if len(parts) != 3 or len(decoded) != _LINK_BYTES or not 0 <= number < 2**62 or era < 0:
        raise NotAMark
    mark = Mark(era, number, decoded)
    if mark.text != text.strip():
        raise NotAMark  # one mark has one spelling
    return mark


def check(connection: sqlite3.Connection, head: Head, mark: Mark) -> Flaw | None:
    """What is wrong if the log had once got as far as `mark`."""
    if mark.era < head.era and mark.number >= head.restored:
        return None  # the restore threw that part away, and said so
    flaw = Flaw(Kind.ROLLED_BACK, min(mark.number, head.last + 1), mark.number)
    if mark.era > head.era or mark.number > head.last:
        return flaw
    link = _link_of(connection, head, mark.number)
    if link is None or hmac.compare_digest(link[:_LINK_BYTES], mark.link):
        return None
    return flaw


def path(connection: sqlite3.Connection) -> Path | None:
    """Where the mark lies; None for a database in memory."""
    (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
    return Path(file).with_name(NAME) if file else None


def look(connection: sqlite3.Connection, keyring: Keyring, head: Head) -> Flaw | None:
    """What the mark beside the database says against the log."""
    file = path(connection)
    mark = _read(file, keyring) if file else None
    if mark is None:
        return Flaw(Kind.MARK_MISSING, head.last, head.last) if head.marked else None
    return check(connection, head, mark)


def write(connection: sqlite3.Connection, keyring: Keyring, random: Random, head: Head) -> None:
    """Put the mark where the log ends now, on the disk completely or not at all.

    Not in a transaction, and always behind one: a mark may lag, but never run ahead. A disk that
    takes nothing leaves it behind until the next time.
    """
    file = path(connection)
    if file is None or _read(file, keyring) == of(head):
        return
    number = keyring.current.number
    content = json.dumps([number, of(head).text]).encode()
    sealed = seal_page(keyring, "audit_mark", "1", content, random)
    try:
        _replace(file, number.to_bytes(4) + sealed)
    except OSError:
        log.warning("mark_not_written")


def _replace(file: Path, content: bytes) -> None:
    draft = file.with_name(f"{NAME}.new")
    draft.unlink(missing_ok=True)  # left behind by a power cut
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.rename(file)
    sync_folder(file.parent)


def _read(file: Path, keyring: Keyring) -> Mark | None:
    """The mark; None where there is none that is ours."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        content = os.read(handle, _LONGEST)
    finally:
        os.close(handle)
    try:
        generation = int.from_bytes(content[:4])
        plain = open_page(keyring, "audit_mark", "1", generation, content[4:])
        return read_text(json.loads(plain)[1])
    except (SealBroken, NotAMark):
        return None


def _link_of(connection: sqlite3.Connection, head: Head, number: int) -> bytes | None:
    """The link of a row; None for one that has been pruned, which nobody can ask about."""
    if number == head.first - 1:
        return head.anchor
    if number < head.first:
        return None
    row = connection.execute("SELECT link FROM audit WHERE number = ?", (number,)).fetchone()
    return bytes(row[0]) if row else bytes(_LINK_BYTES)

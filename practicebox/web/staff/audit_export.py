"""The audit log as a file: a table for spreadsheets, and JSON for programs. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from practicebox.web.staff.audit_view import Line

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet takes such a cell for a formula


def as_csv(lines: Iterable[Line], header: Sequence[str]) -> bytes:
    """A table with semicolons, as German spreadsheets open it; no cell can become a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for line in lines:
        at = line.at.strftime("%Y-%m-%d %H:%M:%S") if line.at else line.day.isoformat()
        cells = (str(line.number), at, line.who, line.device, line.sentence)
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff".encode() + text.getvalue().encode()


def as_json(lines: Iterable[Line], mark: str) -> bytes:
    """Everything that is known, with the mark that the log had then."""
    entries = [
        {
            "number": line.number,
            "at": line.at.isoformat() if line.at else None,
            "day": line.day.isoformat(),
            "action": line.action,
            "who": line.who,
            "device": line.device,
            "subject": line.what,
            "while_locked": line.while_locked,
            "sentence": line.sentence,
        }
        for line in lines
    ]
    return json.dumps({"mark": mark, "entries": entries}, ensure_ascii=False, indent=1).encode()


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with, in one line."""
    flat = " ".join(cell.split())
    return f"'{flat}" if cell.startswith(_RISKY) or flat.startswith(_RISKY) else flat

"""Log lines without personal data: an event name, whitelisted fields, and nothing else.

One line of `key=value` pairs each, for the journal or a terminal. Nothing is filtered out of a
message, because no message is printed: what may be printed is named here, and everything else
stays out, whoever logs it.

    log.info("login", extra={"outcome": "wrong-password"})   ->  event=login outcome=wrong-password

An event is a constant of our own code in snake_case. Records of other packages (aiohttp, asyncio,
zeroconf) are reduced to logger and place. An exception gives its type and frames; its text, which
may hold what somebody typed, only where its class is ours and itself says `log_safe = True`.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from sys import UnraisableHookArgs  # a name of the type stubs only

OURS = "practicebox"
EVENT = re.compile(r"[a-z][a-z0-9_]{0,47}")
WORD = re.compile(r"[a-z][a-z0-9-]{0,31}")  # values our own code chooses from: `wrong-password`
NAME = re.compile(
    r"[A-Za-z_<][\w.<>/+-]{0,95}", re.ASCII
)  # loggers, classes, functions, files: code
NUMBERS = frozenset({"bytes", "code", "count", "milliseconds", "port", "status"})
WORDS = frozenset({"door", "kind", "outcome", "reason", "role", "state"})
PATTERNS = {
    # Those of RFC 9110 and RFC 5789: of any word that somebody sends the log keeps nothing.
    "method": re.compile(r"GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH"),
    "network": re.compile(r"[0-9a-f]{8}"),
    "route": re.compile(r"-|[a-z][a-z0-9_.:-]{0,63}"),  # a route's name, never a path
    "version": re.compile(r"[0-9][0-9a-z.+-]{0,31}"),
    "error_id": re.compile(r"[0-9a-f]{8,32}"),
    **dict.fromkeys(WORDS, WORD),
}
FIELDS = sorted({*NUMBERS, *PATTERNS})
UNPRINTABLE = "?"  # a field that is known, with a value that is not
MAX_FRAMES = 12  # the innermost ones; a request comes through about twenty
MAX_CHAIN = 4  # exceptions that are told of one failure
MAX_TEXT = 300  # characters of a text that is safe
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
DEBUG_PRIORITY = 7  # sd-daemon(3)

log = logging.getLogger(__name__)


class LineFormatter(logging.Formatter):
    """One record as one line; with the priority the journal reads, or with time and level."""

    def __init__(self, *, for_journal: bool) -> None:
        super().__init__()
        self._for_journal = for_journal

    def format(self, record: logging.LogRecord) -> str:
        pairs = [*_event(record), *_fields(record.__dict__), *_error(record)]
        line = " ".join(f"{key}={value}" for key, value in pairs)
        if self._for_journal:
            return f"<{_priority(record.levelno)}>{line}"
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{time} {record.levelname.lower()} {line}"


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes lines; a record that can't be written is mentioned, never shown."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        with suppress(OSError, ValueError):  # the stream itself is broken or closed
            self.stream.write("event=log_failed\n")


def configure(
    stream: TextIO | None = None, environ: Mapping[str, str] = os.environ, *, quiet: bool = False
) -> None:
    """Send all logging, warnings and uncaught exceptions of the process to `stream` as lines.

    The stream is stderr where none is given; `quiet` leaves out what is no warning.
    """
    stream = stream or sys.stderr
    handler = LineHandler(stream)
    handler.setFormatter(LineFormatter(for_journal=goes_to_journal(environ, stream)))
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _log_uncaught(error)
    sys.unraisablehook = _log_unraisable
    threading.excepthook = lambda args: _log_uncaught(args.exc_value)


def goes_to_journal(environ: Mapping[str, str], stream: TextIO) -> bool:
    """Whether the journal reads `stream` (systemd.exec(5), JOURNAL_STREAM)."""
    with suppress(OSError, ValueError):
        stat = os.fstat(stream.fileno())
        return environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"
    return False


def request_fields(
    method: str, route: str, status: int, seconds: float, network: str
) -> dict[str, object]:
    """What is kept of a request, for `log.info("request", extra=…)`.

    `route` is a route's name, `network` that of the day for where it came from (`sources`).
    """
    return {
        "method": method,
        "network": network,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }


def _event(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    is_ours = record.name == OURS or record.name.startswith(OURS + ".")
    if is_ours and isinstance(record.msg, str) and EVENT.fullmatch(record.msg):
        yield "event", record.msg
        return
    yield "event", "unnamed"
    yield "logger", _matching(NAME, record.name)
    yield "at", f"{_file(record.pathname)}:{record.lineno}"


def _fields(extra: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key in FIELDS:
        value = extra.get(key)
        if value is None:
            continue
        if key in NUMBERS:
            yield key, str(value) if type(value) in (int, float) else UNPRINTABLE
        else:
            yield key, _matching(PATTERNS[key], value)


def _error(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return
    for key, part in zip(("error", *["behind"] * (MAX_CHAIN - 1)), _chain(error), strict=False):
        yield key, _matching(NAME, f"{type(part).__module__}.{type(part).__qualname__}")
        yield "frames", f'"{_frames(part)}"'
        if _is_safe(part):
            yield "text", json.dumps(str(part)[:MAX_TEXT])  # escapes quotes and line ends


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain(member)
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if behind is not None:
        yield from _chain(behind)


def _frames(error: BaseException) -> str:
    places = [
        f"{_file(frame.f_code.co_filename)}:{line} {_matching(NAME, frame.f_code.co_name)}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return " < ".join(reversed(places[-MAX_FRAMES:]))


def _file(path: str) -> str:
    """The file from its package on: where the machine keeps it tells nothing."""
    for folder in ("/site-packages/", f"/{OURS}/"):
        start = path.rfind(folder)
        if start >= 0:
            return _matching(NAME, path[start:].removeprefix("/site-packages").lstrip("/"))
    return _matching(NAME, os.path.basename(path))


def _is_safe(error: BaseException) -> bool:
    kind = type(error)
    return kind.__module__.startswith(OURS + ".") and vars(kind).get("log_safe") is True


def _matching(pattern: re.Pattern[str], value: object) -> str:
    text = str(value) if isinstance(value, str) else ""
    return text if pattern.fullmatch(text) else UNPRINTABLE


def _priority(level: int) -> int:
    return next((priority for least, priority in PRIORITIES if level >= least), DEBUG_PRIORITY)


def _log_uncaught(error: BaseException | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        log.critical("uncaught", exc_info=error)


def _log_unraisable(args: UnraisableHookArgs) -> None:
    log.error("unraisable", exc_info=args.exc_value)

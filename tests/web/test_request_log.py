"""What the log keeps of a request: a line of known words, whatever was sent."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.appliance.logs import LineFormatter
from tests.web.both_doors import Doors, both_doors

CANARY = "Kanarienvogel"
LINE = re.compile(
    r"<6>event=request door=(staff|patients) method=[A-Z?]+ milliseconds=\d+\.\d"
    r" network=[0-9a-f]{8} route=[a-z_.-]+ status=\d{3}"
)
REQUESTS = (
    ("GET", f"/{CANARY}?{CANARY}={CANARY}#{CANARY}"),
    ("GET", f"/v?{CANARY}"),
    ("GET", f"/static/{CANARY}/{CANARY}.js"),
    ("POST", f"/visit?{CANARY}"),
    ("PROPFIND", f"/{CANARY}"),
    ("DELETE", f"/login/{CANARY}"),
)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_a_request_leaves_one_line_without_a_word_of_its_own(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    clients = (doors.staff.client, doors.patient.client)
    headers = {
        "User-Agent": CANARY,
        "Referer": f"http://{CANARY}/",
        "Cookie": f"pb-visit={CANARY}; pb-known={CANARY}",
        "X-Forwarded-For": "203.0.113.77",
        "Accept-Language": CANARY,
        CANARY: CANARY,
    }
    with caplog.at_level(logging.DEBUG):
        for client in clients:
            for method, path in REQUESTS:
                own = {"Origin": f"http://{client.host}:{client.port}", **headers}
                body = f'{{"code": "{CANARY}"}}'
                async with client.request(method, path, headers=own, data=body) as answer:
                    await answer.read()
    formatter = LineFormatter(for_journal=True)
    written = [formatter.format(record) for record in caplog.records]
    lines = [line for line in written if "event=request" in line]
    assert len(lines) == len(clients) * len(REQUESTS)
    for line in lines:
        assert LINE.fullmatch(line), line
    for line in written:
        assert CANARY.lower() not in line.lower()
        assert "127.0.0.1" not in line and "203.0.113" not in line


async def test_one_network_is_recognised_within_a_day_and_not_after_it(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for hours in (0, 15, 1):  # from 8 o'clock; the last is the next day in UTC
            doors.box.clock.forward(timedelta(hours=hours))
            await doors.patient.get("/")
    found = [vars(r)["network"] for r in caplog.records if r.getMessage() == "request"]
    assert found[0] == found[1] != found[2]

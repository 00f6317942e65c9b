"""The examples of docs/api.md, run by curl against a box."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.web.api.api_world import api_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
BLOCKS = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
STREAM_CUT = 28  # curl's exit status for --max-time


@pytest.mark.skipif(not shutil.which("curl"), reason="the examples are for curl")
async def test_the_examples_work_as_they_are_printed(tmp_path: Path) -> None:
    commands = BLOCKS.findall(DOCUMENT.read_text("utf-8"))
    assert len(commands) == 4
    async with api_of(tmp_path / "box") as api:
        appointment = await api.doors.plan()
        told = {
            "BOX": f"http://{api.client.host}:{api.client.port}",
            "TOKEN": api.token,
            "PATIENT": appointment.patient_id,
            "APPOINTMENT": appointment.id,
            "ETAG": await api.tag(appointment),
        }
        for line in "".join(commands).replace("\\\n", "").splitlines():
            # --json came with curl 7.82; -f makes a refusal fail
            command = line.replace("curl ", "curl -f --noproxy '*' ", 1)
            run = await asyncio.create_subprocess_shell(
                command,
                stdout=asyncio.subprocess.PIPE,
                cwd=tmp_path,
                env={**os.environ, **told},
            )
            output, _ = await run.communicate()
            expected = STREAM_CUT if "/events" in line else 0
            assert run.returncode == expected, (line, output)
            assert output or "-o letter.pdf" in line, line
            assert "/events" not in line or b"event: reset" in output
        assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF")

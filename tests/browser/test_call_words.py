"""The call's functions without effects, in the browser that runs them: tables of in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.conftest import lasting_side
from tests.browser.lab.driver import Side

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PRACTICE = "203.0.113.7"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def side(chromium: Browser) -> AsyncIterator[Side]:
    async with lasting_side(chromium) as opened:
        yield opened


async def outcomes(side: Side, function: str, rows: list[list[Any]]) -> Any:
    """What the function returns for each row of arguments."""
    return await side.run(
        "([name, rows]) => rows.map((row) => lab.pure[name](...row))", [function, rows]
    )


async def test_a_file_name_is_no_path_and_no_trick(side: Side) -> None:
    table = {
        "Befund 3. Mai.pdf": "Befund 3. Mai.pdf",
        "Überweisung für Çelik.docx": "Überweisung für Çelik.docx",
        "C:\\Temp\\x.png": "x.png",
        "../../etc/passwd": "passwd",
        ".htaccess": "htaccess",
        "  . . ": "",
        "..": "",
        "a\u202egnp.exe": "agnp.exe",
        "eins\nzwei\x00.txt": "eins zwei .txt",
        'CON<>:"|?*.txt': "CON_______.txt",
        "a" * 300 + ".jpeg": "a" * 115 + ".jpeg",
        "a" * 300: "a" * 120,
        "a" * 119 + "🙂": "a" * 119,
    }
    assert await outcomes(side, "fileName", [[name, 120] for name in table]) == list(table.values())
    assert await outcomes(side, "fileName", [[5, 120], [None, 120], [{}, 120]]) == ["", "", ""]


async def test_a_name_is_one_line_and_a_text_keeps_its_paragraphs(side: Side) -> None:
    text = "  Ana\t Čapek\r\nim\x07\u2066 Haus\u2069\n"
    assert await outcomes(side, "oneLine", [[text, 120], [text, 5]]) == [
        "Ana Čapek im Haus",
        "Ana Č",
    ]
    assert await outcomes(side, "paragraphs", [[text, 120]]) == ["Ana\t Čapek\nim Haus"]
    arabic = "مرحبا\u200f كيف"
    assert await outcomes(side, "paragraphs", [[arabic, 120]]) == [arabic]


async def test_only_pictures_and_pdf_keep_their_type(side: Side) -> None:
    table = {
        "image/png": True,
        "application/pdf": True,
        "image/svg+xml": False,
        "text/html": False,
        "image/png; x": False,
        "": False,
    }
    kept = await outcomes(side, "harmlessType", [[name] for name in table])
    assert [one != "application/octet-stream" for one in kept] == list(table.values())


async def test_only_udp_host_candidates_of_the_same_family_are_announced(side: Side) -> None:
    host = "candidate:1 1 udp 2122260223 {} 50000 typ host generation 0 ufrag abcd"
    lines = [
        host.format("192.168.1.20"),
        host.format("6fe0b8a1-0c65-4d4a-8d5c-6b3a2d1b5e11.local"),
        host.format("2001:db8::5"),
        host.format("192.168.1.20").replace("udp", "tcp"),
        "candidate:2 1 udp 1686052607 198.51.100.9 50000 typ srflx raddr 0.0.0.0 rport 0",
        "",
    ]
    rows = [[candidate(line), PRACTICE] for line in lines]
    announced = await outcomes(side, "announce", rows)
    assert [one is not None for one in announced] == [True, True, False, False, False, False]
    assert announced[0] == candidate(
        f"candidate:announced50000 1 udp 1686052607 {PRACTICE} 50000 typ srflx"
        " raddr 0.0.0.0 rport 0 generation 0 ufrag abcd"
    )
    assert await outcomes(side, "announce", [[candidate(lines[0]), None]]) == [None]


async def test_failed_stays_until_the_connection_stands(side: Side) -> None:
    story = ["connecting", "disconnected", "failed", "connecting", "connected", "disconnected"]
    words, state = [], "connecting"
    for said in [*story, "connecting", "connected", "closed"]:
        [state] = await outcomes(side, "following", [[state, said]])
        words.append(state)
    assert words == [
        *["connecting", "connecting", "failed", "failed", "connected", "interrupted"],
        *["interrupted", "connected", "connected"],
    ]


async def test_what_is_no_payload_is_nothing(side: Side) -> None:
    decoded = await side.run(
        """() => [[0xff], [], [0x7b], [0x37], [0x7b, 0x7d]].map(
          (bytes) => lab.pure.decode(new Uint8Array(bytes)))"""
    )
    assert decoded == [None, None, None, None, {}]


async def test_an_answer_keeps_the_dtls_roles(side: Side) -> None:
    """Firefox answers every offer with `active`, whoever was the client before."""
    kept = await side.run(
        r"""() => {
          const sdp = (role) => `v=0\r\na=setup:${role}\r\nm=audio\r\na=setup:${role}\r\n`;
          const client = new lab.pure.Roles();
          client.answered(sdp("active"));
          const server = new lab.pure.Roles();
          return [client, server, server]
            .map((roles) => roles.kept({ type: "answer", sdp: sdp("active") }).sdp)
            .map((sdp) => sdp.match(/passive|active/gu).join());
        }"""
    )
    assert kept == ["passive,passive", "active,active", "active,active"]


def candidate(line: str) -> dict[str, Any]:
    return {
        "candidate": line,
        "sdpMid": "0",
        "sdpMLineIndex": 0,
        "usernameFragment": "abcd",
    }

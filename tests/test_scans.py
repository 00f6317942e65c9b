"""Scanners find nothing that docs/security.md doesn't argue. testssl runs in `make proof` only."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tests.proof import scans
from tests.proof.scanners import argued, headers, tls
from tests.proof.scanners.argued import Finding, NotATableError

TABLE = """## What scanners say

| scanner | finding | where | why it stays |
|---|---|---|---|
| bandit | B101, `assert` | everywhere | decides nothing, tells the type checker |
| bandit | B608, SQL | `a/rows.py` 3, `a/ending.py` | names of tables, constants of ours |
| sslscan | group x (112 bits) | staff door | nobody takes it who can do better |

## More
| not | of | this | table of findings |
"""
ROWS = Finding("bandit", "B608", "a/rows.py")
ENDING = Finding("bandit", "B608", "a/ending.py")
ASSERT = Finding("bandit", "B101", "a/anything.py")
GROUP = Finding("sslscan", "group x (112 bits)", "staff door")
AS_ARGUED = Counter({ROWS: 3, ENDING: 1, ASSERT: 7, GROUP: 1})
BOTH = ("bandit", "sslscan")


@pytest.mark.slow
def test_scanners_find_what_the_document_argues_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not tls.program(tls.SSLSCAN):
        pytest.skip("sslscan is not installed; tests/install_browsers.sh installs it")
    assert scans.main(short=True) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Counter(), []),
        (Counter({ASSERT: 1}), []),
        (Counter({ROWS: 1}), ["bandit, B608, a/rows.py: found 4 times, argued 3 times"]),
        (Counter({ENDING: -1}), ["bandit, B608, a/ending.py: found 0 times, argued 1 times"]),
        (Counter({ASSERT: -7}), ["bandit, B101, everywhere: argued, but found nowhere any more"]),
        (
            Counter({Finding("sslscan", "tls 1.0 is spoken", "relay"): 1}),
            ["sslscan, tls 1.0 is spoken, relay: found 1 times, argued 0 times"],
        ),
    ],
)
def test_more_and_less_than_is_argued_is_told(change: Counter[Finding], said: list[str]) -> None:
    found = Counter(AS_ARGUED)
    found.update(change)
    assert argued.disagreements(+found, argued.argued(TABLE), BOTH) == said


def test_a_scanner_that_did_not_run_is_not_missed() -> None:
    found = AS_ARGUED.copy()
    del found[GROUP]
    assert argued.disagreements(found, argued.argued(TABLE), ["bandit"]) == []


@pytest.mark.parametrize("document", ["", TABLE.replace("names of tables, constants of ours", "")])
def test_no_table_and_no_reason_are_no_argument(document: str) -> None:
    with pytest.raises(NotATableError):
        argued.argued(document)


def test_bad_tls_is_a_finding() -> None:
    report = ElementTree.fromstring(
        """<ssltest>
          <protocol type="ssl" version="3" enabled="1" /><protocol type="tls" version="1.2"
           enabled="1" /><protocol type="tls" version="1.3" enabled="0" />
          <heartbleed vulnerable="1" /><renegotiation supported="0" />
          <cipher cipher="ECDHE-ECDSA-AES128-GCM-SHA256" strength="strong" />
          <cipher cipher="TLS_RSA_WITH_AES_128_CBC_SHA" strength="acceptable" />
          <cipher cipher="RC4" strength="weak" /><group name="secp160r1" bits="80" />
          <certificate type="short"><signature-algorithm>sha1WithRSA</signature-algorithm>
           <self-signed>true</self-signed><expired>false</expired><pk bits="80" /></certificate>
        </ssltest>"""
    )
    assert {*tls.complaints(report)} == {
        "ssl 3 is spoken",
        "tls 1.3 is not spoken",
        "heartbleed vulnerable = 1",
        "cipher TLS_RSA_WITH_AES_128_CBC_SHA",
        "cipher RC4",
        "group secp160r1 (80 bits)",
        "certificate self-signed",
        "certificate signature",
        "certificate key",
    }


async def test_bad_headers_are_findings() -> None:
    async def careless(request: web.Request) -> web.Response:
        answer = web.Response(text="hello", content_type="text/html", charset="latin-1")
        answer.headers["Server"] = "box"
        answer.headers["Content-Security-Policy"] = "default-src 'self'; script-src *"
        answer.headers["Referrer-Policy"] = "unsafe-url"
        answer.set_cookie("session", "secret")
        return answer

    app = web.Application()
    app.router.add_get("/", careless)
    async with TestClient(TestServer(app)) as client, client.get("/") as answer:
        found = {*headers.of_page(answer)}
    assert found >= {
        "Server is sent",
        "no X-Content-Type-Options",
        "no X-Frame-Options",
        "no Referrer-Policy",
        "Content-Security-Policy with a loose script-src",
        "Content-Security-Policy without frame-ancestors",
        "cookie without secure",
        "cookie without httponly",
        "cookie without SameSite=Strict",
        "cookie without __Host-",
        "no charset",
        "no TLS",
    }
    assert "no Content-Security-Policy" not in found

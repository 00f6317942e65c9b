"""What a patient's browser gets from the box, from the link in the QR code until the call stands.

    python bench/weight.py

Chromium with an empty cache tells the size of every answer on the wire, headers included (CDP
`Network.loadingFinished`). Picture and sound don't count: they don't come from the box. The page of
the doctor is open, and the call begins as soon as the patient is there. Without TLS, whose records
would add about 2 %. Exit status 1 when a target of issue 2 isn't met.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import box
from browsers import chromium, context
from pages import consultation, log_in, to_preview
from playwright.async_api import CDPSession, Page

LIMIT = 120.0  # seconds
LATE = 1.0  # seconds after the first picture, for what a page loads then
TARGET = 100.0  # kB, without anything from elsewhere (issue 2)
HAS_PICTURE = "() => document.querySelector('#remote').videoWidth > 0"
# Chromium without a window doesn't fetch a page's icon; a telephone does.
FETCH_ICON = "fetch(document.querySelector('link[rel=icon]').href).then((it) => it.blob())"
HEADER = {
    True: 2,
    False: 4,
}  # bytes before a short and before a longer frame (RFC 6455 section 5.2)


@dataclass
class Ledger:
    """Every request of one page by its id, as CDP tells of them."""

    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)  # bytes on the wire; none if cached

    def add(self, request: str, size: float) -> None:
        self.sizes[request] = self.sizes.get(request, 0.0) + size

    def transfers(self) -> list[tuple[str, float]]:
        """Addresses and bytes of all that was transferred, the largest first."""
        each = ((self.urls[request], size) for request, size in self.sizes.items() if size)
        return sorted(each, key=lambda transfer: -transfer[1])

    def elsewhere(self, host: str) -> list[str]:
        """Requests to anybody but the box, whether they were answered or not."""
        parts = [urlsplit(url) for url in self.urls.values()]
        return [part.geturl() for part in parts if part.netloc not in {host, ""}]


def main() -> int:
    """Run all and print it."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    return asyncio.run(run())


async def run() -> int:
    """One visit, its ledger, the verdict."""
    async with asyncio.timeout(LIMIT), AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-bench-")))
        plan = box.Plan(folder, "127.0.0.1", box.free_ports())
        practice = await box.found(plan, appointments=1)
        await stack.enter_async_context(box.running(plan))
        browser = await stack.enter_async_context(chromium(folder))
        doctor, patient = await context(browser), await context(browser)
        await log_in(doctor, plan, practice)
        await (await doctor.new_page()).goto(f"{consultation(plan, practice, 0)}#start")
        page = await patient.new_page()
        ledger = await watched(page)
        await to_preview(page, plan, practice, 0)
        await page.click("#enter:enabled")
        await page.wait_for_function(HAS_PICTURE)
        await page.evaluate(FETCH_ICON)
        await asyncio.sleep(LATE)
    return report(ledger, urlsplit(plan.patients).netloc)


async def watched(page: Page) -> Ledger:
    """A ledger that is kept from now on."""
    ledger = Ledger()
    session = await page.context.new_cdp_session(page)
    _watch_requests(session, ledger)
    _watch_socket(session, ledger)
    await session.send("Network.enable")
    return ledger


def report(ledger: Ledger, host: str) -> int:
    """Print every file, the sums, and whether the targets are met."""
    transfers = ledger.transfers()
    for url, size in transfers:
        print(f"{size:8,.0f} bytes  {urlsplit(url).path}")
    total = sum(size for _, size in transfers) / 1000
    elsewhere = ledger.elsewhere(host)
    light, alone = total <= TARGET, not elsewhere
    print(f"{len(transfers)} requests; to the box and nowhere else: {alone}")
    print(f"kB until the call stands: {total:.1f} (target: at most {TARGET:g}) {_word(light)}")
    print(f"third-party requests: {len(elsewhere)} (target: at most 0) {_word(alone)}")
    return 0 if light and alone else 1


def _watch_requests(session: CDPSession, ledger: Ledger) -> None:
    def requested(event: dict[str, Any]) -> None:
        ledger.urls[event["requestId"]] = event["request"]["url"]
        if "redirectResponse" in event:  # the new request has the id of the old one
            ledger.add(event["requestId"], event["redirectResponse"]["encodedDataLength"])

    def finished(event: dict[str, Any]) -> None:
        ledger.add(event["requestId"], event["encodedDataLength"])

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.loadingFinished", finished)


def _watch_socket(session: CDPSession, ledger: Ledger) -> None:
    """The signaling socket, which never finishes loading."""

    def opened(event: dict[str, Any]) -> None:
        ledger.urls[event["requestId"]] = event["url"]

    def shaken(event: dict[str, Any]) -> None:
        ledger.add(event["requestId"], len(event["response"]["headersText"]))

    def received(event: dict[str, Any]) -> None:
        frame = event["response"]
        characters = len(frame["payloadData"].encode())
        size = characters if frame["opcode"] == 1 else characters * 3 // 4  # base64
        ledger.add(event["requestId"], size + HEADER[size < 126])

    session.on("Network.webSocketCreated", opened)
    session.on("Network.webSocketHandshakeResponseReceived", shaken)
    session.on("Network.webSocketFrameReceived", received)


def _word(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


if __name__ == "__main__":
    sys.exit(main())

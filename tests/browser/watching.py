"""Proof that a consultation is alive: frames and sound, from the browser's own statistics."""

from __future__ import annotations

import asyncio
import base64
import io

import pypdfium2  # type: ignore[import-untyped]  # comes without types
import zxingcpp
from playwright.async_api import Page

# The pages keep their connections and files to themselves, so a test notes each as it is made.
# Downloads themselves can't be watched in Firefox over WebDriver BiDi.
NOTE_CONNECTIONS = """
window.connections = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...options) {
    super(...options);
    window.connections.push(this);
  }
};
const original = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  window.saved = blob;
  return original.call(URL, blob);
};
"""
RECEIVED = """async () => {
  const all = { frames: 0, energy: 0 };
  for (const connection of window.connections.filter((c) => c.connectionState === "connected")) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== "inbound-rtp") continue;
      all.frames += entry.framesDecoded ?? 0;
      all.energy += entry.totalAudioEnergy ?? 0;
    }
  }
  return all;
}"""
PATIENCE = 20.0  # seconds


async def until_moving(*pages: Page) -> None:
    """Wait until each page decodes new frames and hears sound that is not silence."""
    for page in pages:
        before = await page.evaluate(RECEIVED)
        async with asyncio.timeout(PATIENCE):
            while True:
                now = await page.evaluate(RECEIVED)
                if now["frames"] < before["frames"]:  # a new connection counts from zero
                    before = now
                moved = now["frames"] > before["frames"] + 5
                if moved and now["energy"] > before["energy"] + 1e-4:
                    break
                await asyncio.sleep(0.1)


async def no_media_flows(page: Page) -> bool:
    """Whether nothing at all has been decoded yet."""
    received = await page.evaluate(RECEIVED)
    return bool(received["frames"] == 0 and received["energy"] == 0)


async def download(page: Page, url: str) -> bytes:
    """What the page's browser gets from `url`, with its cookies."""
    text: str = await page.evaluate(
        """async (url) => {
          const buffer = await (await fetch(url)).arrayBuffer();
          let text = "";
          for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
          return btoa(text);
        }""",
        url,
    )
    return base64.b64decode(text)


async def saved_digest(page: Page) -> str:
    """The SHA-256 of the file that the page handed to its browser's downloads last."""
    digest: str = await page.evaluate(
        """async () => {
          const bytes = await crypto.subtle.digest("SHA-256", await window.saved.arrayBuffer());
          return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
        }"""
    )
    return digest


def qr_codes(pdf: bytes) -> list[str]:
    """What an independent decoder reads from the rendered pages, one text for each page."""
    found = []
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        image = page.render(scale=150 / 72).to_pil()
        found += [code.text for code in zxingcpp.read_barcodes(image)]
    return found

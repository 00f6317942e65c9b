"""axe-core, injected from node_modules: the rules of WCAG 2.2 A and AA and good practice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that another scheme can break


async def violations(page: Page, *, colours: bool = False) -> list[str]:
    """What axe finds, one line each: rule, element, reason. `colours` is for a page that has been
    looked at already, in another colour scheme."""
    if not SCRIPT.is_file():
        pytest.skip("axe-core is not installed; `make test` installs it")
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(SCRIPT.read_text("utf-8"))
    only = {"type": "rule", "values": COLOURS} if colours else {"type": "tag", "values": RULES}
    found = await page.evaluate("(runOnly) => axe.run({ runOnly })", only)
    return [
        f"{page.url}: {violation['id']} {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


async def small_targets(page: Page) -> list[str]:
    """Controls below 44 px in either direction; links inside sentences don't count."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, input, a.button, nav a")]
          .filter((e) => e.checkVisibility() && !e.matches(".visually-hidden, .skip"))
          .filter((e) => !e.closest("label.choice") && e.type !== "hidden")
          .map((e) => [e, e.getBoundingClientRect()])
          .filter(([, box]) => Math.round(box.height) < 44 || Math.round(box.width) < 44)
          .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)"""
    )
    return found

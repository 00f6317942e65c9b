"""Files between two pages of the lab."""

from __future__ import annotations

from typing import Any

from tests.browser.lab.driver import Side


async def offer(side: Side, name: str, size: int, file_type: str = "") -> Any:
    """Offer a file of random bytes; return its digest."""
    return await side.run(
        """async ([name, size, type]) => {
          const file = lab.file(size, name, type);
          lab.files.offer(file);
          return lab.digest(file);
        }""",
        [name, size, file_type],
    )


async def accept(side: Side, name: str) -> Any:
    """Accept the file when it is offered; return the digest of what has arrived."""
    await start(side, name)
    await side.until_transfer(name, "done")
    return await digest_of(side, name)


async def start(side: Side, name: str) -> None:
    """Accept the file when it is offered."""
    await side.until_transfer(name, "offered")
    await side.run("(name) => lab.files.accept(lab.transfer(name).id)", name)


async def digest_of(side: Side, name: str) -> Any:
    return await side.run(
        """(name) => lab.digest(
          [...lab.transfers.values()].find((transfer) => transfer.name === name).blob)""",
        name,
    )

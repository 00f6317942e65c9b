"""Run by `test_setup_is_atomic`: founds a practice in the folder of the first argument.

Prints a line before each of its two steps is begun, and the device secret at the end.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.store.world import Boxes, founding


async def set_up(path: Path) -> None:
    boxes = Boxes()
    print("open", flush=True)
    store = await boxes.open(path)
    print("found", flush=True)
    founded = await store.found(founding())
    print("founded", founded.device_secret.hex(), flush=True)
    await boxes.close(store)


if __name__ == "__main__":
    asyncio.run(set_up(Path(sys.argv[1])))

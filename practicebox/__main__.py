"""The command line: `practicebox serve --config FILE` and `practicebox demo`.

Exit status 2 means: the box can't run like this, and one sentence on stderr says what to do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from practicebox import __version__, app, config, demo, listen
from practicebox.appliance import logs, systemd

UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="practicebox", description="Video consultations from a box of your own."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the box")
    serve.add_argument("--config", type=Path, help="TOML; see systemd/practicebox.toml.example")
    commands.add_parser("demo", help="run a demonstration practice on this machine")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "demo":
            return asyncio.run(demo.run(config.read(None)))
        return asyncio.run(_serve(config.read(chosen.config)))
    except (config.BadConfig, listen.CannotStart) as condition:
        print(condition, file=sys.stderr)
        return UNUSABLE


async def _serve(settings: config.Config) -> int:
    logs.configure()
    stop = app.stop_signal()
    async with AsyncExitStack() as stack:
        await app.start(stack, settings)
        watchdog = asyncio.create_task(systemd.watch())
        stack.callback(watchdog.cancel)
        systemd.notify(systemd.READY)
        await stop.wait()
        systemd.notify(systemd.STOPPING)
        await app.stop_within(stack.aclose)
    return 0


if __name__ == "__main__":
    sys.exit(main())

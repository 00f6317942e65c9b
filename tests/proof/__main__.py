"""All proofs one after the other, with one line of result each.

    python -m tests.proof [--short] [NAME …]        (make proof)

A proof is a module of this folder with `main(short: bool) -> int`, which prints its figures and
returns 0 if the promise holds. The exit status is 1 when one of them doesn't. One whose short form
is a test already has `ONLY_LONG`.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

Proof = Callable[[bool], int]


def main() -> int:
    """Run those that are named, or all."""
    known = proofs()
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="Prove it.")
    parser.add_argument("--short", action="store_true", help="fewer tries, for every change")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(known):
        parser.error(f"there is no proof {', '.join(sorted(unknown))}")
    lines = []
    for name in chosen.names or _wanted(known, chosen.short):
        print(f"== {name}", flush=True)
        began = time.monotonic()
        holds = _holds(known[name], chosen.short)
        verdict = "holds" if holds else "DOES NOT HOLD"
        lines.append((holds, f"{name}: {verdict} ({time.monotonic() - began:.0f} s)"))
        print(lines[-1][1], flush=True)
    print("\n== summary")
    for _, line in lines:
        print(line)
    return 0 if all(holds for holds, _ in lines) else 1


def proofs() -> dict[str, Proof]:
    """Every proof by its name."""
    found = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            proof = getattr(importlib.import_module(f"{__package__}.{module.name}"), "main", None)
            if proof:
                found[module.name] = proof
    return found


def _wanted(known: dict[str, Proof], short: bool) -> list[str]:
    """The names of those that are run where none is named."""
    modules = {name: sys.modules[proof.__module__] for name, proof in known.items()}
    return [name for name, one in modules.items() if not (short and hasattr(one, "ONLY_LONG"))]


def _holds(proof: Proof, short: bool) -> bool:
    try:
        return proof(short) == 0
    except Exception:  # a proof that fails must not keep the others from being tried
        traceback.print_exc()
        return False


if __name__ == "__main__":
    sys.exit(main())

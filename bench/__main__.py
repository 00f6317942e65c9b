"""All benchmarks one after the other, and a summary of their figures, yardsticks and targets.

    python -m bench [NAME …]        (make bench)

Each runs as a program of its own and is ended when its time is over. It says itself, by its exit
status, whether its targets are met; the exit status here is 1 when one of them says no.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GRACE = 15.0  # seconds to clean up in, once asked to end
OUTCOMES = {0: "targets met", 1: "targets NOT met"}


@dataclass(frozen=True)
class Benchmark:
    """A program, the time it may take, and which lines of its output are its figures."""

    name: str
    seconds: float
    figures: str  # regular expression

    @property
    def command(self) -> tuple[str, ...]:
        return (sys.executable, "-u", str(HERE / f"{self.name}.py"))


@dataclass(frozen=True)
class Outcome:
    """How one of them went."""

    benchmark: Benchmark
    words: str
    is_good: bool
    seconds: float
    lines: tuple[str, ...]

    @property
    def figures(self) -> list[str]:
        return [line for line in self.lines if re.search(self.benchmark.figures, line)]


BENCHMARKS = (
    Benchmark("stun", 120, r"^(ratio|answer|targets)"),
    Benchmark("relay", 360, r"\(target|^flood of|^targets"),
    Benchmark("signaling", 240, r"\(target|^  no word"),
    Benchmark("store", 240, r"^  (plain|fresh|shown again|targets)"),
    Benchmark("commit", 120, r"^  (plain|sealed|targets|planning)"),
    Benchmark("unlock", 300, r"\(target|^  (bare|unlock)"),
    Benchmark("day", 300, r"\(target|medians"),
    Benchmark("week", 300, r"\(target"),
    Benchmark("start", 120, r"\(target"),
    Benchmark("weight", 180, r"\(target"),
    Benchmark("first_frame", 720, r"\(target|^(bare|PracticeBox),|ms to the first|  from  "),
)


def main() -> int:
    """Run those that are named, or all."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure PracticeBox.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    outcomes = [_run(benchmark) for benchmark in BENCHMARKS if benchmark.name in chosen]
    _summarise(outcomes)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def _run(benchmark: Benchmark) -> Outcome:
    """Pass its output through while it runs; end it when its time is over."""
    print(f"\n== {benchmark.name}, at most {benchmark.seconds:g} s", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        benchmark.command, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    is_late = threading.Event()
    timer = threading.Timer(benchmark.seconds, _end, (process, is_late))
    timer.start()
    lines = []
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
        status = process.wait()
    except KeyboardInterrupt:
        _end(process, is_late)
        raise
    finally:
        timer.cancel()
    words = "out of time" if is_late.is_set() else OUTCOMES.get(status, f"failed ({status})")
    taken = time.monotonic() - began
    return Outcome(benchmark, words, words == OUTCOMES[0], taken, tuple(lines))


def _end(process: subprocess.Popen[str], is_late: threading.Event) -> None:
    """Ask it to end and clean up, then end all that it has started."""
    is_late.set()
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _summarise(outcomes: list[Outcome]) -> None:
    print(f"\n== summary (load of the last minute {os.getloadavg()[0]:.1f} of {os.cpu_count()})")
    for outcome in outcomes:
        print(f"\n{outcome.benchmark.name}: {outcome.words} in {outcome.seconds:.0f} s")
        for line in outcome.figures:
            print(f"  {line.strip()}")


if __name__ == "__main__":
    sys.exit(main())

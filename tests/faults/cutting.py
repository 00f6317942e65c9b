"""Cuts the power at changes of a recording and looks what a box finds when it is switched on again.

A program:

    python -m tests.faults.cutting FOLDER PART PARTS STRIDE

makes three states (`power.Fate`) at every `STRIDE`-th change of every `PARTS`-th stretch of the
recording in FOLDER, opens each as a box does at its start, and prints a JSON object.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from tests.faults.disk import read_log
from tests.faults.killing import DATA, see
from tests.faults.picture import Picture, difference
from tests.faults.power import Content, Fate, Platter
from tests.faults.recording import load

STRETCH = 16  # changes


@dataclass
class Verdicts:
    """What came of the power cuts."""

    states: int = 0
    distinct: int = 0
    corrupt: list[str] = field(default_factory=list)  # can't be opened, or isn't whole
    torn: list[str] = field(default_factory=list)  # neither what was before a deed nor after it
    lost: list[str] = field(default_factory=list)  # somebody had been told that it's there


class Judge:
    """Knows what was promised, and looks at states, at equal ones once."""

    def __init__(self, pictures: list[Picture | str], secret: bytes, place: Path) -> None:
        self._pictures, self._secret, self._place = pictures, secret, place
        self._seen: dict[bytes, Picture | str] = {}
        self.verdicts = Verdicts()

    def judge(self, content: Content, promises: int, where: str) -> None:
        """Count one state, after so many promises."""
        verdicts, found = self.verdicts, self._look(content)
        verdicts.states += 1
        if isinstance(found, str):
            verdicts.corrupt.append(f"{where}: {found}")
            return
        matches = [number for number, each in enumerate(self._pictures) if each == found]
        if promises in matches or promises + 1 in matches:
            return
        if matches and max(matches) < promises:
            verdicts.lost.append(where)
        else:
            verdicts.torn.append(f"{where}: {difference(self._pictures[promises], found)}")

    def _look(self, content: Content) -> Picture | str:
        digest = hashlib.sha256(
            b"".join(
                f"{path} {len(data)} ".encode() + data for path, data in sorted(content.items())
            )
        ).digest()
        if digest not in self._seen:
            self.verdicts.distinct += 1
            self._seen[digest] = self._see(content)
        return self._seen[digest]

    def _see(self, content: Content) -> Picture | str:
        shutil.rmtree(self._place, ignore_errors=True)
        (self._place / DATA).mkdir(parents=True, mode=0o700)
        for path, data in content.items():
            file = self._place / DATA / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
            file.chmod(0o600)
        return see(self._place / DATA, self._secret)


def main() -> None:
    """Cut; see the module's docstring."""
    folder = Path(sys.argv[1])
    part, parts, stride = map(int, sys.argv[2:])
    pictures, secret, log = load(folder)
    judge = Judge(pictures, secret, folder / f"cut{part}")
    platter, promises = Platter(), 0
    for number, change in enumerate(read_log(log, folder / DATA)):
        platter.take(change)
        promises += change.operation == "A"
        if number // STRETCH % parts == part and number % stride == 0:
            for fate in Fate:
                random = Random(f"{number} {fate}")
                judge.judge(platter.after(fate, random), promises, f"{number} {fate}")
    print(json.dumps(asdict(judge.verdicts)))


if __name__ == "__main__":
    main()

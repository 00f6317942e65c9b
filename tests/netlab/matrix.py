"""The rows of the matrix: where the patient is, which router the practice has, which relay mode."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from tests.netlab import routers
from tests.netlab.layout import HOMES

AT_THE_PRACTICE = "visitor"
PATIENTS = {
    **{home.key: home.title for home in HOMES},
    AT_THE_PRACTICE: "on the practice's Wi-Fi",
}
PRACTICES = {routers.KEEPS_PORTS: "keeps ports", routers.RANDOM_PORTS: "random ports"}
RELAYS = ("auto", "never")
SLOWEST_START = 2.0  # seconds from the tap to the first frame, on an unloaded machine (issue 3)
SLOWEST_NO = 10.0  # seconds until the patient is told that it can't be
AT_ONCE = 3  # rows side by side; each has two pages
FEWEST_FRAMES = 4  # in every second that is watched; a busy machine shows few


@dataclass(frozen=True)
class Row:
    """One consultation to try."""

    patient: str  # a key of PATIENTS
    practice: str = routers.KEEPS_PORTS
    relay: str = "auto"
    doctor_has_ipv6: bool = True
    browsers: tuple[str, str] = ("chromium", "chromium")  # the doctor's and the patient's

    def __str__(self) -> str:
        """The name of the test."""
        extras = "" if self.doctor_has_ipv6 else " doctor without IPv6"
        if "firefox" in self.browsers:
            extras += f" doctor {self.browsers[0]}, patient {self.browsers[1]}"
        return f"{self.patient}, practice {PRACTICES[self.practice]}, relay {self.relay}{extras}"

    @property
    def can_be_direct(self) -> bool:
        """Whether there is a way without a relay at all.

        Both routers let in only what answers to the very address and port that it was sent to,
        and the announced candidate is right only where the practice's router keeps ports.
        """
        if self.patient == "ipv6":
            return self.doctor_has_ipv6
        if self.patient == "ordinary":
            return self.practice == routers.KEEPS_PORTS
        return self.patient == AT_THE_PRACTICE

    @property
    def is_chance(self) -> bool:
        """Whether a direct way is a matter of luck: a carrier's block has 512 ports."""
        return self.patient == "behindcgn" and self.practice == routers.KEEPS_PORTS

    @property
    def must_connect(self) -> bool:
        return self.relay == "auto" or self.can_be_direct

    @property
    def setting(self) -> tuple[object, ...]:
        """What rows have in common that can be tried side by side; the others have a name alone.

        Who waits until nothing comes disturbs nobody; how soon a picture comes is measured alone.
        """
        if self.must_connect or self.is_chance:
            return (str(self),)
        return (self.relay, self.practice, self.doctor_has_ipv6, self.browsers)


def batches(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in their order, a few together where they can be tried side by side."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(row.setting, []).append(row)
    return [
        each[at : at + AT_ONCE] for each in found.values() for at in range(0, len(each), AT_ONCE)
    ]


def _matrix() -> tuple[Row, ...]:
    """In this order the box is restarted once, and the routers are changed three times."""
    rows = []
    for relay, practice in product(RELAYS, PRACTICES):
        rows += [Row(patient, practice, relay) for patient in PATIENTS]
        rows.append(Row("ipv6", practice, relay, doctor_has_ipv6=False))
    return tuple(rows)


def _with_firefox() -> tuple[Row, ...]:
    patient, doctor = ("chromium", "firefox"), ("firefox", "chromium")
    keys = ("ordinary", "random", "noudp", "only443", AT_THE_PRACTICE)
    return (
        *(Row(key, browsers=patient) for key in keys),
        *(Row(key, browsers=doctor) for key in ("ordinary", "random", AT_THE_PRACTICE)),
    )


MATRIX = _matrix()
FIREFOX = _with_firefox()
ROWS = tuple(sorted((*MATRIX, *FIREFOX), key=lambda row: RELAYS.index(row.relay)))
# For every change: everything that a patient's network can do, before one kind of practice; what
# is told without a relay, of two.
TOLD = ("ordinary", "only443")
SHORT = tuple(
    row
    for row in ROWS
    if row.practice == routers.KEEPS_PORTS
    and (row in MATRIX or row.patient == "random")
    and (row.relay == "auto" or (row.patient in TOLD and row.doctor_has_ipv6))
)

"""GDT records as they are published, and as programs send them. Facts, put down line by line.

`MASTER_DATA` and `RESULT` are the examples of the GDT 2.1 specification as test suites of practice
software have them; `ORDER` is the order file that RED Medical shows in its help, but for one line
whose length was falsified there when a name was replaced (`WITH_WRONG_LINE` is how it stands).
"""

from __future__ import annotations

MASTER_DATA = (
    "01380006301",
    "014810000183",
    "01092063",
    "0178315EKG_TYP1",
    "0178316PRAX_EDV",
    "014921802.00",
    "014300002345",
    "0193101Mustermann",
    "0143102Franz",
    "017310301101945",
    "01031101",
    "0123622178",
    "0123623079",
)
SMALLEST = (
    "01380006301",
    "014810000100",
    "014921802.10",
    "011300098",
    "0153101Sierra",
    "0163102Rudolph",
    "017310312031960",
)
WITH_WRONG_LINE = (
    "01380006302",
    "014810000530",
    "0128315EKG",
    "0128316RED",
    "01092063",
    "014921802.10",
    "0330102RED Medical Systems GmbH",
    "0300103RED Medical Erlkoenig",
    "014013286.12",
    "01330006060",
    "0153101Fuerst",
    "0183102Stephanie",
    "017310328121976",
    "0183105574647564",
    "019310654534 Karl",
    "0223107Lützowplatz 6",
    "01031081",
    "01031102",
    "0148402EKG04",
    "0180201478818100",
    "0910203Dr. med. Annie More - Praxis für innere Medizin",
)
ORDER = ("01380006302", "014810000326", *WITH_WRONG_LINE[2:-1])
RESULT = (
    "01380006310",
    "014810000958",
    "0178315PRAX_EDV",
    "0178316LZBD_SYS",
    "014921802.10",
    "014300002345",
    "0193101Mustermann",
    "0143102Franz",
    "017310301101945",
    "01031101",
    "0123622178",
    "0123623079",
    "0148402BDM01",
    "017620023101998",
    "0346220Dies ist ein zweizeiliger",
    "0416220Befund zur 24h-Blutdruckmessung.",
    "0566227Anmerkungen zu einer Langzeit-Blutdruckmessung.",
    "0506228Kurzzusammenfassung 24 h Blutdruckmessung",
    "0168410SYSMXTG",
    "0298411Systole max Tagphase",
    "0128420142",
    "0138421mmHg",
    "017843223101998",
    "0158439163400",
)


def data(lines: tuple[str, ...], end: str = "\r\n", charset: str = "cp1252") -> bytes:
    """The bytes of a file."""
    return "".join(f"{line}{end}" for line in lines).encode(charset)


def counted(*contents: str, charset: str = "cp437", end: int = 2) -> tuple[str, ...]:
    """Lines with true lengths, from `"3101Mustermann"` and so on; 8100 after the first."""
    lines = [f"{len(c.encode(charset)) + 3 + end:03}{c}" for c in contents]
    total = sum(len(line.encode(charset)) + end for line in lines) + 12 + end
    return (lines[0], f"{12 + end:03}8100{total:05}", *lines[1:])

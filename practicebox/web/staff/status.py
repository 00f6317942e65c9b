"""Status: what works on the box, as traffic lights with words.

Knows when a light turns yellow or red. Knows nothing of how the facts are found out:
the composition root supplies them with every page (`Services.facts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aiohttp import web
from babel.numbers import format_decimal

from practicebox.appliance.clock import Doubt
from practicebox.appliance.jobs import Report
from practicebox.appliance.supervise import Health
from practicebox.appliance.tls import Status
from practicebox.store.audit.audit import Action
from practicebox.web import trust
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.session import zone_of
from practicebox.web.staff.status_jobs import job_lines, read_jobs, read_work, stopped_work
from practicebox.web.trust_status import Concern, concern

GB = 10**9
DISK_RED, DISK_YELLOW = GB // 2, 4 * GB  # bytes free; a full disk stops logins and appointments

routes = web.RouteTableDef()


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"  # not known


@dataclass(frozen=True)
class Facts:
    """What the machine says of itself. None: nobody has looked."""

    stun_answers: bool | None = None  # a Binding request to ourselves was answered
    echo_works: bool | None = None  # at the last technical check
    mdns_state: str | None = None  # a value of `appliance.mdns.State`
    mdns_host: str | None = None  # "praxis-sonne.local", in state "running" and "renamed"
    disk_free: int | None = None  # bytes, where the data folder is
    disk_trouble: str | None = None  # a value of `DiskTrouble`: why the last write failed
    clock_right: bool | None = None  # synchronised with the network
    doubt: Doubt | None = None  # why the computer's clock can't be believed
    jobs: tuple[Report, ...] = ()
    work: tuple[Health, ...] = ()  # in the background
    certificate: Status | None = None  # None: plain HTTP
    help_address: str | None = None  # where devices learn to trust the box
    started: datetime | None = None  # aware
    version: str | None = None


def read(found: Mapping[str, object]) -> Facts:
    """Facts by name; what is missing or has another shape counts as not known."""

    def flag(name: str) -> bool | None:
        value = found.get(name)
        return value if isinstance(value, bool) else None

    def text(name: str) -> str | None:
        value = found.get(name)
        return str(value) if value else None

    free, started = found.get("disk_free"), found.get("started")
    certificate, doubt = found.get("certificate"), found.get("clock_doubt")
    return Facts(
        stun_answers=flag("stun_answers"),
        echo_works=flag("echo_works"),
        mdns_state=text("mdns_state"),
        mdns_host=text("mdns_host"),
        disk_free=free if isinstance(free, int) else None,
        disk_trouble=text("disk_trouble"),
        clock_right=flag("clock_right"),
        doubt=doubt if isinstance(doubt, Doubt) else None,
        jobs=read_jobs(found),
        work=read_work(found),
        certificate=certificate if isinstance(certificate, Status) else None,
        help_address=text("help_address"),
        started=started if isinstance(started, datetime) else None,
        version=text("version"),
    )


def lights(facts: Facts, *, is_unlocked: bool, worry: Concern | None = None) -> dict[str, Light]:
    """The light of each subject, in the order of the page."""
    return {
        "vault": Light.GREEN if is_unlocked else Light.YELLOW,
        "certificate": _of_certificate(worry),
        "stun": _of_flag(facts.stun_answers, Light.RED),
        "echo": _of_flag(facts.echo_works, Light.RED),
        "mdns": _of_mdns(facts.mdns_state),
        "disk": Light.RED if facts.disk_trouble else _of_disk(facts.disk_free),
        "clock": Light.RED if facts.doubt else _of_flag(facts.clock_right, Light.YELLOW),
    }


@routes.get("/status", name="status.page")
async def page(request: web.Request) -> web.Response:
    box = services(request)
    facts = read(box.facts())
    worry = concern(facts.certificate, box.now()) if facts.certificate else None
    shown = lights(facts, is_unlocked=box.store.vault.is_unlocked, worry=worry)
    stopped = stopped_work(facts.work)
    lines = job_lines(facts.jobs)
    exchange = box.gdt.troubles if box.gdt else []
    context = {
        "current_area": "status",
        "facts": facts,
        "lights": shown,
        "worst": _worst(
            [
                *shown.values(),
                *(line.light for line in lines),
                "red" if stopped else "",
                "yellow" if exchange else "",
            ]
        ),
        "job_lines": lines,
        "stopped": stopped,
        "exchange": exchange,
        "retention": await box.store.retention.outlook(),
        "concern": worry,
        **_about(facts),
        "zone": zone_of(request),
        "checked": box.now(),
        "running": box.now() - facts.started if facts.started else timedelta(),
        "free": format_decimal(
            round((facts.disk_free or 0) / GB, 1), locale=language(request).code
        ),
    }
    return render(request, "staff/status.html", context)


@routes.post("/status/clock", name="status.believe_clock")
async def believe_clock(request: web.Request) -> web.Response:
    """Somebody has compared the computer's clock with another one: it is right.

    Noted with the time that the box went by before, for the entries above are of that time.
    """
    box, form = services(request), await posted(request)
    before = box.now()
    shown = form.read("shown", datetime.fromisoformat, "")
    if shown and box.believe_clock(shown):  # None: not what our page shows
        await acting.note(request, Action.CLOCK_CONFIRMED, detail=before.isoformat())
    raise web.HTTPSeeOther("/status")


def _about(facts: Facts) -> dict[str, object]:
    """What `trust_status.html` shows."""
    anchor = facts.certificate.anchor if facts.certificate else None
    about = {"certificate": facts.certificate, "help_address": facts.help_address}
    return {**about, **(trust.marks(anchor) if anchor else {})}


def _of_certificate(worry: Concern | None) -> Light:
    if worry is None:
        return Light.GREY
    if worry.is_fault:
        return Light.RED
    return Light.GREEN if worry is Concern.NONE else Light.YELLOW


def _of_flag(value: bool | None, bad: Light) -> Light:
    if value is None:
        return Light.GREY
    return Light.GREEN if value else bad


def _of_mdns(state: str | None) -> Light:
    known = {"running": Light.GREEN, "renamed": Light.YELLOW, "unavailable": Light.RED}
    return known.get(state or "", Light.GREY)


def _of_disk(free: int | None) -> Light:
    if free is None:
        return Light.GREY
    if free < DISK_RED:
        return Light.RED
    return Light.YELLOW if free < DISK_YELLOW else Light.GREEN


def _worst(shown: Sequence[str]) -> Light:
    order = (Light.RED, Light.YELLOW)
    return next((light for light in order if light in shown), Light.GREEN)

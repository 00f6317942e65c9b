"""The outside-in test as both screens show it: lights, sentences, and the missing router entries.

The staff's page and the phone's get the same view, each in the language of its browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practicebox.practice.router import Entry, Hop, Line, Name, judge, learned, missing
from practicebox.rtc.reach import Light, ReachTest
from practicebox.store import settings
from practicebox.web import reach_words as words
from practicebox.web.keys import Services, services
from practicebox.web.render import language

SYMBOLS = {
    Light.WAITING: "·",
    Light.TESTING: "…",
    Light.GREEN: "✓",
    Light.YELLOW: "!",
    Light.RED: "✕",
    Light.OFF: "–",
}
Translate = Callable[[str], str]
View = dict[str, object]


@dataclass(frozen=True)
class Result:
    """The last test that proved something."""

    at: datetime  # aware
    lights: dict[Hop, Light]


def lights(test: ReachTest, now: datetime) -> dict[Hop, Light]:
    """The light of every hop; until the phone comes, what the box can say alone."""
    found = {Hop(hop): light for hop, light in test.lights.items()}
    if test.run or test.looked_up is None:
        return found
    is_right = judge(test.looked_up) is Name.PUBLIC
    if test.is_overdue(now):
        return found | {
            Hop.NAME: Light.GREEN if is_right else Light.RED,
            Hop.TCP: Light.RED if is_right else Light.YELLOW,
        }
    return found if is_right else found | {Hop.NAME: Light.RED}


def view(request: web.Request, test: ReachTest) -> View:
    """What both screens show, ready for JSON and for a template."""
    box = services(request)
    now, line, translate = box.now(), box.line(), language(request).gettext
    shown = lights(test, now)
    summary = _summary(test, shown, now)
    return {
        "summary": summary,
        "words": translate(words.SUMMARIES[summary]),
        "done": test.is_complete,
        "hops": [_hop(test, hop, shown, line, translate) for hop in Hop],
    }


def entry_text(entry: Entry, translate: Translate) -> str:
    """A router entry as people copy it."""
    return translate(words.ENTRY) % {
        "protocol": entry.protocol,
        "outside": entry.outside,
        "host": entry.host or "?",
        "inside": entry.inside,
    }


async def keep(box: Services, test: ReachTest) -> None:
    """Remember the result, and the practice's public address if the test has shown one."""
    now = box.now()
    result = {"at": now.isoformat(), "lights": lights(test, now)}
    await box.store.settings.keep(settings.REACH, json.dumps(result))
    address = learned(test.looked_up or ()) if test.proves and test.by_ipv4 else None
    if address:
        await box.store.settings.keep(settings.PUBLIC_ADDRESS, address)
        box.learn(address)


async def last_result(box: Services) -> Result | None:
    """The last result that was kept, None before the first."""
    text = await box.store.settings.get(settings.REACH)
    if text is None:
        return None
    kept = json.loads(text)
    found = {Hop(hop): Light(light) for hop, light in kept["lights"].items()}
    return Result(datetime.fromisoformat(kept["at"]), found)


def _summary(test: ReachTest, shown: dict[Hop, Light], now: datetime) -> str:
    if test.run == 0:
        return "late" if test.is_overdue(now) else "waiting"
    if test.at_home:
        return "home"
    if not test.is_complete:
        return "running"
    if Light.RED in shown.values():
        return "bad"
    return "warn" if Light.YELLOW in shown.values() else "good"


def _hop(
    test: ReachTest, hop: Hop, shown: dict[Hop, Light], line: Line, translate: Translate
) -> View:
    light = shown[hop]
    text, missed = _say(test, hop, shown, line)
    addresses = ", ".join(test.looked_up or ())
    return {
        "hop": hop,
        "light": light,
        "symbol": SYMBOLS[light],
        "word": translate(words.LIGHTS[light]),
        "title": translate(words.TITLES[hop]),
        "text": translate(text) % {"addresses": addresses, "port": line.public_port}
        if text
        else "",
        "entry": "\n".join(entry_text(entry, translate) for entry in missed),
    }


def _say(
    test: ReachTest, hop: Hop, shown: dict[Hop, Light], line: Line
) -> tuple[str, tuple[Entry, ...]]:
    """The msgid beside a light, empty for none, and the entries that are missing."""
    light = shown[hop]
    if not light.is_result:
        return "", ()
    if hop is Hop.NAME and not (light is Light.GREEN and test.run):
        return words.NAMES[judge(test.looked_up or ())], ()
    if light is Light.GREEN:
        return words.IN_ORDER[hop], ()
    if light is Light.OFF:
        return words.unused(line), ()
    if light is Light.YELLOW and hop is Hop.CERTIFICATE:
        return words.certificate_trouble(line), ()
    if light is Light.YELLOW and test.run:
        return words.NOT_PROVED, ()
    return _say_fault(test, hop, shown, line)


def _say_fault(
    test: ReachTest, hop: Hop, shown: dict[Hop, Light], line: Line
) -> tuple[str, tuple[Entry, ...]]:
    worked = [each for each, light in shown.items() if light is Light.GREEN]
    missed = missing(hop, worked, line, by_ipv6=test.by_ipv6)
    if not missed:
        return words.fault(hop, line), ()
    is_first = shown[hop] is Light.RED
    return (words.ENTRY_MISSING[hop] if is_first else words.NAME_FIRST), missed


def known_lights(test: ReachTest, line: Line, *, at_home: bool, secure: bool) -> dict[str, Light]:
    """What is known as soon as the phone's page runs: it has been loaded, after all.

    `secure`: the page is a secure context. From inside that proves nothing of name and port.
    """
    is_right = not at_home or judge(test.looked_up or ()) is Name.PUBLIC
    is_trusted = line.is_secure and not line.own_authority
    trusted = Light.GREEN if is_trusted else Light.YELLOW
    return {
        Hop.NAME: Light.GREEN if is_right else Light.YELLOW,
        Hop.TCP: Light.YELLOW if at_home else Light.GREEN,
        Hop.CERTIFICATE: trusted if secure else Light.RED,
    }

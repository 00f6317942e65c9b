"""What each light of the outside-in test means, in sentences for people who don't know networks."""

from __future__ import annotations

from practicebox.practice.router import RELAY, Hop, Line, Name
from practicebox.rtc.reach import Light
from practicebox.web.language import mark

TITLES = {
    Hop.NAME: mark("Internet address"),
    Hop.TCP: mark("Door for patients"),
    Hop.CERTIFICATE: mark("Certificate of the door"),
    Hop.SOCKET: mark("Standing connection (WebSocket)"),
    Hop.STUN: mark("Finding the way from outside (STUN)"),
    Hop.RELAY_UDP: mark("Relay of the practice by UDP"),
    Hop.RELAY_TCP: mark("Relay of the practice by TCP"),
    Hop.RELAY_TLS: mark("Relay of the practice by TLS"),
}
LIGHTS = {
    Light.WAITING: mark("not checked yet"),
    Light.TESTING: mark("being checked"),
    Light.GREEN: mark("in order"),
    Light.YELLOW: mark("attention"),
    Light.RED: mark("fault"),
    Light.OFF: mark("not used"),
}
ENTRY = mark("Protocol %(protocol)s, port outside %(outside)s → %(host)s port %(inside)s")

NAMES = {
    Name.PUBLIC: mark(
        "The address leads to %(addresses)s. Please compare: your router must show the same one "
        "as its address on the internet. Otherwise correct the entry at the provider of the name."
    ),
    Name.NOTHING: mark(
        "The address leads nowhere. Please correct the entry at the provider of the name, "
        "or switch on the dynamic DNS of your router."
    ),
    Name.INSIDE: mark(
        "The address leads to %(addresses)s. That is known inside the practice only: at the "
        "provider of the name, enter the address that your router shows on the internet."
    ),
    Name.CARRIER: mark(
        "The address leads to %(addresses)s. That is a shared address of your internet provider, "
        "which no port can be forwarded from. What helps is described below."
    ),
}
IN_ORDER = {
    Hop.NAME: mark("The phone has found the practice by its address."),
    Hop.TCP: mark("The router hands port %(port)s on to the box."),
    Hop.CERTIFICATE: mark("The phone trusts the door of the practice."),
    Hop.SOCKET: mark("The connection for the waiting room stays open."),
    Hop.STUN: mark("The box answers devices that look for a way to each other."),
    Hop.RELAY_UDP: mark("Picture and sound get through the practice relay."),
    Hop.RELAY_TCP: mark("Picture and sound get through where UDP is blocked, too."),
    Hop.RELAY_TLS: mark("Picture and sound get through where only web pages are allowed, too."),
}
ENTRY_MISSING = {
    Hop.TCP: mark("The phone has not reached the box. This entry is missing in the router:"),
    Hop.STUN: mark("No answer came by UDP. This entry is missing in the router:"),
    Hop.RELAY_UDP: mark("Picture and sound can not come by UDP. This entry is missing:"),
    Hop.RELAY_TCP: mark("Patients whose network blocks UDP can not come. This entry is missing:"),
}
# All entries are there, and yet it doesn't work.
FAULTS = {
    Hop.CERTIFICATE: mark(
        "The page is not protected by HTTPS; no browser gives it camera and microphone. "
        "Please tell your installer."
    ),
    Hop.SOCKET: mark(
        "Something between phone and box cuts the connection, such as a proxy or a firewall. "
        "Please tell your installer: WebSockets must be let through."
    ),
    Hop.RELAY_UDP: mark(
        "The router lets it through, but the relay passes nothing on. Please restart the box."
    ),
    Hop.RELAY_TLS: mark(
        "The page arrives, but the relay on the same port does not. If another server stands in "
        "front of the box, please tell your installer: it must hand TLS on unopened."
    ),
}
OTHER_RELAY = mark(
    "The relay that your installer has entered does not pass anything on. "
    "Please tell your installer."
)
RELAY_DISTRUSTED = mark(
    "The phone does not know the certificate of the box and so does not use this last way. "
    "A certificate of a public authority helps."
)
NOT_PROVED = mark(
    "The page was opened from inside. Only a test from outside shows whether the router hands "
    "port %(port)s on to the box."
)
NAME_FIRST = mark("Please put the address right first. Then the router needs this entry:")
UNKNOWN_CERTIFICATE = mark(
    "Only devices of the practice know the certificate of the box; patients see a warning. "
    "Your installer can set up a certificate of a public authority."
)
NO_ENCRYPTION = mark(
    "This address has no HTTPS. That is enough for trying out, but not for patients."
)
RELAY_OFF = mark("The relay is switched off in the configuration of the box.")
NEEDS_HTTPS = mark("This way needs HTTPS.")


def certificate_trouble(line: Line) -> str:
    """Why the certificate is only good enough for some."""
    return UNKNOWN_CERTIFICATE if line.is_secure else NO_ENCRYPTION


def fault(hop: Hop, line: Line) -> str:
    """Why `hop` fails although the router has its entry."""
    if hop in RELAY and line.relay == "external":
        return OTHER_RELAY
    if hop is Hop.RELAY_TLS and line.own_authority:
        return RELAY_DISTRUSTED
    return FAULTS[hop]


def unused(line: Line) -> str:
    """Why a way of the relay isn't tested."""
    return RELAY_OFF if line.relay == "never" else NEEDS_HTTPS


SUMMARIES = {
    "waiting": mark("The test begins as soon as the phone has scanned the code."),
    "late": mark(
        "The phone has not arrived. Is Wi-Fi switched off on it, and mobile data switched on? "
        "If its browser reports an error, the reason is one of the points below."
    ),
    "running": mark("The test is running. Please leave the page on the phone open."),
    "home": mark(
        "The phone is still in the Wi-Fi of the practice. This tells nothing about the way from "
        "outside: please switch Wi-Fi off on the phone and check again."
    ),
    "good": mark("Everything is in order: patients reach the practice from any network."),
    "warn": mark("Patients get through. One thing needs attention, see below."),
    "bad": mark("Not every patient gets through. What is missing stands beside the red lights."),
}

"""The forms of the page "E-mail and SMS": read, with every mistake beside its field; and filled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from practicebox.post import sms
from practicebox.post.accounts import SetUp
from practicebox.post.mail import HERE, SECURITIES, is_address
from practicebox.practice import message_text
from practicebox.practice.message_text import MissingPlaceholder, UnknownPlaceholder
from practicebox.web.forms import Form
from practicebox.web.language import mark

Translate = Callable[[str], str]

PORTS = {"starttls": 587, "tls": 465, "plain": 25}
# Minutes before the appointment; 0: none.
FIRST = (0, 10080, 4320, 2880, 1440, 720, 240, 120)
SECOND = (0, 120, 60, 30, 15, 10, 5)
NEEDED = {"invitation": ("Link",), "reminder": ("Link",), "sms": ("Link",)}
SECURITY_WORDS = {
    "starttls": mark("STARTTLS (usual, port 587)"),
    "tls": mark("TLS from the start (port 465)"),
    "plain": mark("none (only for a mail program on the box itself)"),
}
GATEWAY_WORDS = {
    "": mark("no SMS"),
    "seven": mark("seven.io"),
    "sipgate": mark("sipgate"),
    "own": mark("another gateway (own address)"),
}


def read_mail(form: Form, kept: dict[str, Any], translate: Translate) -> dict[str, Any] | None:
    """The mailbox; an empty server name takes it away. None where something is wrong."""
    _ = translate
    host = form.text("host").lower()
    if not host:
        return {}
    security = form.one_of("security", SECURITIES, _("Please choose how the line is encrypted."))
    if security == "plain" and host not in HERE:
        form.errors["security"] = _(
            "Without encryption the password could be read on the way. Please choose STARTTLS or "
            "TLS; your provider tells you which."
        )
    port = form.read("port", _port, _("Please enter a port between 1 and 65535, usually 587."))
    sender = form.text("sender", _("Please enter the address that messages come from."))
    if sender and not is_address(sender):
        form.errors["sender"] = _("This is no e-mail address, such as praxis@example.org.")
    # A password that was kept goes to nobody but the server that it was entered for.
    known = kept.get("password", "") if host == kept.get("host") else ""
    password = form.value("password") or known
    user = form.text("user")
    if user and not password:
        form.errors["password"] = _("Please enter the password of this mailbox.")
    if not form.is_good:
        return None
    names = {"user": user, "password": password, "sender": sender, "name": form.text("shown_name")}
    return {"host": host, "port": port, "security": security, **names}


def read_sms(form: Form, kept: dict[str, Any], translate: Translate) -> dict[str, Any] | None:
    """The gateway; "no SMS" takes it away. None where something is wrong."""
    _ = translate
    interface = form.one_of("interface", GATEWAY_WORDS, _("Please choose one of the gateways."))
    if not interface:
        return {} if form.is_good else None
    url = form.text("url") if interface == "own" else sms.URLS[interface]  # type: ignore[index]  # one of them
    if not sms.is_url(url):
        form.errors["url"] = _("Please enter the whole address, beginning with https://.")
    same = (kept.get("interface"), kept.get("url")) == (interface, url)
    secret = form.value("secret") or (kept.get("secret", "") if same else "")
    if not secret and interface != "own":
        form.errors["secret"] = _("Please enter the key that the gateway has given you.")
    cents = form.read("cents", _cents, _("Please enter the price in cents, such as 7.5."))
    if not form.is_good:
        return None
    names = {"user": form.text("gateway_user"), "sender": form.text("gateway_sender")}
    return {"interface": interface, "url": url, "secret": secret, "cents": cents, **names}


def read_texts(form: Form, translate: Translate) -> dict[str, Any] | None:
    """The practice's texts and the times of reminders. None where something is wrong."""
    _ = translate
    found: dict[str, Any] = {}
    for name, needed in NEEDED.items():
        text = form.value(name).strip()[: message_text.LONGEST]
        found[name] = text
        try:
            message_text.check(text, *(needed if text else ()))
        except UnknownPlaceholder as unknown:
            form.errors[name] = _(
                "“{%(name)s}” is no placeholder. These can be used: %(known)s."
            ) % {"name": unknown.name, "known": known_placeholders()}
        except MissingPlaceholder as missing:
            form.errors[name] = _(
                "“{%(name)s}” is missing: without it the patient does not find in."
            ) % {"name": missing.name}
    leads = []
    for name, choices in (("first", FIRST), ("second", SECOND)):
        chosen = form.one_of(name, map(str, choices), _("Please choose one of the times."))
        if chosen.isdigit() and int(chosen):
            leads.append(int(chosen))
    return {**found, "minutes": sorted(set(leads), reverse=True)} if form.is_good else None


def filled(set_up: SetUp, cents: float | None, usual: dict[str, str]) -> Form:
    """The forms as they were kept; passwords are never shown again."""
    values = {"port": "587", "security": "starttls", "interface": "", "cents": ""}
    if set_up.mail:
        account = set_up.mail
        values |= {"host": account.host, "port": str(account.port), "security": account.security}
        values |= {"user": account.user, "sender": account.sender, "shown_name": account.name}
    if set_up.sms:
        gateway = set_up.sms
        values |= {"interface": gateway.interface, "gateway_user": gateway.user}
        values |= {"gateway_sender": gateway.sender, "url": gateway.url}
        values["cents"] = f"{cents or 0:g}".replace(".", ",")
    for name in NEEDED:
        values[name] = getattr(set_up.texts, name) or usual[name]
    return Form(values | _times(set_up.leads))


def known_placeholders() -> str:
    """All placeholders, as they are written."""
    return " ".join(f"{{{name}}}" for name in message_text.PLACEHOLDERS)


def _times(leads: tuple[timedelta, ...]) -> dict[str, str]:
    minutes = [lead // timedelta(minutes=1) for lead in leads]
    first = next((each for each in minutes if each in FIRST), 0)
    second = next((each for each in minutes if each in SECOND and each != first), 0)
    return {"first": str(first), "second": str(second)}


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError("no port")
    return port


def _cents(text: str) -> float:
    cents = float(text.strip().replace(",", ".") or 0)
    if not 0 <= cents < 1000:
        raise ValueError("no price of an SMS")
    return cents

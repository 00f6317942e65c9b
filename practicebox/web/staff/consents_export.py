"""A patient's consents in the copy of their data: as fields for machines, and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from practicebox.post.disclosure import Fact
from practicebox.practice.consents import CONSENT, PRIVACY, RELEASE, Consent
from practicebox.store.audit.audit import PATIENT
from practicebox.web.staff.scan_upload import ENDINGS


@dataclass(frozen=True)
class Spoken:
    """What telling of consents needs besides them."""

    zone: ZoneInfo
    translate: Callable[[str], str]
    locale: str


def as_json(one: Consent, users: Mapping[str, str]) -> dict[str, object]:
    """A consent with everything about it; `scan` is the name of a file in the ZIP."""
    return {
        "form": one.form,
        "version": one.version,
        "given": one.at.isoformat(),
        "how": one.how,
        "noted_by": PATIENT if one.by == PATIENT else users.get(one.by, ""),
        "until": one.until.isoformat() if one.until else None,
        "persons": list(one.persons),
        "revoked": one.revoked.isoformat() if one.revoked else None,
        "signature": one.signature,
        "scan": scan_name(one) if one.scan else "",
    }


def scan_name(one: Consent) -> str:
    """What a scan is called in the ZIP."""
    return f"scan-{one.id}.{ENDINGS[one.scan]}"


def facts(consents: Iterable[Consent], spoken: Spoken) -> list[Fact]:
    """Everything the patient has agreed to, one line each."""
    _ = spoken.translate
    titles = {
        CONSENT: _("Consent to the video consultation"),
        PRIVACY: _("Data protection information for video treatment"),
        RELEASE: _("Released from secrecy"),
    }
    return [Fact(titles[one.form], _told(one, spoken)) for one in consents]


def _told(one: Consent, spoken: Spoken) -> str:
    _ = spoken.translate
    said = [_("given on %(day)s") % {"day": _day(one.at, spoken)}]
    if one.revoked:
        said.append(_("revoked on %(day)s") % {"day": _day(one.revoked, spoken)})
    return "; ".join((*said, *one.persons))


def _day(at: datetime, spoken: Spoken) -> str:
    return format_date(at.astimezone(spoken.zone).date(), "long", spoken.locale)

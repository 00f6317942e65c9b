"""Sentences that both doors say of a consultation that took place."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from practicebox.practice.confirmation import Held
from practicebox.web.language import Language


def took_place(language: Language, what: Held, zone_name: str) -> str:
    """ "19. Januar 2027, 15:30 bis 15:52 Uhr" """
    _, zone = language.gettext, ZoneInfo(zone_name)
    began = what.began.astimezone(zone)
    told = {
        "day": format_date(began.date(), "long", language.code),
        "begin": format_time(began.time(), "short", locale=language.code),
    }
    if what.ended is None:
        return _("%(day)s, from %(begin)s") % told
    end = format_time(what.ended.astimezone(zone).time(), "short", locale=language.code)
    return _("%(day)s, from %(begin)s to %(end)s") % {**told, "end": end}

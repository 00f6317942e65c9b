"""A series in the form of a new appointment: how often, and what becomes of days that don't fit.

Holidays, blocked and closed times, and times that are taken are listed before anything is saved;
the reception chooses whether those appointments are left out or moved. The first one is the form's
own and has been asked about already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from aiohttp import web
from babel.dates import format_date

from practicebox.practice import series
from practicebox.store.records import Appointment, AppointmentDraft, Entry
from practicebox.web.forms import Form, Translate
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language
from practicebox.web.staff import hours, overlap, unusual
from practicebox.web.staff.calendar_view import USUAL
from practicebox.web.staff.hours import Hours
from practicebox.web.staff.session import zone_of

FIELD = "series"  # what becomes of the days that don't fit
LISTED = "series_listed"  # those that the question named
EVERY = {
    "": mark("once"),
    "1": mark("every week"),
    "2": mark("every 2 weeks"),
    "4": mark("every 4 weeks"),
}
CHOICES = {"leave": mark("Leave them out"), "move": mark("Move them to the next free time")}
NO_SUCH_TIME = mark("The clocks are put forward on that day; this time does not exist.")
TAKEN = mark("There is another appointment at this time.")
NO_ROOM = mark("%(day)s: no free time within a week. Please leave it out or plan it by itself.")


@dataclass(frozen=True)
class _Plan:
    """What is known of the days of a series."""

    draft: AppointmentDraft
    times: Hours
    entries: dict[date, Sequence[Entry]]

    def obstacle(self, request: web.Request, starts: datetime) -> str:
        """Why it can't be at this time (aware), in words; empty where it can."""
        ends = starts + timedelta(minutes=self.draft.minutes)
        found = self.times.obstacles(starts, ends, self.draft.organiser)
        if found:
            return " ".join(unusual.words(request, one) for one in found)
        day = starts.astimezone(self.times.zone).date()
        busy = (e for e in self.entries.get(day, ()) if overlap.is_busy(e, self.draft.organiser))
        is_taken = any(one.starts < ends and starts < one.ends for one in busy)
        return language(request).gettext(TAKEN) if is_taken else ""

    def elsewhere(self, request: web.Request, day: date, clock: time) -> datetime | None:
        """The nearest other time for the appointment of a day."""
        for starts in series.other_times(day, clock, self.times.zone):
            if self._is_daytime(starts) and not self.obstacle(request, starts):
                return starts
        return None

    def _is_daytime(self, starts: datetime) -> bool:
        """While no hours are known, nobody wants to be moved into the night or a Sunday."""
        local = starts.astimezone(self.times.zone)
        ends = local.hour * 60 + local.minute + self.draft.minutes
        usual = USUAL.begins <= local.hour * 60 and ends <= USUAL.ends and local.weekday() < 5
        return self.times.opening.is_known or usual


def choices(translate: Translate) -> dict[str, list[tuple[str, str]]]:
    """What the form offers, by the names of its fields."""
    return {
        "repeat": [(value, translate(words)) for value, words in EVERY.items()],
        FIELD: [(value, translate(words)) for value, words in CHOICES.items()],
    }


def address(appointments: Iterable[Appointment]) -> str:
    """Where the appointments of a series stand together."""
    return f"/series?ids={'.'.join(one.id for one in appointments)}"


async def drafts(
    request: web.Request, form: Form, first: AppointmentDraft | None
) -> list[AppointmentDraft] | None:
    """All appointments of the form, one or a series; None with questions or mistakes noted.

    `first` is the form's own appointment; None where it has mistakes already.
    """
    if first is None or await unusual.asks(request, form, first):
        return None
    _ = language(request).gettext
    every = form.one_of("repeat", EVERY, _("Please choose how often the appointment is repeated."))
    if not every:
        return [first]
    wrong = _("Please enter how many appointments it shall be: %(least)s to %(most)s.")
    limits = {"least": series.FEWEST, "most": series.MOST}
    times = form.read("times", _times, wrong % limits)
    if times is None or not form.is_good:
        return None
    return await _series(request, form, first, int(every), times)


async def _series(
    request: web.Request, form: Form, first: AppointmentDraft, every: int, times: int
) -> list[AppointmentDraft] | None:
    zone = zone_of(request)
    local = first.starts.astimezone(zone)
    days, clock = series.days(local.date(), every, times), local.time()
    plan = await _plan(request, first, days)
    made, questions, unfit = [first], [], []
    for day in days[1:]:
        starts = series.local(day, clock, zone)
        why = language(request).gettext(NO_SUCH_TIME)
        why = plan.obstacle(request, starts) if starts else why
        if why:
            questions.append(f"{_day(request, day)}: {why}")
            unfit.append(day.isoformat())
            starts = await _instead(request, form, plan, day, clock)
        if starts:
            made.append(replace(first, starts=starts))
    listed = " ".join(unfit)
    if questions and (form.value(FIELD) not in CHOICES or form.value(LISTED) != listed):
        form.errors[FIELD] = " ".join(questions)  # also where other days have been listed before
    form.values[LISTED] = listed
    return made if form.is_good else None


async def _instead(
    request: web.Request, form: Form, plan: _Plan, day: date, clock: time
) -> datetime | None:
    """Another time for a day that doesn't fit, if that is wanted and there is one."""
    if form.value(FIELD) != "move":
        return None
    await _read(request, plan, (day + timedelta(days=n) for n in range(series.AHEAD + 1)))
    found = plan.elsewhere(request, day, clock)
    if found is None:
        words = language(request).gettext(NO_ROOM) % {"day": _day(request, day)}
        form.errors[FIELD] = f"{form.errors.get(FIELD, '')} {words}".strip()
    return found


async def _plan(request: web.Request, first: AppointmentDraft, days: Sequence[date]) -> _Plan:
    last = days[-1] + timedelta(days=series.AHEAD)
    plan = _Plan(first, await hours.between(request, days[0], last), {})
    await _read(request, plan, days)
    return plan


async def _read(request: web.Request, plan: _Plan, days: Iterable[date]) -> None:
    """Read what is planned on these days already."""
    for day in days:
        plan.entries[day] = await services(request).store.appointments.day(day)


def _times(text: str) -> int:
    times = int(text)
    if not series.FEWEST <= times <= series.MOST:
        raise ValueError
    return times


def _day(request: web.Request, day: date) -> str:
    return format_date(day, "EEE dd.MM.y", locale=language(request).code)

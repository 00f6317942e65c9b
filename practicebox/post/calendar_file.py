"""The calendar file of an appointment (RFC 5545), as an invitation or its withdrawal (RFC 5546).

Whoever sees a calendar over somebody's shoulder learns that there is an appointment, and with whom
if the practice wants that; never why, never at what kind of doctor. `icalendar` is imported with
the first file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

FILE_NAME = "termin.ics"
PRODUCT = "-//PracticeBox//Termin//DE"

AROUND = timedelta(days=400)  # for which the file says when clocks change

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, repr=False)
class Event:
    """What the file says."""

    uid: str  # the same for one appointment, whatever becomes of it
    sequence: int  # grows with each change (RFC 5545 section 3.8.7.4)
    title: str
    starts: datetime  # in the practice's zone, which is written into the file
    minutes: int
    sender: str  # address of the practice
    to: str  # address of the patient
    made: datetime  # aware


@dataclass(frozen=True)
class CalendarFile:
    """A file to be attached."""

    method: Method
    content: bytes = field(repr=False)
    file_name: str = FILE_NAME


def make(event: Event, method: Method) -> CalendarFile:
    """The file of an event."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.made.astimezone(UTC))
    entry.add("dtstart", event.starts)
    # The end by the clock on the wall: adding to a local time would miss the change of clocks.
    ends = event.starts.astimezone(UTC) + timedelta(minutes=event.minutes)
    entry.add("dtend", ends.astimezone(event.starts.tzinfo))
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry.add("organizer", icalendar.vCalAddress(f"mailto:{event.sender}"))
    attendee = icalendar.vCalAddress(f"mailto:{event.to}")
    attendee.params["RSVP"] = icalendar.vText("FALSE")
    entry.add("attendee", attendee)
    calendar.add_component(entry)
    day = event.starts.date()
    calendar.add_missing_timezones(first_date=day - AROUND, last_date=day + AROUND)
    return CalendarFile(method, calendar.to_ical())

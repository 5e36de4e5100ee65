"""A meeting on everybody's clock, as its organiser sees it before anything leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.partners.people import called, reader_of_contact, reader_of_manager
from bot.reminders import clocks, places, series, words
from bot.routes import Act
from bot.texts import Reader, day
from bot.when import local_time, place
from storage import meetings
from storage.models_people import Contact
from storage.models_work import Meeting


async def of_draft(act: Act, meeting: Meeting) -> dict[str, Any]:
    """What the organiser is shown before anything leaves: data of meetings/preview.html.j2."""
    reader = reader_of_manager(meeting.organiser)
    guests = await meetings.guests(act.session, meeting.id)
    present, absent = await places.reachable(act, meeting, guests)
    shown = present or absent
    rows = series.of(meeting)
    at = place(rows.start, rows.zone).at
    zones = [reader_of_contact(contact).zone for contact in shown]
    better = clocks.better_hour(rows.start, series.length(meeting), rows.zone, zones, act.now)
    return {
        "meeting": meeting, "handle": series.handle(meeting), "partner": meeting.partner,
        "at": at, "sides": sides(at, rows.zone, shown, reader),
        "rhythm": words.in_words(meeting.rrule, rows.start, reader),
        "later": [_later(one, rows.zone, reader) for one in clocks.later(rows, at, zones)]
        if meeting.rrule else [],
        "names": words.joined(map(called, present), reader),
        "absent": words.joined(map(called, absent), reader),
        "better": better.strftime("%H:%M") if better else "",
    }  # fmt: skip


def sides(
    at: datetime, home: str, contacts: Sequence[Contact], reader: Reader
) -> list[dict[str, str]]:
    """One entry for each zone of the guests: names, clock, its date if it is another, hint."""
    zones = [reader_of_contact(contact).zone for contact in contacts]
    found = []
    for side in clocks.sides(at, home, zones):
        there = [c for c, zone in zip(contacts, zones, strict=True) if zone == side.zone]
        on = day(side.local.date(), reader) if side.other_day else ""
        found.append({"names": words.joined(map(called, there), reader), "hint": side.hint,
                      "clock": f"{on} {side.local:%H:%M}".strip()})  # fmt: skip
    return found


def _later(one: clocks.Later, home: str, reader: Reader) -> dict[str, str]:
    others = []
    for side in one.sides:
        on = day(side.local.date(), reader) if side.other_day else ""
        others.append(f"{on} {side.local:%H:%M}".strip())
    return {
        "day": words.date_alone(one.at, reader), "season": one.season,
        "clock": f"{local_time(one.at, home):%H:%M}", "others": " / ".join(others),
    }  # fmt: skip

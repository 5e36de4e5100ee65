"""A meeting's row as a series of moments, and the names under which its work is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.marks import _m
from bot.reminders import words
from bot.reminders.clocks import SHOWN
from bot.reminders.recurrence import Occurrence, Series, occurrences
from bot.texts import Reader, clock
from bot.turn import Turn
from storage import meetings
from storage.ids import row_id
from storage.models_work import Meeting

NO_MEETING = _m("There is no meeting {ref}.")
OUTDATED = _m("That is out of date: the meeting has changed since.")


def of(meeting: Meeting) -> Series:
    return Series(datetime.fromisoformat(meeting.starts), meeting.zone, meeting.rrule)


def length(meeting: Meeting) -> timedelta:
    return timedelta(minutes=meeting.minutes)


def next_of(meeting: Meeting, now: datetime) -> Occurrence | None:
    """The occurrence that is under way or comes next; None when all are over."""
    earliest = now - length(meeting) + timedelta(seconds=1)
    return next(occurrences(of(meeting), earliest, limit=1), None)


def coming(meeting: Meeting, now: datetime) -> Occurrence:
    """The same, for what makes no sense once all are over."""
    found = next_of(meeting, now)
    if found is None:
        raise Refused(_m("This meeting is over."))
    return found


def then(meeting: Meeting, occurrence: Occurrence, reader: Reader) -> list[str]:
    """The two dates after this one on the reader's clock: "11 Mar 08:00"."""
    after = occurrence.at + timedelta(minutes=1)
    if not meeting.rrule:
        return []
    alone = replace(reader, several=False)
    return [f"{words.date_alone(one.at, alone)} {clock(one.at, alone)}"
            for one in occurrences(of(meeting), after, limit=SHOWN)]  # fmt: skip


def subject(meeting: Meeting) -> str:
    """Names the work and deliveries for the meeting's present time (DESIGN.md rule 7)."""
    return f"meeting:{meeting.id}:r{meeting.revision}"


def handle(meeting: Meeting) -> str:
    """What a button carries: outdated once the meeting's time has changed."""
    return f"{meeting.id}:{meeting.revision}"


async def find(turn: Turn, ref: str) -> Meeting:
    """The meeting of a reference such as "M-3"."""
    number = ref.rpartition("-")[2]
    meeting = await meetings.find(turn.session, row_id(number))
    if meeting is None or meeting.state == "draft":
        raise Refused(NO_MEETING, ref=ref)
    return meeting


async def pressed(turn: Turn, value: str, state: str) -> Meeting:
    """The meeting of a button; Refused when it is not any more what the button was made for."""
    number, revision = (*value.split(":"), "")[:2]
    meeting = await meetings.find(turn.session, row_id(number))
    if meeting is None or meeting.state != state or str(meeting.revision) != revision:
        raise Refused(OUTDATED)
    return meeting

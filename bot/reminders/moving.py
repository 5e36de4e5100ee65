"""A meeting that moves or ends: what was planned for its old time goes, its guests are told."""

from datetime import datetime, timedelta
from typing import Any

from bot import outbox, texts
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import called, reader_of_manager, speaker
from bot.reminders import chase, invitations, organiser, places, series, words
from bot.reminders.preview import sides
from bot.reminders.recurrence import Occurrence, occurrences
from bot.routes import Act
from bot.texts import Reader
from bot.turn import Turn
from bot.when import Moment, local_time, parse_time, place
from storage import meetings
from storage import outbox as rows
from storage.models_work import Meeting

HOLD = timedelta(seconds=60)  # in which a cancelled meeting can be brought back (DESIGN.md 5)


def _reader(act: Act, meeting: Meeting) -> Reader:
    return reader_of_manager(act.manager or meeting.organiser)


async def typed(act: Act, value: str, text: str) -> dict[str, Any]:
    """The preview of a move to a time that was typed into a form."""
    meeting = await series.pressed(act, value, "sent")
    try:
        moment = parse_time(text, act.now, _reader(act, meeting).zone)
    except Refused as refusal:
        raise refusal.at("at") from None
    return await preview(act, meeting, moment)


async def preview(act: Act, meeting: Meeting, moment: Moment) -> dict[str, Any]:
    """Both times on both clocks, before anybody hears of it: meetings/move_preview.html.j2."""
    if meeting.state != "sent":
        raise Refused(_m("This meeting is cancelled."))
    local = local_time(moment.at, meeting.zone)
    if not words.fits(meeting.rrule, local):
        raise Refused(_m("The series does not have that day of the week. Make a new meeting."))
    occurrence = series.coming(meeting, act.now)
    reader = _reader(act, meeting)
    guests = await meetings.guests(act.session, meeting.id)
    contacts = [guest.contact for guest in guests]
    return {
        "meeting": meeting, "partner": meeting.partner,
        "sides": sides(moment.at, reader.zone, contacts, reader),
        "value": f"{series.handle(meeting)}@{local:%Y-%m-%dT%H:%M}",
        "was": words.moment(occurrence.at, reader), "becomes": words.moment(moment.at, reader),
    }  # fmt: skip


async def move(act: Act, value: str) -> dict[str, Any]:
    """Move the next and all later occurrences ("7:1@2026-12-11T16:00"); all are asked again."""
    handle, _, wish = value.partition("@")
    meeting = await series.pressed(act, handle, "sent")
    old = series.coming(meeting, act.now)
    local = datetime.fromisoformat(wish)
    if place(local, meeting.zone).at <= act.now:
        raise Refused(_m("That time is past by now. Please choose another one."))
    await chase.drop(act, meeting)
    guests = await meetings.guests(act.session, meeting.id)
    others = [guest for guest in guests if guest.answer == "other"]
    held = sum(1 for _ in _held(meeting, old))
    meeting.rrule = words.moved(meeting.rrule, local, held)
    meeting.starts, meeting.revision = f"{local:%Y-%m-%dT%H:%M}", meeting.revision + 1
    for guest in others:
        await organiser.settle(act, meeting, guest, series.coming(meeting, act.now), "moved")
    for guest in guests:
        guest.answer, guest.answered_at = "", None
        guest.note = "" if guest in others else guest.note
    await act.session.flush()
    occurrence = series.coming(meeting, act.now)
    await invitations.invite(act, meeting, occurrence, "moved", was=old.at)
    await chase.plan(act, meeting)
    return await _told(act, meeting, words.moment(occurrence.at, _reader(act, meeting)))


def _held(meeting: Meeting, until: Occurrence) -> Any:
    whole = series.of(meeting)
    return occurrences(whole, place(whole.start, whole.zone).at, before=until.at)


async def _told(act: Act, meeting: Meeting, when: str) -> dict[str, Any]:
    guests = await meetings.guests(act.session, meeting.id)
    present, _ = await places.reachable(act, meeting, guests)
    names = words.joined(map(called, present), _reader(act, meeting))
    return {"meeting": meeting, "partner": meeting.partner, "names": names, "when": when,
            "handle": series.handle(meeting)}  # fmt: skip


async def about_to_cancel(act: Act, meeting: Meeting) -> dict[str, Any]:
    """What a cancellation means, before it is confirmed: meetings/cancel.html.j2."""
    if meeting.state != "sent":
        raise Refused(_m("This meeting is cancelled already."))
    occurrence = series.coming(meeting, act.now)
    return await _told(act, meeting, words.moment(occurrence.at, _reader(act, meeting)))


async def cancel(act: Act, value: str) -> dict[str, Any]:
    """Nothing happens at that time any more; the guests are told after the hold."""
    meeting = await series.pressed(act, value, "sent")
    occurrence = series.coming(meeting, act.now)
    told = await about_to_cancel(act, meeting)
    await chase.drop(act, meeting)
    meeting.state, meeting.revision = "cancelled", meeting.revision + 1
    guests = await meetings.guests(act.session, meeting.id)
    for one in await places.of_guests(act, meeting, guests):
        await _say_goodbye(act, meeting, occurrence, one)
    return {**told, "handle": series.handle(meeting), "seconds": int(HOLD.total_seconds())}


def _goodbye(meeting: Meeting) -> str:
    return f"meeting:{meeting.id}:r{meeting.revision}:cancelled"


async def _say_goodbye(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, one: places.Place
) -> None:
    """Take the buttons off the invitation and say it in a message of its own, both held."""
    ends = occurrence.at + series.length(meeting)
    message = texts.render(
        "meetings/cancelled.html.j2", one.reader, meeting=meeting,
        who=speaker(meeting.organiser, one.reader, turn.config),
        span=words.span(occurrence.at, ends, one.reader),
    )  # fmt: skip
    subject, until = _goodbye(meeting), turn.now + HOLD
    slot = invitations.slot_of(meeting, one.key)
    if await rows.slot_message(turn.session, slot) is not None:
        await outbox.owe(
            turn, one.address, message, key=f"{subject}:{one.key}:invitation", subject=subject,
            cls=Class.INTERACTIVE, slot=slot, not_before=until,
        )  # fmt: skip
    await outbox.owe(turn, one.address, message, key=f"{subject}:{one.key}", subject=subject,
                     cls=Class.INTERACTIVE, not_before=until)  # fmt: skip


async def undo(act: Act, value: str) -> dict[str, Any]:
    """Bring a cancelled meeting back while nobody has heard of its end."""
    meeting = await series.pressed(act, value, "cancelled")
    if not await outbox.drop(act, _goodbye(meeting), "undone"):
        raise Refused(_m("They have been told already. Please make a new meeting."))
    meeting.state, meeting.revision = "sent", meeting.revision + 1
    await act.session.flush()
    occurrence = series.coming(meeting, act.now)
    guests = await meetings.guests(act.session, meeting.id)
    for one in await places.of_guests(act, meeting, guests):
        await invitations.show(act, meeting, occurrence, one, key=act.event.key)
    await chase.plan(act, meeting)
    return await _told(act, meeting, words.moment(occurrence.at, _reader(act, meeting)))

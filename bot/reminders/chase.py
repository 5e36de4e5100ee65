"""Reminders: planned for the next occurrence only, decided again when their moment has come."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import due as due_work
from bot import late, outbox, texts
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners import quiet
from bot.partners.people import called, reader_of_contact, reader_of_manager, speaker
from bot.reminders import clocks, invitations, organiser, places, series, words
from bot.reminders.places import Place
from bot.reminders.recurrence import Occurrence, occurrences, reminders
from bot.texts import Reader, local
from bot.turn import Turn
from bot.when import read_duration
from storage import meetings
from storage.models_delivery import DueWork
from storage.models_work import Meeting, MeetingGuest

due = DueKinds()


async def plan(turn: Turn, meeting: Meeting) -> None:
    """Put the reminders of the next occurrence under watch, and the look at the one after it."""
    ahead = occurrences(series.of(meeting), turn.now + timedelta(seconds=1), limit=1)
    occurrence = next(ahead, None)
    if occurrence is None:
        return
    for guest in await meetings.guests(turn.session, meeting.id):
        contact = guest.contact
        hours = contact.quiet_from, contact.quiet_to
        reader = reader_of_contact(contact)
        await _put(turn, meeting, occurrence, f"contact:{contact.id}", reader, hours)
    person = f"manager:{meeting.organiser_id}"
    reader = reader_of_manager(meeting.organiser)
    await _put(turn, meeting, occurrence, person, reader, ("", ""))
    if meeting.rrule:
        await due_work.put(turn, key=f"{_key(meeting, occurrence)}:next", kind="meeting.next",
                           due_at=occurrence.at, subject=series.subject(meeting),
                           meeting=meeting.id, revision=meeting.revision)  # fmt: skip


def _key(meeting: Meeting, occurrence: Occurrence) -> str:
    return f"meeting:{meeting.id}:{occurrence.nominal:%Y-%m-%dT%H:%M}:r{meeting.revision}"


async def _put(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, person: str, reader: Reader,
    hours: tuple[str, str],
) -> None:  # fmt: skip
    seen = clocks.seen_from(occurrence, reader.zone)
    offsets = [read_duration(words) for words in meeting.remind]
    for offset, at in reminders(seen, reader.zone, offsets, turn.now):
        moment = quiet.before(at, reader.zone, *hours)
        if moment <= turn.now:
            continue  # the quiet hours have begun: nobody wants it in the night
        await due_work.put(
            turn, key=f"{_key(meeting, occurrence)}:{offset}:{person}", kind="meeting.remind",
            due_at=moment, subject=series.subject(meeting), meeting=meeting.id,
            revision=meeting.revision, at=occurrence.at.isoformat(), person=person,
        )  # fmt: skip


async def drop(turn: Turn, meeting: Meeting) -> None:
    """Nothing of the present time is due or queued any more; for a move or an end."""
    await due_work.drop(turn, subject=series.subject(meeting))
    await outbox.drop(turn, series.subject(meeting), "the meeting has changed")


@due.kind(
    "meeting.next",
    says=_m("A meeting of a series begins: the next one is planned."),
    cls=Class.REMINDER,
)
async def plan_next(turn: Turn, items: Sequence[DueWork]) -> None:
    rows = await meetings.many(turn.session, _ids(items))
    for item in items:
        meeting = rows.get(item.payload["meeting"])
        if meeting is not None and _stands(meeting, item):
            await plan(turn, meeting)


@due.kind(
    "meeting.remind", says=_m("A meeting is near: its people are reminded."), cls=Class.REMINDER
)
async def remind(turn: Turn, items: Sequence[DueWork]) -> None:
    """Remind those who still come, once: of several late reminders only the last counts."""
    rows = await meetings.many(turn.session, _ids(items))
    guests = await meetings.guests_of(turn.session, _ids(items))
    tickets = await meetings.live_tickets(turn.session, [m.partner_id for m in rows.values()])
    for item in _latest(items):
        meeting = rows.get(item.payload["meeting"])
        at = datetime.fromisoformat(item.payload["at"])
        if meeting is None or not _stands(meeting, item):
            continue
        there = guests.get(meeting.id, [])
        if at <= turn.now:
            await _note_missed(turn, meeting, item, at, there)
            continue
        if item.payload["person"].startswith("manager:"):
            live = tickets.get(meeting.partner_id, [])
            await _remind_organiser(turn, meeting, item, at, there, live)
        else:
            await _remind_guest(turn, meeting, item, at, there)


def _ids(items: Iterable[DueWork]) -> list[int]:
    return list({int(item.payload["meeting"]) for item in items})


def _stands(meeting: Meeting, item: DueWork) -> bool:
    return meeting.state == "sent" and meeting.revision == item.payload["revision"]


def _latest(items: Sequence[DueWork]) -> list[DueWork]:
    """The last item for each meeting and person."""
    found = {(item.payload["meeting"], item.payload["at"], item.payload["person"]): item
             for item in sorted(items, key=lambda item: item.due_at)}  # fmt: skip
    return list(found.values())


async def _note_missed(
    turn: Turn, meeting: Meeting, item: DueWork, at: datetime, guests: list[MeetingGuest]
) -> None:
    """We were off until it had begun: the organiser must know that nobody was reminded."""
    place = await places.of_organiser(turn, meeting)
    names = [called(guest.contact) for guest in _wanted(guests)]
    if place is None or not names:
        return
    message = texts.render(
        "meetings/missed.html.j2", place.reader, meeting=meeting, partner=meeting.partner, at=at,
        now=turn.now, names=words.joined(names, place.reader),
    )  # fmt: skip
    key = f"meeting:{meeting.id}:{at.isoformat()}:missed"  # once, however many were missed
    await outbox.owe(turn, place.address, message, key=key, subject=item.subject,
                     cls=Class.REMINDER)  # fmt: skip


def _wanted(guests: Iterable[MeetingGuest]) -> list[MeetingGuest]:
    return [guest for guest in guests if guest.answer != "no" and guest.contact.wants_reminders]


async def _remind_guest(
    turn: Turn, meeting: Meeting, item: DueWork, at: datetime, guests: list[MeetingGuest]
) -> None:
    number = int(item.payload["person"].partition(":")[2])
    wanted = _wanted(guests)
    guest = next((g for g in wanted if g.contact_id == number), None)
    if guest is None:
        return
    occurrence = Occurrence(at, at, at)
    for place in await places.of_guests(turn, meeting, wanted):
        if guest in place.guests:
            await _remind_place(turn, meeting, item, occurrence, place)


async def _remind_place(
    turn: Turn, meeting: Meeting, item: DueWork, occurrence: Occurrence, place: Place
) -> None:
    """A room is reminded once, though each of its guests has an item of their own."""
    unanswered = any(guest.answer == "" for guest in place.guests)
    data = _common(turn, meeting, occurrence, place.reader)
    message = texts.render(
        "meetings/reminder.html.j2", place.reader, handle=series.handle(meeting),
        who=speaker(meeting.organiser, place.reader, turn.config), unanswered=unanswered,
        due=late.was_due(item.due_at, turn.now), now=turn.now, **data,
    )  # fmt: skip
    key = item.key.removesuffix(item.payload["person"]) + place.key
    slot = invitations.slot_of(meeting, place.key) if unanswered else ""
    await outbox.owe(turn, place.address, message, key=key, subject=item.subject,
                     cls=Class.REMINDER, slot=slot, fresh=bool(slot),
                     expires_at=occurrence.at)  # fmt: skip


def _common(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, reader: Reader
) -> dict[str, Any]:
    days = (local(occurrence.at, reader).date() - local(turn.now, reader).date()).days
    ends = occurrence.at + series.length(meeting)
    return {"meeting": meeting, "days": days, "span": words.span(occurrence.at, ends, reader)}


async def _remind_organiser(
    turn: Turn, meeting: Meeting, item: DueWork, at: datetime, guests: list[MeetingGuest],
    tickets: list[int],
) -> None:  # fmt: skip
    place = await places.of_organiser(turn, meeting)
    if place is None:
        return
    data = _common(turn, meeting, Occurrence(at, at, at), place.reader)
    message = texts.render(
        "meetings/organiser_reminder.html.j2", place.reader, partner=meeting.partner, at=at,
        now=turn.now, tickets=words.joined((f"T-{number}" for number in tickets), place.reader),
        due=late.was_due(item.due_at, turn.now), **data,
        **await organiser.answers(turn, meeting, guests, place.reader),
    )  # fmt: skip
    await outbox.owe(turn, place.address, message, key=item.key, subject=item.subject,
                     cls=Class.REMINDER, expires_at=at)  # fmt: skip

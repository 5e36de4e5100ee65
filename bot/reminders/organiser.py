"""What the organiser hears of the guests' answers: one private message a meeting, edited."""

from typing import Any

from bot import outbox, texts
from bot.outbox import Class
from bot.partners.people import called, reader_of_contact
from bot.reminders import places, series, words
from bot.reminders.recurrence import Occurrence
from bot.texts import Reader
from bot.turn import Turn
from bot.when import Moment, local_time
from storage import meetings
from storage.models_work import Meeting, MeetingGuest


async def answers(
    turn: Turn, meeting: Meeting, guests: list[MeetingGuest], reader: Reader
) -> dict[str, Any]:
    """Who said what: names joined for each answer, and the topics line by line.

    Nobody waits for an answer of those who were never reached ("unmet").
    """
    _, away = await places.reachable(turn, meeting, guests)
    unmet = {contact.id for contact in away}
    said = {"yes": "yes", "no": "no", "other": "other", "": "waiting"}
    groups: dict[str, list[str]] = {name: [] for name in (*said.values(), "unmet")}
    for guest in guests:
        silent = not guest.answer and guest.contact_id in unmet
        groups["unmet" if silent else said[guest.answer]].append(called(guest.contact))
    found: dict[str, Any] = {name: words.joined(who, reader) for name, who in groups.items()}
    found["topics"] = [
        {"name": called(guest.contact), "text": line}
        for guest in guests if guest.answer != "other" for line in guest.note.splitlines()
    ]  # fmt: skip
    return found


async def tell(turn: Turn, meeting: Meeting, occurrence: Occurrence) -> None:
    """Bring the organiser's message about this meeting up to date."""
    place = await places.of_organiser(turn, meeting)
    if place is None:
        return
    guests = await meetings.guests(turn.session, meeting.id)
    slot = f"meeting:{meeting.id}:r{meeting.revision}:answers"
    message = texts.render(
        "meetings/answers.html.j2", place.reader, meeting=meeting, partner=meeting.partner,
        when=words.moment(occurrence.at, place.reader),
        **await answers(turn, meeting, guests, place.reader),
    )  # fmt: skip
    key = ",".join(f"{g.contact_id}{g.answer}{len(g.note)}" for g in guests)
    await outbox.owe(
        turn, place.address, message, key=f"{slot}:{key}:{turn.now.isoformat()}", subject=slot,
        cls=Class.INTERACTIVE, slot=slot,
    )  # fmt: skip


def _other_slot(meeting: Meeting, guest: MeetingGuest) -> str:
    return f"meeting:{meeting.id}:other:contact:{guest.contact_id}"


async def tell_other(
    turn: Turn, meeting: Meeting, guest: MeetingGuest, occurrence: Occurrence,
    moment: Moment | None,
) -> None:  # fmt: skip
    """A guest wants another time: shown in both clocks, with one press to move there."""
    await _show_other(turn, meeting, guest, occurrence, "open", moment, fresh=True)


async def settle(
    turn: Turn, meeting: Meeting, guest: MeetingGuest, occurrence: Occurrence, how: str
) -> None:
    """The suggestion is decided ("kept" or "moved"): its buttons go."""
    await _show_other(turn, meeting, guest, occurrence, how, None)


async def _show_other(
    turn: Turn, meeting: Meeting, guest: MeetingGuest, occurrence: Occurrence, state: str,
    moment: Moment | None, *, fresh: bool = False,
) -> None:  # fmt: skip
    place = await places.of_organiser(turn, meeting)
    if place is None:
        return
    theirs = reader_of_contact(guest.contact)
    there = Reader(place.reader.language, theirs.zone)
    to = local_time(moment.at, meeting.zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
    slot = _other_slot(meeting, guest)
    message = texts.render(
        "meetings/other_time.html.j2", place.reader, meeting=meeting, state=state,
        partner=meeting.partner, name=called(guest.contact), text=guest.note, to=to,
        handle=series.handle(meeting), contact_id=guest.contact_id,
        now_at=words.moment(occurrence.at, place.reader),
        mine=words.moment(moment.at, place.reader) if moment else "",
        theirs=words.moment(moment.at, there) if moment else "",
    )  # fmt: skip
    await outbox.owe(
        turn, place.address, message, key=f"{slot}:{state}:{turn.now.isoformat()}", subject=slot,
        cls=Class.INTERACTIVE, slot=slot, fresh=fresh,
    )  # fmt: skip

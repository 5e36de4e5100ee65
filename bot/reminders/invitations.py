"""What guests see of a meeting: one invitation that lives on, and what they answer to it."""

from datetime import datetime
from typing import Any

from bot import outbox, texts
from bot.chat import Message
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import called, reader_of_contact, speaker
from bot.reminders import organiser, places, series, words
from bot.reminders.places import Place
from bot.reminders.recurrence import Occurrence
from bot.routes import Act
from bot.turn import Turn
from bot.when import Moment, parse_time
from storage import meetings, slots
from storage.ids import row_id
from storage.models_work import Meeting, MeetingGuest


def slot_of(meeting: Meeting, key: str) -> str:
    return f"meeting:{meeting.id}:invite:{key}"


async def invite(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, news: str, *, was: datetime | None = None
) -> None:
    """Ask every guest, by a new message; `news` is "invited" or "moved" (from `was`)."""
    guests = await meetings.guests(turn.session, meeting.id)
    for place in await places.of_guests(turn, meeting, guests):
        key = f"{series.subject(meeting)}:{news}:{place.key}"
        await show(turn, meeting, occurrence, place, key=key, fresh=True, news=news, was=was)


async def show(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, place: Place, *, key: str,
    fresh: bool = False, news: str = "", was: datetime | None = None,
    not_before: datetime | None = None,
) -> None:  # fmt: skip
    """Post or edit the invitation at one place; `key` is what caused it."""
    message = invitation(turn, meeting, occurrence, place, news=news, was=was)
    await outbox.owe(
        turn, place.address, message, key=f"{slot_of(meeting, place.key)}:{key}",
        subject=series.subject(meeting), cls=Class.INTERACTIVE,
        slot=slot_of(meeting, place.key), fresh=fresh, not_before=not_before,
    )  # fmt: skip


def invitation(
    turn: Turn, meeting: Meeting, occurrence: Occurrence, place: Place, *, news: str,
    was: datetime | None = None,
) -> Message:  # fmt: skip
    """The invitation as it stands now, in the place's own language and clock."""
    reader = place.reader
    ends = occurrence.at + series.length(meeting)
    data: dict[str, Any] = {
        "meeting": meeting, "handle": series.handle(meeting), "news": news,
        "who": speaker(meeting.organiser, reader, turn.config),
        "span": words.span(occurrence.at, ends, reader),
        "was": words.moment(was, reader) if was is not None else "",
        "then": words.joined(series.then(meeting, occurrence, reader), reader),
    }  # fmt: skip
    if place.private:
        return texts.render("meetings/invitation.html.j2", reader, guest=place.guests[0], **data)
    return texts.render(
        "meetings/room_invitation.html.j2", reader, names=words.joined(place.names, reader),
        yes=_who(place, "yes"), no=_who(place, "no"), other=_who(place, "other"), **data,
    )  # fmt: skip


def _who(place: Place, answer: str) -> str:
    names = [called(guest.contact) for guest in place.guests if guest.answer == answer]
    return words.joined(names, place.reader)


async def answer(act: Act, value: str, said: str) -> None:
    """A guest said yes, no or other; the invitation shows it and the organiser hears of it."""
    meeting, guest, place = await _invited(act, value)
    occurrence = series.coming(meeting, act.now)
    if guest.answer == "other":
        guest.note = ""  # what they suggested is settled by another answer
    meetings.answered(guest, "" if said == "again" else said, act.event.at)
    await act.session.flush()
    await show(act, meeting, occurrence, place, key=act.event.key)
    if said != "again":
        await organiser.tell(act, meeting, occurrence)


async def _invited(act: Act, value: str) -> tuple[Meeting, MeetingGuest, Place]:
    """The meeting of a guest's button, the guest who pressed it, and where they were invited."""
    meeting = await series.pressed(act, value, "sent")
    if act.partner is None or act.partner.id != meeting.partner_id:
        raise Refused(series.OUTDATED)
    guests = await meetings.guests(act.session, meeting.id)
    guest = next((one for one in guests if _is(act, one)), None)
    if guest is None:
        raise Refused(_m("You are not on the list for this meeting. Please ask the organiser."))
    for place in await places.of_guests(act, meeting, guests):
        if guest in place.guests:
            return meeting, guest, place
    raise Refused(series.OUTDATED)


def _is(act: Act, guest: MeetingGuest) -> bool:
    """In the partner's own room a name is enough: it is only an answer."""
    if act.contact is not None:
        return act.contact.id == guest.contact_id
    return act.person.name.casefold() == guest.contact.name.casefold()


async def ask_other(act: Act, value: str) -> str:
    """Whoever wants another time is known and may ask for it; returns the form's value."""
    meeting, _, _ = await _invited(act, value)
    series.coming(meeting, act.now)
    return series.handle(meeting)


async def suggest(act: Act, value: str, text: str) -> None:
    """A guest's other time, in their own zone, goes to the organiser in both clocks."""
    meeting, guest, place = await _invited(act, value)
    occurrence = series.coming(meeting, act.now)
    meetings.answered(guest, "other", act.event.at)
    guest.note = text.strip()[:500]
    await act.session.flush()
    moment = _moment(guest.note, act.now, reader_of_contact(guest.contact).zone)
    await show(act, meeting, occurrence, place, key=act.event.key)
    await organiser.tell(act, meeting, occurrence)
    await organiser.tell_other(act, meeting, guest, occurrence, moment)


def _moment(text: str, now: datetime, zone: str) -> Moment | None:
    """What a guest wrote as a moment, if it is one."""
    try:
        return parse_time(text, now, zone)
    except Refused:
        return None


async def keep(act: Act, value: str) -> dict[str, Any]:
    """The organiser keeps the time: the guest is asked again. For meetings/kept.html.j2."""
    handle, _, number = value.rpartition(":")
    meeting = await series.pressed(act, handle, "sent")
    occurrence = series.coming(meeting, act.now)
    guests = await meetings.guests(act.session, meeting.id)
    guest = next((one for one in guests if str(one.contact_id) == number), None)
    if guest is None or guest.answer != "other":
        raise Refused(series.OUTDATED)
    guest.answer = ""
    await act.session.flush()
    for place in await places.of_guests(act, meeting, guests):
        if guest in place.guests:
            await show(act, meeting, occurrence, place, key=act.event.key, fresh=True, news="kept")
    await organiser.settle(act, meeting, guest, occurrence, "kept")
    return {"meeting": meeting, "name": called(guest.contact)}


async def replied_to(act: Act) -> tuple[Meeting, MeetingGuest]:
    """The meeting whose invitation a guest's message answers."""
    name = await slots.answered(act.session, act.event)
    number = name.removeprefix("meeting:").partition(":")[0]
    meeting = await meetings.find(act.session, row_id(number))
    if meeting is None or meeting.state != "sent":
        raise Refused(series.OUTDATED)
    _, guest, _ = await _invited(act, series.handle(meeting))
    return meeting, guest


async def note_topic(act: Act, meeting: Meeting, guest: MeetingGuest, text: str) -> None:
    """A guest wrote what they want to talk about; the organiser sees it with the answers."""
    topics = [line for line in guest.note.splitlines() if line] if guest.answer != "other" else []
    guest.note = "\n".join([*topics, text.strip()])[-1_000:]
    await act.session.flush()
    occurrence = series.coming(meeting, act.now)
    await organiser.tell(act, meeting, occurrence)

"""Meetings as lists and in full, for ours and for a partner's own people."""

from typing import Any

from bot.partners.people import called, reader_of_contact, reader_of_manager, speaker
from bot.reminders import organiser, series, words
from bot.routes import Act
from bot.texts import Reader
from storage import meetings
from storage.models_people import Partner
from storage.models_work import Meeting

LOOKED_AT = 200  # of the latest meetings; the next ones among them are shown
LISTED = 10


def _reader_of(act: Act) -> Reader:
    if act.manager is not None:
        return reader_of_manager(act.manager)
    if act.contact is not None:
        return reader_of_contact(act.contact)
    assert act.partner is not None  # noqa: S101 - the route's role says so
    return Reader(act.partner.language, act.partner.zone)


async def coming(act: Act, partner: Partner | None) -> dict[str, Any]:
    """The next meetings, of one partner or of all: meetings/list.html.j2."""
    reader = _reader_of(act)
    rows = await meetings.sent(act.session, partner.id if partner else None, LOOKED_AT)
    dated = [(found.at, row) for row in rows
             if (found := series.next_of(row, act.now)) is not None]  # fmt: skip
    dated.sort(key=lambda pair: (pair[0], pair[1].id))
    shown = dated[:LISTED]
    guests = await meetings.guests_of(act.session, [row.id for _, row in shown])
    ours = act.manager is not None
    lines = [
        {"id": row.id, "title": row.title, "partner": row.partner.name,
         "who": speaker(row.organiser, reader, act.config), "place": row.place,
         "when": words.moment(at, reader),
         "said": _said(act, guests.get(row.id, [])) if not ours else ""}
        for at, row in shown
    ]  # fmt: skip
    return {"lines": lines, "partner": partner, "ours": ours, "more": len(dated) - len(shown)}


def _said(act: Act, guests: list[Any]) -> str:
    """What the asker answered; "-" when they are not invited."""
    if act.contact is None:
        return "-"
    mine = [guest.answer for guest in guests if guest.contact_id == act.contact.id]
    return mine[0] if mine else "-"


async def whole(act: Act, meeting: Meeting) -> dict[str, Any]:
    """One meeting: meetings/meeting.html.j2."""
    reader = _reader_of(act)
    occurrence = series.next_of(meeting, act.now) if meeting.state == "sent" else None
    guests = await meetings.guests(act.session, meeting.id)
    zones: dict[str, list[str]] = {}
    for guest in guests:
        zones.setdefault(reader_of_contact(guest.contact).zone, []).append(called(guest.contact))
    theirs = [
        {"names": words.joined(names, reader),
         "when": words.moment(occurrence.at, Reader(reader.language, zone))}
        for zone, names in zones.items() if occurrence is not None and zone != reader.zone
    ]  # fmt: skip
    rows = series.of(meeting)
    return {
        "meeting": meeting, "partner": meeting.partner, "handle": series.handle(meeting),
        "when": words.moment(occurrence.at, reader) if occurrence else "", "theirs": theirs,
        "rhythm": words.in_words(meeting.rrule, rows.start, reader),
        **await organiser.answers(act, meeting, guests, reader),
    }  # fmt: skip

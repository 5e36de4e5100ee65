"""Meetings and who is invited to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from storage.db import Session
from storage.models_people import Contact, Partner, Room
from storage.models_work import Meeting, MeetingGuest, Ticket
from storage.tickets import LIVE


async def add(session: Session, meeting: Meeting, contacts: Sequence[Contact]) -> Meeting:
    """A meeting and its guests, in the order given."""
    session.add(meeting)
    await session.flush()
    session.add_all(
        MeetingGuest(meeting_id=meeting.id, contact_id=contact.id) for contact in contacts
    )
    await session.flush()
    await session.refresh(meeting)
    return meeting


async def find(session: Session, meeting_id: int) -> Meeting | None:
    return await session.get(Meeting, meeting_id)


async def many(session: Session, ids: Sequence[int]) -> dict[int, Meeting]:
    rows = await session.scalars(select(Meeting).where(Meeting.id.in_(ids)))
    return {row.id: row for row in rows}


async def guests(session: Session, meeting_id: int) -> list[MeetingGuest]:
    """Everybody who is invited and still there, oldest first."""
    return (await guests_of(session, [meeting_id])).get(meeting_id, [])


async def guests_of(session: Session, ids: Sequence[int]) -> dict[int, list[MeetingGuest]]:
    """The guests of several meetings."""
    rows = await session.scalars(
        select(MeetingGuest)
        .join(Contact, MeetingGuest.contact_id == Contact.id)
        .where(MeetingGuest.meeting_id.in_(ids), Contact.archived_at.is_(None))
        .order_by(MeetingGuest.id)
    )
    found: dict[int, list[MeetingGuest]] = {}
    for row in rows:
        found.setdefault(row.meeting_id, []).append(row)
    return found


async def sent(session: Session, partner_id: int | None, limit: int) -> list[Meeting]:
    """Meetings that partners know of, of one partner or of all, newest first."""
    query = select(Meeting).where(Meeting.state == "sent")
    if partner_id is not None:
        query = query.where(Meeting.partner_id == partner_id)
    return list(await session.scalars(query.order_by(Meeting.id.desc()).limit(limit)))


async def of_manager(session: Session, manager_id: int, limit: int) -> list[Meeting]:
    """Those that partners know of and that concern a manager: theirs, or with a partner of theirs;
    newest first."""
    partners = select(Partner.id).where(Partner.owner_id == manager_id)
    theirs = or_(Meeting.organiser_id == manager_id, Meeting.partner_id.in_(partners))
    rows = await session.scalars(
        select(Meeting)
        .where(Meeting.state == "sent", theirs)
        .order_by(Meeting.id.desc())
        .limit(limit)
    )
    return list(rows)


async def rooms(session: Session, ids: Sequence[int]) -> dict[int, Room]:
    found = await session.scalars(select(Room).where(Room.id.in_(ids)))
    return {row.id: row for row in found}


async def live_tickets(session: Session, partner_ids: Sequence[int]) -> dict[int, list[int]]:
    """Numbers of the tickets that are not solved yet, by partner."""
    rows = await session.execute(
        select(Ticket.partner_id, Ticket.id)
        .where(Ticket.partner_id.in_(partner_ids), Ticket.status.in_(LIVE))
        .order_by(Ticket.id)
    )
    found: dict[int, list[int]] = {}
    for partner_id, ticket_id in rows:
        found.setdefault(partner_id, []).append(ticket_id)
    return found


def answered(guest: MeetingGuest, answer: str, at: datetime) -> None:
    """Note what a guest said last."""
    guest.answer, guest.answered_at = answer, at

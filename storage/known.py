"""Known issues, their tickets, and who was told that they are fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, delete, func, insert, or_, select, tuple_, update

from bot.chat import Address
from storage.db import Session
from storage.models_known import KnownFix, KnownIssue, KnownTicket, KnownTold
from storage.models_people import Contact, Partner, Room
from storage.models_work import Ticket
from storage.tickets import LIVE

CHATS = 500  # of one query


async def add(session: Session, issue: KnownIssue) -> KnownIssue:
    session.add(issue)
    await session.flush()
    return issue


async def get(session: Session, known_id: int) -> KnownIssue | None:
    return await session.get(KnownIssue, known_id)


async def latest(session: Session, limit: int, *, only_open: bool = False) -> list[KnownIssue]:
    """The open ones first, newest first."""
    query = select(KnownIssue)
    if only_open:
        query = query.where(KnownIssue.state == "open")
    fixed = case((KnownIssue.state == "open", 0), else_=1)
    return list(await session.scalars(query.order_by(fixed, KnownIssue.id.desc()).limit(limit)))


@dataclass(frozen=True, slots=True)
class Count:
    """Tickets of a known issue, those that are not solved, and the partners that have them.

    What was merged counts with the ticket of which it is a part.
    """

    tickets: int = 0
    live: int = 0
    partners: int = 0


async def counts(session: Session, ids: Sequence[int]) -> dict[int, Count]:
    rows = await session.execute(
        select(KnownTicket.known_id, func.count(),
               func.sum(case((Ticket.status.in_(LIVE), 1), else_=0)),
               func.count(Ticket.partner_id.distinct()))
        .join(Ticket, Ticket.id == KnownTicket.ticket_id)
        .where(KnownTicket.known_id.in_(ids), Ticket.merged_into.is_(None))
        .group_by(KnownTicket.known_id)
    )  # fmt: skip
    found = {number: Count(count, int(live), partners) for number, count, live, partners in rows}
    return dict.fromkeys(ids, Count()) | found


async def of_tickets(session: Session, ids: Sequence[int]) -> dict[int, KnownIssue]:
    """The known issue of each of these tickets that has one."""
    rows = await session.execute(
        select(KnownTicket.ticket_id, KnownIssue)
        .join(KnownIssue, KnownIssue.id == KnownTicket.known_id)
        .where(KnownTicket.ticket_id.in_(ids))
    )
    return {ticket_id: issue for ticket_id, issue in rows}


async def of_ticket(session: Session, ticket_id: int) -> KnownIssue | None:
    """The known issue that caused a ticket."""
    return await session.scalar(
        select(KnownIssue)
        .join(KnownTicket, KnownTicket.known_id == KnownIssue.id)
        .where(KnownTicket.ticket_id == ticket_id)
    )


async def link(session: Session, ticket_id: int, known_id: int) -> None:
    """This is its cause from now on."""
    await unlink(session, ticket_id)
    await session.execute(insert(KnownTicket).values(ticket_id=ticket_id, known_id=known_id))


async def unlink(session: Session, ticket_id: int) -> None:
    await session.execute(delete(KnownTicket).where(KnownTicket.ticket_id == ticket_id))


async def tickets_of(session: Session, known_id: int, limit: int) -> list[Ticket]:
    """Its tickets, those first that are not solved."""
    solved = case((Ticket.status.in_(LIVE), 0), else_=1)
    rows = await session.scalars(
        select(Ticket)
        .join(KnownTicket, KnownTicket.ticket_id == Ticket.id)
        .where(KnownTicket.known_id == known_id, Ticket.merged_into.is_(None))
        .order_by(solved, Ticket.id)
        .limit(limit)
    )
    return list(rows.unique())


async def live_after(session: Session, known_id: int, after: int, limit: int) -> list[Ticket]:
    """A slice of its tickets that are not solved, by id."""
    rows = await session.scalars(
        select(Ticket)
        .join(KnownTicket, KnownTicket.ticket_id == Ticket.id)
        .where(KnownTicket.known_id == known_id, KnownTicket.ticket_id > after,
               Ticket.status.in_(LIVE))
        .order_by(KnownTicket.ticket_id)
        .limit(limit)
    )  # fmt: skip
    return list(rows.unique())


@dataclass(frozen=True, slots=True)
class Affected:
    """A ticket, and what decides who is told about it and in which language."""

    live: bool
    address: str
    contact_id: int | None
    partner: str
    language: str
    own: str  # the contact's own language


@dataclass(frozen=True, slots=True)
class Place:
    """What we know of a chat; `contact_id` of whom it is the private one."""

    contact_id: int | None
    language: str
    gone: bool


async def affected(session: Session, known_id: int) -> list[Affected]:
    """All tickets of a known issue in one query, without loading them."""
    rows = await session.execute(
        select(Ticket.status, Ticket.address, Ticket.contact_id, Partner.name, Partner.language,
               func.coalesce(Contact.language, ""))
        .join(KnownTicket, KnownTicket.ticket_id == Ticket.id)
        .join(Partner, Partner.id == Ticket.partner_id)
        .outerjoin(Contact, Contact.id == Ticket.contact_id)
        .where(KnownTicket.known_id == known_id, Ticket.merged_into.is_(None))
        .order_by(Ticket.id)
    )  # fmt: skip
    return [Affected(status in LIVE, address, contact_id, partner, language, own)
            for status, address, contact_id, partner, language, own in rows]  # fmt: skip


async def places(session: Session, addresses: Sequence[str]) -> dict[str, Place]:
    """The chats of these addresses that we know, as people.room finds them one by one."""
    parsed = {text: Address.parse(text) for text in addresses if text}
    chats = sorted({(one.platform, one.chat) for one in parsed.values()})
    found: dict[tuple[str, str, str], Place] = {}
    for start in range(0, len(chats), CHATS):
        rows = await session.execute(
            select(Room.platform, Room.chat, Room.thread, Room.contact_id, Room.language,
                   Room.unreachable_at)
            .where(tuple_(Room.platform, Room.chat).in_(chats[start : start + CHATS]))
        )  # fmt: skip
        for platform, chat, thread, contact_id, language, gone_at in rows:
            found[platform, chat, thread] = Place(contact_id, language, gone_at is not None)
    there = {}
    for text, one in parsed.items():
        place = found.get((one.platform, one.chat, one.thread or ""))
        place = place or found.get((one.platform, one.chat, ""))
        if place is not None:
            there[text] = place
    return there


# what they are told


async def add_fix(session: Session, fix: KnownFix) -> KnownFix:
    """Keep a new one; its relations are loaded."""
    session.add(fix)
    await session.flush()
    await session.refresh(fix)
    return fix


async def fix(session: Session, fix_id: int) -> KnownFix | None:
    return await session.get(KnownFix, fix_id)


async def under_way(session: Session, known_id: int) -> KnownFix | None:
    """The announcement of a known issue that is held or being sent."""
    return await session.scalar(
        select(KnownFix)
        .where(KnownFix.known_id == known_id, KnownFix.state.in_(("held", "going")))
        .limit(1)
    )


Where = tuple[str, int | None]  # an address, and which contact's ticket


@dataclass(frozen=True, slots=True)
class Lead:
    """In whose name the message of a place stands, and what became of it so far."""

    ticket_id: int
    state: str = ""
    answer: str = ""


async def leads(session: Session, fix_id: int, addresses: Sequence[str]) -> dict[Where, Lead]:
    """Of the places that earlier slices came to."""
    rows = await session.execute(
        select(Ticket.address, Ticket.contact_id, KnownTold.lead_id, KnownTold.state,
               KnownTold.answer)
        .join(KnownTold, KnownTold.ticket_id == Ticket.id)
        .where(KnownTold.fix_id == fix_id, Ticket.address.in_(addresses))
    )  # fmt: skip
    return {(address, contact_id): Lead(lead, state, answer)
            for address, contact_id, lead, state, answer in rows}  # fmt: skip


async def record_told(
    session: Session, fix_id: int, told: Sequence[tuple[int, Lead]], at: datetime
) -> None:
    """These tickets' partners are told."""
    rows = [{"fix_id": fix_id, "ticket_id": ticket_id, "lead_id": lead.ticket_id,
             "state": lead.state, "settled": False, "answer": lead.answer, "at": at}
            for ticket_id, lead in told]  # fmt: skip
    if rows:
        await session.execute(insert(KnownTold), rows)


async def arrived(session: Session, fix_id: int, leads: Sequence[int], state: str) -> None:
    """What became of the messages of these places."""
    await session.execute(
        update(KnownTold)
        .where(KnownTold.fix_id == fix_id, KnownTold.lead_id.in_(leads))
        .values(state=state)
        .execution_options(synchronize_session="fetch")
    )


async def unsettled(session: Session, fix_id: int, limit: int) -> list[KnownTold]:
    """A slice of those whose partner has been told and whose ticket is to be solved by it."""
    return list(
        await session.scalars(
            select(KnownTold)
            .where(KnownTold.fix_id == fix_id, KnownTold.state == "sent",
                   KnownTold.settled.is_(False))
            .order_by(KnownTold.ticket_id)
            .limit(limit)
        )
    )  # fmt: skip


async def told(session: Session, fix_id: int, lead_id: int) -> list[KnownTold]:
    """The tickets of which one message speaks."""
    return list(
        await session.scalars(
            select(KnownTold)
            .where(KnownTold.fix_id == fix_id, KnownTold.lead_id == lead_id)
            .order_by(KnownTold.ticket_id)
        )
    )


async def awaited(
    session: Session, since: datetime, *, ticket_id: int = 0, contact_id: int = 0,
    address: str = "",
) -> KnownTold | None:  # fmt: skip
    """The newest question "Is it solved for you?" of a ticket, or of a contact's chat, that
    nobody has answered.
    """
    which = KnownTold.ticket_id == ticket_id
    if contact_id:
        which = and_(Ticket.contact_id == contact_id, Ticket.address == address)
    return await session.scalar(
        select(KnownTold)
        .join(Ticket, Ticket.id == KnownTold.ticket_id)
        .where(which, KnownTold.answer == "", KnownTold.at > since,
               or_(KnownTold.state == "", KnownTold.state == "sent"))
        .order_by(KnownTold.fix_id.desc(), KnownTold.ticket_id)
        .limit(1)
    )  # fmt: skip


async def denied(session: Session, ticket_id: int) -> KnownTold | None:
    """The last announcement of a fix to which a ticket's partner said no."""
    return await session.scalar(
        select(KnownTold)
        .where(KnownTold.ticket_id == ticket_id, KnownTold.answer == "no")
        .order_by(KnownTold.fix_id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """Places that an announcement went to, by what became of it; `silent` said nothing so far."""

    yes: int = 0
    no: int = 0
    silent: int = 0
    failed: int = 0
    waiting: int = 0


async def outcome(session: Session, fix_id: int) -> Outcome:
    rows = await session.execute(
        select(KnownTold.state, KnownTold.answer, func.count())
        .where(KnownTold.fix_id == fix_id, KnownTold.ticket_id == KnownTold.lead_id)
        .group_by(KnownTold.state, KnownTold.answer)
    )
    names = {"": "waiting", "sent": "silent", "failed": "failed"}
    found: dict[str, int] = {}
    for state, answer, number in rows:
        name = answer or names[state]
        found[name] = found.get(name, 0) + number
    return Outcome(**found)


async def last_fix(session: Session, known_id: int) -> KnownFix | None:
    """The newest announcement that went out or is going out."""
    return await session.scalar(
        select(KnownFix)
        .where(KnownFix.known_id == known_id, KnownFix.state.in_(("going", "sent")))
        .order_by(KnownFix.id.desc())
        .limit(1)
    )

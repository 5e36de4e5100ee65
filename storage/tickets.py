"""Tickets and what happened to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Executable,
    Integer,
    Row,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import raiseload

from bot.chat import Address
from storage import finding
from storage.db import Session
from storage.finding import Wanted
from storage.models import Utc
from storage.models_people import Partner
from storage.models_work import LIVE as IS_LIVE
from storage.models_work import Ticket, TicketLog

LIVE = ("open", "waiting", "hold")
NOBODYS = 200  # tickets that nobody took: among so many it is looked whose partners they are
ENDED = ("resolved", "closed")


async def add(session: Session, ticket: Ticket) -> Ticket:
    """Keep a new ticket; its relations are loaded."""
    session.add(ticket)
    await session.flush()
    await session.refresh(ticket)
    return ticket


async def get(session: Session, ticket_id: int) -> Ticket | None:
    return await session.get(Ticket, ticket_id)


async def whole(session: Session, ticket: Ticket) -> Ticket:
    """The ticket of which this one is a part by now, else itself; a circle leads nowhere."""
    other = await get(session, ticket.merged_into) if ticket.merged_into else None
    return other if other is not None and other.merged_into is None else ticket


async def reach(session: Session, ticket_id: int) -> Ticket | None:
    """What is meant by a number: the ticket that it is a part of, if it was merged."""
    ticket = await get(session, ticket_id)
    return await whole(session, ticket) if ticket is not None else None


async def parts(session: Session, ticket_id: int) -> list[Ticket]:
    """What was merged into a ticket, oldest first."""
    rows = await session.scalars(
        select(Ticket).where(Ticket.merged_into == ticket_id).order_by(Ticket.id)
    )
    return list(rows.unique())


async def many(session: Session, ids: Sequence[int]) -> dict[int, Ticket]:
    """Several tickets by id."""
    rows = await session.scalars(select(Ticket).where(Ticket.id.in_(ids)))
    return {ticket.id: ticket for ticket in rows.unique()}


async def log(
    session: Session, ticket: Ticket, kind: str, *, at: datetime, by: str = "", **data: Any
) -> TicketLog:
    """Write down what happened to a ticket."""
    row = TicketLog(ticket_id=ticket.id, at=at, kind=kind, by=by, data=data)
    session.add(row)
    await session.flush()
    return row


WRITE = insert(TicketLog).returning(TicketLog.ticket_id, TicketLog.id)


async def write_down(session: Session, rows: Sequence[TicketLog]) -> None:
    """The same of many with one statement: rows of no session, which get their numbers."""
    if not rows:
        return
    columns = ("ticket_id", "at", "kind", "by", "data")
    found = await session.execute(
        WRITE, [{name: getattr(row, name) for name in columns} for row in rows]
    )
    numbers = sorted((ticket_id, number) for ticket_id, number in found)
    for row, (_, number) in zip(sorted(rows, key=lambda row: row.ticket_id), numbers, strict=True):
        row.id = number


async def logs(session: Session, ids: Sequence[int]) -> dict[int, list[TicketLog]]:
    """What happened to tickets, each in the order in which people did it."""
    found: dict[int, list[TicketLog]] = {ticket_id: [] for ticket_id in ids}
    rows = await session.scalars(
        select(TicketLog).where(TicketLog.ticket_id.in_(ids)).order_by(TicketLog.at, TicketLog.id)
    )
    for row in rows:
        found[row.ticket_id].append(row)
    return found


async def entries(session: Session, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The same to be read only: `at`, `kind` and `data` of each, at a third of the cost."""
    found: dict[int, list[Row[Any]]] = {ticket_id: [] for ticket_id in ids}
    rows = await session.execute(
        select(TicketLog.ticket_id, TicketLog.at, TicketLog.kind, TicketLog.data)
        .where(TicketLog.ticket_id.in_(ids))
        .order_by(TicketLog.at, TicketLog.id)
    )
    for row in rows:
        found[row.ticket_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a ticket, to be read only."""

    ticket_id: int
    at: datetime
    kind: str
    data: dict[str, Any]


async def happened(session: Session, ids: Sequence[int], kinds: Sequence[str]) -> list[Happened]:
    """What of these kinds happened to tickets, in the order in which people did it."""
    rows = await session.execute(
        select(TicketLog.ticket_id, TicketLog.at, TicketLog.kind, TicketLog.data)
        .where(TicketLog.ticket_id.in_(ids), TicketLog.kind.in_(kinds))
        .order_by(TicketLog.at, TicketLog.id)
    )
    return [Happened(*row) for row in rows]


async def lines(session: Session, ids: Sequence[int]) -> dict[int, Ticket]:
    """Several tickets by id, without their contacts."""
    rows = await session.scalars(
        select(Ticket).where(Ticket.id.in_(ids)).options(raiseload(Ticket.contact))
    )
    return {ticket.id: ticket for ticket in rows.unique()}


async def log_row(session: Session, log_id: int) -> TicketLog | None:
    return await session.get(TicketLog, log_id)


async def of_score(session: Session, scored: int, invite: int) -> int | None:
    """The ticket that was opened because of a low score for another one."""
    rows = (await logs(session, [scored]))[scored]
    made = (row.data for row in rows if row.kind == "score_ticket")
    return next((int(data["number"]) for data in made if data["invite"] == invite), None)


async def live_of_contact(session: Session, contact_id: int, address: str) -> list[Ticket]:
    """A contact's tickets in one chat that are not solved, oldest first.

    Of one that was merged, the ticket of which it is a part.
    """
    theirs = select(func.coalesce(Ticket.merged_into, Ticket.id)).where(
        Ticket.contact_id == contact_id, Ticket.address == address,
        or_(Ticket.status.in_(LIVE), Ticket.merged_into.is_not(None)),
    )  # fmt: skip
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(theirs), Ticket.status.in_(LIVE))
        .order_by(Ticket.id)
    )  # fmt: skip
    return list(rows.unique())


async def ended_of_contact(
    session: Session, contact_id: int, address: str, limit: int
) -> list[Ticket]:
    """A contact's tickets in one chat that ended last, oldest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.contact_id == contact_id, Ticket.address == address,
               Ticket.status.in_(ENDED))
        .order_by(Ticket.resolved_at.desc(), Ticket.id.desc())
        .limit(limit)
    )  # fmt: skip
    return sorted(rows.unique(), key=lambda one: one.id)


async def ended_since(
    session: Session, contact_id: int, since: datetime, limit: int
) -> list[Ticket]:
    """A contact's tickets, of all chats, that ended since a moment, newest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.contact_id == contact_id, Ticket.status.in_(("resolved", "closed")),
               Ticket.resolved_at >= since)
        .order_by(Ticket.resolved_at.desc(), Ticket.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(rows.unique())


async def latest_at(session: Session, address: str, partner_id: int) -> Ticket | None:
    """A partner's newest ticket that is talked about exactly here: in this thread."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.address == address, Ticket.partner_id == partner_id)
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return rows.unique().first()


async def live_in_room(session: Session, where: Address, partner_id: int) -> list[Ticket]:
    """A partner's tickets of a room and its threads that are not solved, oldest first.

    A Telegram topic is a room of its own: another one may belong to somebody else.
    """
    here = Ticket.address == str(where)
    if where.platform == "slack":
        here = Ticket.address.startswith(f"slack:{where.chat}:", autoescape=True)
    rows = await session.scalars(
        select(Ticket)
        .where(here, Ticket.partner_id == partner_id, Ticket.status.in_(LIVE))
        .order_by(Ticket.id)
    )
    return list(rows.unique())


async def waiting_for(session: Session, partner_ids: Collection[int]) -> list[Ticket]:
    """What waits for these partners, oldest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.partner_id.in_(partner_ids), Ticket.status == "waiting")
        .order_by(Ticket.id)
    )
    return list(rows.unique())


async def live_after(
    session: Session, after: int, limit: int, partner_id: int | None = None
) -> list[Ticket]:
    """A slice of what is not solved, of everybody's or a partner's, by id."""
    query = select(Ticket).where(Ticket.id > after, Ticket.status.in_(LIVE))
    if partner_id is not None:
        query = query.where(Ticket.partner_id == partner_id)
    rows = await session.scalars(query.order_by(Ticket.id).limit(limit))
    return list(rows.unique())


async def live(
    session: Session, *, owner_id: int | None = None, partner_id: int | None = None,
    limit: int = 20,
) -> list[Ticket]:  # fmt: skip
    """What is not solved, by when it is due; owners also have what nobody took of theirs."""
    wanted = Wanted(owner_id=owner_id, partner_id=partner_id)
    return await finding.page(session, wanted, None, limit)


async def followed_up(
    session: Session, owner_ids: Sequence[int], until: datetime, limit: int
) -> dict[int, list[int]]:
    """Tickets of each of these owners of which somebody is reminded by then, soonest first."""
    asked = {f"owner{n}": owner_id for n, owner_id in enumerate(owner_ids)}
    rows = await session.execute(
        _followed_up(len(owner_ids)),
        asked | {"owners": owner_ids, "until": until, "most": limit, "nobodys": NOBODYS},
    )
    found: dict[int, list[int]] = {owner_id: [] for owner_id in owner_ids}
    for _, ticket_id, owner_id in sorted(tuple(row) for row in rows):
        found[owner_id].append(ticket_id)
    return {owner_id: ids[:limit] for owner_id, ids in found.items()}


@lru_cache(maxsize=16)
def _followed_up(owners: int) -> Executable:
    """Each owner's first ones, and of the first that nobody took those of their partners."""
    until, most = bindparam("until", type_=Utc), bindparam("most", type_=Integer)
    soon = (text(f"tickets.{IS_LIVE}"), Ticket.follow_up_at <= until)
    order = (Ticket.follow_up_at, Ticket.id)
    columns = (Ticket.follow_up_at, Ticket.id)
    parts = [
        select(*columns, Ticket.owner_id)
        .where(*soon, Ticket.owner_id == bindparam(f"owner{n}", type_=Integer))
        .order_by(*order).limit(most).subquery()
        for n in range(owners)
    ]  # fmt: skip
    nobodys = (
        select(*columns, Ticket.partner_id)
        .where(*soon, Ticket.owner_id.is_(None))
        .order_by(*order).limit(bindparam("nobodys", type_=Integer)).subquery()
    )  # fmt: skip
    theirs = (
        select(nobodys.c.follow_up_at, nobodys.c.id, Partner.owner_id)
        .join(Partner, Partner.id == nobodys.c.partner_id)
        .where(Partner.owner_id.in_(bindparam("owners", expanding=True)))
    )
    return union_all(*(select(part) for part in parts), theirs)


async def loads(session: Session, owner_ids: Sequence[int]) -> dict[int, int]:
    """How many tickets each of these has that are not solved."""
    rows = await session.execute(
        select(Ticket.owner_id, func.count())
        .where(Ticket.owner_id.in_(owner_ids), Ticket.status.in_(LIVE))
        .group_by(Ticket.owner_id)
    )
    return {owner_id: count for owner_id, count in rows if owner_id is not None}

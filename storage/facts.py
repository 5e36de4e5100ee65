"""How long promises took, summed up in the database: cost is that of the period asked about.

Sums and pages of tickets are read from one index alone, without the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    case,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
)

from storage.db import Session
from storage.models_people import Manager, Partner
from storage.models_work import Ticket, TicketFact

BY: dict[str, ColumnElement[Any]] = {
    "": literal_column("''"),
    "week": TicketFact.week.expression, "tier": TicketFact.tier.expression,
    "partner": TicketFact.partner_id.expression, "owner": TicketFact.owner_id.expression,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Which:
    """Promises that ended in a period; `owners` None = everybody's, else only theirs.

    `fixed` are pairs of a dimension and its value: ("tier", "gold"), ("week", "2026-11-30").
    """

    since: datetime
    until: datetime
    owners: tuple[int, ...] | None = None
    fixed: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one group and clock: open time in seconds of whole minutes; `promised` of `count` had a
    target."""

    key: Any
    clock: str
    count: int
    promised: int
    kept: int
    median: int
    p90: int


async def of_ticket(session: Session, ticket_id: int) -> dict[str, TicketFact]:
    rows = await session.scalars(select(TicketFact).where(TicketFact.ticket_id == ticket_id))
    return {row.clock: row for row in rows}


async def keep(session: Session, row: TicketFact) -> None:
    """A new one, or other figures of a known one."""
    await session.merge(row)


async def forget(session: Session, ticket_id: int, clocks: Sequence[str]) -> None:
    """What ended goes on: an answer was taken back, a ticket opened again."""
    await session.execute(
        delete(TicketFact)
        .where(TicketFact.ticket_id == ticket_id, TicketFact.clock.in_(clocks))
    )  # fmt: skip


async def broken(session: Session, which: Which, by: str) -> dict[Any, int]:
    """The groups that there are, and how many promises were broken in each."""
    key = BY[by]
    late = func.sum(case((TicketFact.kept.is_(False), 1), else_=0))
    rows = await session.execute(select(key, late).where(*_where(which)).group_by(key))
    return {group: int(count) for group, count in rows}


async def figures(
    session: Session, which: Which, by: str = "", keys: Sequence[Any] = ()
) -> list[Figures]:
    """One row for each clock, or for each of these groups and clock.

    Percentiles by nearest rank, in the whole minutes that people read: counted minute by minute,
    which is a third of the work of putting all values in order.
    """
    key, minute = BY[by], (TicketFact.used + 30) // 60
    counted = (
        select(key.label("of"), TicketFact.clock, minute.label("minute"),
               func.count().label("many"), func.count(TicketFact.kept).label("promised"),
               func.sum(case((TicketFact.kept.is_(True), 1), else_=0)).label("kept"))
        .where(*_where(which), *([_among(key, keys)] if by else []))
        .group_by(*([key] if by else []), TicketFact.clock, minute)
        .subquery()
    )  # fmt: skip
    group = (counted.c.of, counted.c.clock)
    ranked = select(
        counted,
        func.sum(counted.c.many).over(partition_by=group, order_by=counted.c.minute).label("rank"),
        func.sum(counted.c.many).over(partition_by=group).label("whole"),
    ).subquery()

    def at(percent: int) -> ColumnElement[int]:
        reached = ranked.c.rank * 100 >= ranked.c.whole * percent
        return func.min(case((reached, ranked.c.minute))) * 60

    rows = await session.execute(
        select(ranked.c.of, ranked.c.clock,
               *(cast(func.sum(ranked.c[name]), BigInteger)
                 for name in ("many", "promised", "kept")),
               at(50), at(90))
        .group_by(ranked.c.of, ranked.c.clock)
    )  # fmt: skip
    return [Figures(*row) for row in rows]


def _among(key: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """NULL is a group too: what nobody looks after."""
    known = key.in_([value for value in values if value is not None])
    return or_(known, key.is_(None)) if None in values else known


async def listed(
    session: Session, which: Which, clock: str, offset: int, limit: int
) -> list[tuple[TicketFact, Ticket]]:
    """The tickets behind a number: what broke its promise first, then the slowest."""
    ids = await session.scalars(
        select(TicketFact.ticket_id)
        .where(*_where(which), TicketFact.clock == clock)
        .order_by(TicketFact.kept.is_not(False), TicketFact.used.desc(), TicketFact.ticket_id)
        .offset(offset)
        .limit(limit)
    )
    wanted = list(ids)
    rows = await session.execute(
        select(TicketFact, Ticket)
        .join(Ticket, Ticket.id == TicketFact.ticket_id)
        .where(TicketFact.ticket_id.in_(wanted), TicketFact.clock == clock)
    )
    found = {fact.ticket_id: (fact, ticket) for fact, ticket in rows.unique()}
    return [found[ticket_id] for ticket_id in wanted]


async def numbers(session: Session, which: Which, after: int, limit: int) -> list[int]:
    """The tickets behind all numbers, in the order of theirs, for a file of them."""
    rows = await session.scalars(
        select(TicketFact.ticket_id)
        .distinct()
        .where(*_where(which), TicketFact.ticket_id > after)
        .order_by(TicketFact.ticket_id)
        .limit(limit)
    )
    return list(rows)


async def rows(session: Session, which: Which, ids: Sequence[int]) -> Sequence[Any]:
    """The facts of some of them, with what a reader calls ticket, partner and owner."""
    found = await session.execute(
        select(TicketFact.ticket_id, TicketFact.clock, TicketFact.tier, TicketFact.ended_at,
               TicketFact.used, TicketFact.target, TicketFact.kept, Ticket.title,
               Partner.name.label("partner"), Manager.name.label("owner"))
        .join(Ticket, Ticket.id == TicketFact.ticket_id)
        .join(Partner, Partner.id == TicketFact.partner_id)
        .outerjoin(Manager, Manager.id == TicketFact.owner_id)
        .where(*_where(which), TicketFact.ticket_id.in_(ids))
        .order_by(TicketFact.ticket_id, TicketFact.clock)
    )  # fmt: skip
    return found.all()


def _where(which: Which) -> list[ColumnElement[bool]]:
    """Both clocks are named, so that the index serves, which begins with clock and moment."""
    found: list[ColumnElement[bool]] = [
        TicketFact.clock.in_(("answer", "solve")),
        TicketFact.ended_at >= which.since, TicketFact.ended_at < which.until,
    ]  # fmt: skip
    if which.owners is not None:
        found.append(TicketFact.owner_id.in_(which.owners))
    return found + [BY[name] == value for name, value in which.fixed]


async def names(session: Session, by: str, ids: Sequence[int]) -> dict[int, str]:
    """What groups of partners or owners are called."""
    table = Partner if by == "partner" else Manager
    rows = await session.execute(select(table.id, table.name).where(table.id.in_(ids)))
    return {row_id: name for row_id, name in rows}


async def tickets_after(session: Session, after: int, limit: int) -> list[Ticket]:
    """A slice of all tickets, by id."""
    rows = await session.scalars(
        select(Ticket).where(Ticket.id > after).order_by(Ticket.id).limit(limit)
    )
    return list(rows.unique())


async def tiers(session: Session) -> list[str]:
    """All that partners had on the day of some fact."""
    return list(await session.scalars(select(TicketFact.tier).distinct()))

"""How long promises took, summed up in the database: cost is that of the period asked about.

Sums and pages of tickets are read from one index alone, without the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, literal_column, select

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
    """Of one group and clock: seconds of open time; `promised` of `count` had a target."""

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


async def figures(session: Session, which: Which, by: str) -> list[Figures]:
    """One row for each group and clock. Percentiles by nearest rank: a value that there was."""
    key = BY[by]
    group = (key, TicketFact.clock)
    ranked = (
        select(
            key.label("of"), TicketFact.clock, TicketFact.kept, TicketFact.used,
            func.row_number()
            .over(partition_by=group, order_by=TicketFact.used)
            .label("rank"),
            func.count().over(partition_by=group).label("many"),
        )
        .where(*_where(which))
        .subquery()
    )  # fmt: skip

    def at(percent: int) -> ColumnElement[int]:
        wanted = (ranked.c.many * percent + 99) // 100
        return func.max(case((ranked.c.rank == wanted, ranked.c.used)))

    rows = await session.execute(
        select(
            ranked.c.of, ranked.c.clock, func.count(), func.count(ranked.c.kept),
            func.coalesce(func.sum(case((ranked.c.kept.is_(True), 1), else_=0)), 0),
            at(50), at(90),
        )
        .group_by(ranked.c.of, ranked.c.clock)
    )  # fmt: skip
    return [Figures(*row) for row in rows]


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

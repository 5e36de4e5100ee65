"""Lists of tickets, a page at a time, each by an index however many there are."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from storage.db import Session
from storage.models_people import Partner
from storage.models_work import LIVE, STANDING, Ticket

COUNTED = 1_000  # more are told as "1,000+"

Place = tuple[datetime | None, int]  # a ticket's promise and number: where a page ended


@dataclass(frozen=True)
class Wanted:
    """Which tickets; what is not said does not matter. `owner_id` also has what nobody took of
    that manager's partners."""

    status: str = ""  # one of those of what is not solved, else all of it; "done", "any" = all
    owner_id: int | None = None
    partner_id: int | None = None
    kind: str = ""
    priority: str = ""
    nobody: bool = False  # nobody looks after it
    due_after: datetime | None = field(default=None)
    due_until: datetime | None = field(default=None)
    since: datetime | None = field(default=None)  # opened, or when "done" solved, from then on
    until: datetime | None = field(default=None)  # and before


async def page(session: Session, wanted: Wanted, after: Place | None, limit: int) -> list[Ticket]:
    """What is promised soonest first, then what nothing is promised for; solved: newest first."""
    if wanted.status == "done":
        return await _done(session, wanted, after, limit)
    found: list[int] = []
    if after is None or after[0] is not None:
        found = await _dated(session, wanted, after, limit)
    if len(found) < limit and wanted.due_until is None:
        last = after[1] if after is not None and after[0] is None else 0
        found += await _undated(session, wanted, last, limit - len(found))
    return await _tickets(session, found)


async def count(session: Session, wanted: Wanted) -> int:
    """How many there are; COUNTED + 1 stands for more."""
    counted = 0
    for part in _parts(wanted):
        few = select(Ticket.id).where(*part).limit(COUNTED + 1).subquery()
        counted += await session.scalar(select(func.count()).select_from(few)) or 0
    return min(counted, COUNTED + 1)


async def numbers(session: Session, wanted: Wanted, after: int, limit: int) -> list[int]:
    """The same tickets in the order of their numbers, for a file of all of them."""
    found: list[int] = []
    for part in _parts(wanted):
        found += await session.scalars(
            select(Ticket.id).where(*part, Ticket.id > after).order_by(Ticket.id).limit(limit)
        )
    return sorted(found)[:limit]


async def _dated(session: Session, wanted: Wanted, after: Place | None, limit: int) -> list[int]:
    beyond: list[ColumnElement[bool]] = [Ticket.due_at.is_not(None)]
    if after is not None:
        due, last = after
        beyond = [Ticket.due_at >= due, or_(Ticket.due_at > due, Ticket.id > last)]
    return await _merged(session, [
        select(Ticket.id, Ticket.due_at).where(*part, *beyond)
        .order_by(Ticket.due_at, Ticket.id).limit(limit)
        for part in _parts(wanted)
    ], limit)  # fmt: skip


async def _undated(session: Session, wanted: Wanted, after: int, limit: int) -> list[int]:
    return await _merged(session, [
        select(Ticket.id, Ticket.due_at).where(*part, Ticket.due_at.is_(None), Ticket.id > after)
        .order_by(Ticket.id).limit(limit)
        for part in _parts(wanted)
    ], limit)  # fmt: skip


async def _merged(
    session: Session, parts: list[Select[int, datetime | None]], limit: int
) -> list[int]:
    """The first of several lists that are in the same order; one goes as it is."""
    if len(parts) == 1:
        return [row.id for row in await session.execute(parts[0])]
    both = union_all(*(select(part.subquery()) for part in parts)).subquery()
    rows = await session.execute(select(both.c.id).order_by(both.c.due_at, both.c.id).limit(limit))
    return list(rows.scalars())


async def _done(session: Session, wanted: Wanted, after: Place | None, limit: int) -> list[Ticket]:
    older = [Ticket.id < after[1]] if after is not None else []
    rows = await session.scalars(
        select(Ticket.id).where(*_parts(wanted)[0], *older)
        .order_by(Ticket.id.desc()).limit(limit)
    )  # fmt: skip
    return await _tickets(session, list(rows))


async def _tickets(session: Session, ids: list[int]) -> list[Ticket]:
    rows = await session.scalars(select(Ticket).where(Ticket.id.in_(ids)))
    known = {ticket.id: ticket for ticket in rows.unique()}
    return [known[number] for number in ids if number in known]


def _parts(wanted: Wanted) -> list[tuple[ColumnElement[bool], ...]]:
    """The conditions; an owner's queue is two lists, so that each goes by its index."""
    conditions = [*_standing(wanted.status), *_due(wanted), *_within(wanted)]
    narrowed = wanted.owner_id is not None
    for column, value in (
        (Ticket.partner_id, wanted.partner_id),
        (Ticket.priority, wanted.priority),
        (Ticket.kind, wanted.kind),
    ):
        if value:  # the narrowest goes by its index; a wide one beside it must not be preferred
            conditions.append((func.coalesce(column, column) if narrowed else column) == value)
            narrowed = True
    if wanted.nobody:
        conditions.append(Ticket.owner_id.is_(None))
    if wanted.owner_id is None:
        return [tuple(conditions)]
    own = Ticket.owner_id == wanted.owner_id
    theirs = select(Partner.id).where(Partner.owner_id == wanted.owner_id)
    untaken = and_(Ticket.owner_id.is_(None), Ticket.partner_id.in_(theirs))
    if wanted.status in ("done", "any"):
        return [(*conditions, or_(own, untaken))]
    return [(*conditions, own), (*conditions, untaken)]


def _standing(status: str) -> list[ColumnElement[bool]]:
    if status == "done":
        return [Ticket.status.in_(("resolved", "closed"))]
    if status == "any":
        return []
    # Written out: SQLite takes a partial index only for the very words of its condition.
    return [literal_column(f"tickets.{STANDING.get(status, LIVE)}")]


def _due(wanted: Wanted) -> list[ColumnElement[bool]]:
    after, until = wanted.due_after, wanted.due_until
    return [
        *([Ticket.due_at > after] if after is not None else []),
        *([Ticket.due_at <= until] if until is not None else []),
    ]


def _within(wanted: Wanted) -> list[ColumnElement[bool]]:
    moment = Ticket.resolved_at if wanted.status == "done" else Ticket.opened_at
    return [
        *([moment >= wanted.since] if wanted.since is not None else []),
        *([moment < wanted.until] if wanted.until is not None else []),
    ]

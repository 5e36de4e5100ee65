"""What somebody of ours promised in words."""

from collections.abc import Sequence

from sqlalchemy import select

from storage.db import Session
from storage.models_work import Promise, Ticket
from storage.tickets import LIVE


async def add(session: Session, promise: Promise) -> Promise:
    """Keep a new one; its relations are loaded."""
    session.add(promise)
    await session.flush()
    await session.refresh(promise)
    return promise


async def get(session: Session, promise_id: int) -> Promise | None:
    return await session.get(Promise, promise_id)


async def many(session: Session, ids: Sequence[int]) -> dict[int, Promise]:
    rows = await session.scalars(select(Promise).where(Promise.id.in_(ids)))
    return {promise.id: promise for promise in rows.unique()}


async def open_of_ticket(session: Session, ticket_id: int) -> list[Promise]:
    """What was promised about a ticket and is not done."""
    rows = await session.scalars(
        select(Promise)
        .where(Promise.ticket_id == ticket_id, Promise.state == "open")
        .order_by(Promise.id)
    )
    return list(rows.unique())


async def open_of(session: Session, manager_id: int, limit: int) -> list[Promise]:
    """What a manager promised and has not done, soonest first; a solved ticket needs none."""
    rows = await session.scalars(
        select(Promise)
        .join(Ticket, Ticket.id == Promise.ticket_id)
        .where(Promise.manager_id == manager_id, Promise.state == "open",
               Ticket.status.in_(LIVE))
        .order_by(Promise.due_at, Promise.id)
        .limit(limit)
    )  # fmt: skip
    return list(rows.unique())

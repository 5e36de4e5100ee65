"""What somebody of ours looks after, counted and given to another a slice at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from storage.db import Session
from storage.models_people import Partner
from storage.models_work import Handed, Handover, Meeting, Ticket
from storage.tickets import LIVE

KINDS = ("partner", "meeting", "ticket")
OWNER: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]] = {
    "partner": Partner.owner_id, "meeting": Meeting.organiser_id, "ticket": Ticket.owner_id,
}  # fmt: skip
ID: dict[str, InstrumentedAttribute[int]] = {
    "partner": Partner.id, "meeting": Meeting.id, "ticket": Ticket.id,
}  # fmt: skip
COUNTS: dict[str, ColumnElement[bool]] = {
    "partner": Partner.archived_at.is_(None), "meeting": Meeting.state == "sent",
    "ticket": Ticket.status.in_(LIVE),
}  # fmt: skip


async def add(session: Session, handover: Handover) -> Handover:
    """Keep a new one; its relations are loaded."""
    session.add(handover)
    await session.flush()
    await session.refresh(handover)
    return handover


async def get(session: Session, handover_id: int) -> Handover | None:
    return await session.get(Handover, handover_id)


async def owned(session: Session, manager_id: int) -> dict[str, int]:
    """How many partners, meetings and tickets somebody looks after."""
    return {
        kind: await session.scalar(
            select(func.count()).where(OWNER[kind] == manager_id, COUNTS[kind])
        ) or 0
        for kind in KINDS
    }  # fmt: skip


async def next_of(session: Session, kind: str, manager_id: int, limit: int) -> list[int]:
    """A slice of what somebody looks after."""
    query = select(ID[kind]).where(OWNER[kind] == manager_id, COUNTS[kind])
    return list(await session.scalars(query.order_by(ID[kind]).limit(limit)))


async def handed(session: Session, handover: Handover, kind: str, limit: int) -> list[int]:
    """A slice of what was handed over and has not gone back."""
    return list(
        await session.scalars(
            select(Handed.row_id)
            .where(Handed.handover_id == handover.id, Handed.kind == kind)
            .order_by(Handed.row_id)
            .limit(limit)
        )
    )


async def give(session: Session, kind: str, ids: Sequence[int], giver: int, taker: int) -> None:
    """Those that are the giver's still are the taker's from now on."""
    await session.execute(
        update(OWNER[kind].class_)
        .where(ID[kind].in_(ids), OWNER[kind] == giver)
        .values({OWNER[kind]: taker})
        .execution_options(synchronize_session="fetch")
    )


async def keep(session: Session, handover: Handover, kind: str, ids: Sequence[int]) -> None:
    """Remember what was handed over."""
    rows = [{"handover_id": handover.id, "kind": kind, "row_id": row_id} for row_id in ids]
    await session.execute(insert(Handed), rows)


async def forget(session: Session, handover: Handover, kind: str, ids: Sequence[int]) -> None:
    """It has gone back."""
    await session.execute(
        delete(Handed).where(
            Handed.handover_id == handover.id, Handed.kind == kind, Handed.row_id.in_(ids)
        )
    )


async def counted(session: Session, handover: Handover) -> dict[str, int]:
    """How much was handed over, by kind."""
    rows = await session.execute(
        select(Handed.kind, func.count())
        .where(Handed.handover_id == handover.id)
        .group_by(Handed.kind)
    )
    return dict.fromkeys(KINDS, 0) | {kind: count for kind, count in rows}

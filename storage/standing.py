"""Counts for those who look after the bot: what waits, what ended badly."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from storage.db import Session
from storage.models_delivery import Delivery, DueWork, SetAside
from storage.models_people import Contact, Partner


@dataclass(frozen=True, slots=True)
class Status:
    """`held` waits for its moment, `queued` for its turn; `dead` and `set_aside` need a person."""

    partners: int
    contacts: int
    queued: int
    held: int
    in_doubt: int
    dead: int
    unverified: int
    due: int
    due_dead: int
    next_due: datetime | None
    set_aside: int
    retrying: int
    last_error: str


async def status(session: Session, now: datetime) -> Status:
    """All in a few counts."""
    rows = await session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    states = {state: number for state, number in rows.all()}
    held = await _count(
        session,
        select(func.count(Delivery.id)).where(
            Delivery.state == "queued", Delivery.not_before > now
        ),
    )
    rows = await session.execute(select(DueWork.state, func.count()).group_by(DueWork.state))
    works = {state: number for state, number in rows.all()}
    next_due = await session.scalar(
        select(func.min(DueWork.due_at)).where(DueWork.state == "waiting")
    )
    last_error = await session.scalar(
        select(Delivery.reason)
        .where(Delivery.state == "queued", Delivery.retry_at.is_not(None), Delivery.reason != "")
        .order_by(Delivery.retry_at.desc())
        .limit(1)
    )
    return Status(
        partners=await _count(session, _there(Partner)),
        contacts=await _count(session, _there(Contact)),
        queued=states.get("queued", 0) - held,
        held=held,
        in_doubt=states.get("in_doubt", 0) + states.get("sending", 0),
        dead=states.get("dead", 0),
        unverified=states.get("unverified", 0),
        due=works.get("waiting", 0),
        due_dead=works.get("dead", 0),
        next_due=next_due,
        set_aside=await _count(
            session, select(func.count(SetAside.id)).where(SetAside.state == "open")
        ),
        retrying=await _count(
            session,
            select(func.count(Delivery.id)).where(
                Delivery.state == "queued", Delivery.retry_at.is_not(None)
            ),
        ),
        last_error=last_error or "",
    )


def _there(model: type[Partner] | type[Contact]) -> Select[int]:
    return select(func.count(model.id)).where(model.archived_at.is_(None))


async def _count(session: Session, query: Select[int]) -> int:
    return await session.scalar(query) or 0

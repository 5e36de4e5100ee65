"""Counts for those who look after the bot: what waits, what ended badly."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from storage.db import Session
from storage.models import one_of
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


QUEUED = one_of(Delivery.state, "queued")
RETRIED = (one_of(Delivery.state, "queued", "in_doubt"), Delivery.retry_at.is_not(None), QUEUED)
BAD = (
    select(Delivery.state, func.count())
    .where(one_of(Delivery.state, "dead", "unverified"))
    .group_by(Delivery.state)
)
NEXT_DUE = (
    select(DueWork.due_at)
    .where(one_of(DueWork.state, "waiting"))
    .order_by(DueWork.due_at)
    .limit(1)
)
LAST_ERROR = (
    select(Delivery.reason)
    .where(*RETRIED, Delivery.reason != "")
    .order_by(Delivery.retry_at.desc())
    .limit(1)
)


async def status(session: Session, now: datetime) -> Status:
    """Counts by indexes that hold only what is open or ended badly: what is done costs nothing."""
    held = await _count(session, _deliveries(QUEUED, Delivery.not_before > now))
    bad = {state: number for state, number in await session.execute(BAD)}
    return Status(
        partners=await _count(session, _there(Partner)),
        contacts=await _count(session, _there(Contact)),
        queued=await _count(session, _deliveries(QUEUED)) - held,
        held=held,
        in_doubt=await _count(session, _deliveries(one_of(Delivery.state, "sending", "in_doubt"))),
        dead=bad.get("dead", 0),
        unverified=bad.get("unverified", 0),
        due=await _count(session, _works("waiting")),
        due_dead=await _count(session, _works("dead")),
        next_due=await session.scalar(NEXT_DUE),
        set_aside=await _count(
            session, select(func.count(SetAside.id)).where(SetAside.state == "open")
        ),
        retrying=await _count(session, _deliveries(*RETRIED)),
        last_error=await session.scalar(LAST_ERROR) or "",
    )


def _deliveries(*which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Delivery).where(*which)


def _works(state: str) -> Select[int]:
    return select(func.count()).select_from(DueWork).where(one_of(DueWork.state, state))


def _there(model: type[Partner] | type[Contact]) -> Select[int]:
    return select(func.count(model.id)).where(model.archived_at.is_(None))


async def _count(session: Session, query: Select[int]) -> int:
    return await session.scalar(query) or 0

"""How much waits and for how long: the figures of a monitoring system, read when it asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text

from storage.db import Session
from storage.models_delivery import Delivery, DueWork, SetAside


@dataclass(frozen=True)
class Waiting:
    """Deliveries of a platform and class that could go; `since` when the oldest of them could."""

    platform: str
    cls: int
    count: int
    since: datetime


@dataclass(frozen=True)
class Measures:
    """One look at the tables. `due_since` is None when nothing is overdue."""

    waiting: tuple[Waiting, ...]
    flying: dict[tuple[str, str], int]  # (platform, "sending" or "in_doubt")
    due: int
    due_since: datetime | None
    set_aside: int


async def measure(session: Session, now: datetime) -> Measures:
    """Costs as much as there is waiting: ask seldom, and where nobody waits for the answer."""
    could_go = func.coalesce(Delivery.not_before, Delivery.created_at)
    queued = await session.execute(
        select(Delivery.platform, Delivery.cls, func.count(), func.min(could_go))
        .where(Delivery.state == "queued",
               or_(Delivery.not_before.is_(None), Delivery.not_before <= now))
        .group_by(Delivery.platform, Delivery.cls)
    )  # fmt: skip
    flying = await session.execute(
        select(Delivery.platform, Delivery.state, func.count())
        .where(Delivery.state.in_(("sending", "in_doubt")))
        .group_by(Delivery.platform, Delivery.state)
    )
    due = (
        await session.execute(
            select(func.count(), func.min(DueWork.due_at))
            .where(DueWork.state == "waiting", DueWork.due_at <= now)
        )
    ).one()  # fmt: skip
    aside = select(func.count()).select_from(SetAside).where(SetAside.state == "open")
    return Measures(
        tuple(Waiting(*row) for row in queued),
        {(platform, state): count for platform, state, count in flying},
        due[0], due[1], await session.scalar(aside) or 0,
    )  # fmt: skip


async def answers(session: Session) -> None:
    """Raises when the database does not answer."""
    await session.execute(text("SELECT 1"))

"""Which events were seen, and which were set aside because we could not handle them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.db import Session, dialect_of, storable
from storage.models_delivery import SeenEvent, SetAside

REMEMBERED = timedelta(hours=26)  # Slack's delayed events come hourly for 24 h


MARK = {
    dialect: insert(SeenEvent).on_conflict_do_nothing().returning(SeenEvent.key)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def first_time(session: Session, key: str, now: datetime) -> bool:
    """Mark an event as seen; False if it was seen before."""
    found = await session.scalar(MARK[dialect_of(session)], {"key": key, "at": now})
    return found is not None


async def forget(session: Session, key: str) -> None:
    """Let an event be handled again: the operator said retry."""
    await session.execute(delete(SeenEvent).where(SeenEvent.key == key))


async def forget_old(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` marks that no platform can redeliver any more; returns how many."""
    old = await session.scalars(
        select(SeenEvent.key).where(SeenEvent.at < now - REMEMBERED).limit(limit)
    )
    keys = list(old)
    if keys:
        await session.execute(delete(SeenEvent).where(SeenEvent.key.in_(keys)))
    return len(keys)


async def set_aside(
    session: Session, *, error_id: str, platform: str, key: str, raw: str, error: str,
    now: datetime,
) -> str:  # fmt: skip
    """Keep the raw event, and mark it seen so that a redelivery is a no-op; returns its error id.

    An event that waits here already, which came twice at once, keeps its id.
    """
    if key and not await first_time(session, key, now):
        known = select(SetAside.error_id).where(SetAside.key == key, SetAside.state == "open")
        if (found := await session.scalar(known.limit(1))) is not None:
            return found
    row = SetAside(error_id=error_id, platform=platform, key=key, raw=storable(raw),
                   error=storable(error[:4_000]), at=now, state="open")  # fmt: skip
    session.add(row)
    return error_id


async def list_aside(session: Session, limit: int = 50) -> list[SetAside]:
    """The events that wait for a decision, oldest first."""
    rows = await session.scalars(
        select(SetAside).where(SetAside.state == "open").order_by(SetAside.id).limit(limit)
    )
    return list(rows)


async def find_aside(session: Session, error_id: str) -> SetAside | None:
    return await session.scalar(select(SetAside).where(SetAside.error_id == error_id))


async def count_aside(session: Session) -> int:
    """How many wait for a decision."""
    query = select(func.count()).select_from(SetAside).where(SetAside.state == "open")
    return await session.scalar(query) or 0


async def drop_aside(session: Session, error_id: str | None) -> int:
    """Give up one that waits, or all (None); returns how many. Their rows stay for the record."""
    which = [SetAside.state == "open"]
    if error_id is not None:
        which.append(SetAside.error_id == error_id)
    dropped = await session.scalars(
        update(SetAside).where(*which).values(state="dropped").returning(SetAside.id)
    )
    return len(list(dropped))

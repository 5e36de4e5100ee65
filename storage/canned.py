"""Canned answers."""

from sqlalchemy import select

from storage.db import Session
from storage.models_known import Canned


async def everything(session: Session, limit: int = 100) -> list[Canned]:
    """By name."""
    return list(await session.scalars(select(Canned).order_by(Canned.key).limit(limit)))


async def get(session: Session, canned_id: int) -> Canned | None:
    return await session.get(Canned, canned_id)


async def keyed(session: Session, key: str) -> Canned | None:
    return await session.scalar(select(Canned).where(Canned.key == key))


async def add(session: Session, row: Canned) -> Canned:
    session.add(row)
    await session.flush()
    return row


async def remove(session: Session, row: Canned) -> None:
    await session.delete(row)
    await session.flush()

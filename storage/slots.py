"""Messages that live on: whether there is one of a name."""

from sqlalchemy import select

from storage.db import Session
from storage.models_delivery import Slot


async def exists(session: Session, name: str) -> bool:
    return await session.scalar(select(Slot.id).where(Slot.name == name)) is not None

"""Files that we made or must keep."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from bot.chat import File
from storage.db import Session
from storage.models_delivery import Blob

LIMIT = 20 * 1024 * 1024  # bytes: what a Telegram bot may download


async def keep(session: Session, name: str, mime: str, data: bytes, now: datetime) -> File:
    """Store the bytes; ValueError above the limit."""
    if len(data) > LIMIT:
        raise ValueError(f"{name}: {len(data)} bytes are more than {LIMIT}")
    blob = Blob(name=name, mime=mime, size=len(data), data=data, created_at=now)
    session.add(blob)
    await session.flush()
    return File(name, mime, len(data), f"blob:{blob.id}")


async def load(session: Session, blob_id: int) -> bytes:
    """The bytes of one blob; LookupError if there is none."""
    blob = await session.get(Blob, blob_id)
    if blob is None:
        raise LookupError(f"no blob {blob_id}")
    return blob.data


async def forget(session: Session, ids: Sequence[int]) -> None:
    await session.execute(delete(Blob).where(Blob.id.in_(ids)))

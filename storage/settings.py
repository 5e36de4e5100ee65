"""The settings as they stood: each content of liaison.toml that was ever in force."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.db import Session
from storage.models_delivery import Audit, SettingsVersion


async def newest(session: Session) -> SettingsVersion | None:
    return await session.scalar(
        select(SettingsVersion).order_by(SettingsVersion.id.desc()).limit(1)
    )


async def versions(session: Session, ids: Collection[int]) -> list[SettingsVersion]:
    """Contents as they stood."""
    if not ids:
        return []
    rows = await session.scalars(select(SettingsVersion).where(SettingsVersion.id.in_(ids)))
    return list(rows)


async def add_version(
    session: Session, *, hash: str, content: dict[str, Any], by: str, now: datetime
) -> int:
    """Put a content in force; returns its version."""
    row = SettingsVersion(hash=hash, content=content, created_at=now, created_by=by)
    session.add(row)
    await session.flush()
    return row.id


async def note(
    session: Session, *, who: str, what: str, subject: str, now: datetime, **data: Any
) -> Audit:
    """Write a line of the audit log."""
    row = Audit(at=now, who=who, what=what, subject=subject, data=data)
    session.add(row)
    await session.flush()
    return row


async def noted(session: Session, subject: str, limit: int) -> list[Audit]:
    """The newest lines about something, newest first."""
    rows = await session.scalars(
        select(Audit).where(Audit.subject == subject).order_by(Audit.id.desc()).limit(limit)
    )
    return list(rows)

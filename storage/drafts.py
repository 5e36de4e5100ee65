"""Forms that are being answered field by field; one at a time for a person in a chat."""

from sqlalchemy import delete, select

from storage.db import Session
from storage.models_delivery import Draft


async def find(session: Session, address: str, person: str) -> Draft | None:
    return await session.scalar(
        select(Draft).where(Draft.address == address, Draft.person == person)
    )


async def get(session: Session, draft_id: int) -> Draft | None:
    return await session.get(Draft, draft_id)


async def add(session: Session, draft: Draft) -> Draft:
    """Keep a new draft; one that the person had open in this chat gives way."""
    await session.execute(
        delete(Draft).where(Draft.address == draft.address, Draft.person == draft.person)
    )
    session.add(draft)
    await session.flush()
    return draft


async def remove(session: Session, draft: Draft) -> None:
    await session.delete(draft)
    await session.flush()

"""Questions to contacts and their answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.db import Session
from storage.models_people import Contact
from storage.models_work import Said, SurveyAnswer, SurveyInvite

SCORE, COMMENT = 1, 2  # the numbers of a score's two questions


async def add(session: Session, invite: SurveyInvite) -> SurveyInvite:
    """Keep a new invite; its contact is loaded."""
    session.add(invite)
    await session.flush()
    await session.refresh(invite)
    return invite


async def get(session: Session, invite_id: int) -> SurveyInvite | None:
    return await session.get(SurveyInvite, invite_id)


async def rounds(session: Session, ticket_id: int) -> int:
    """How often a ticket was asked about."""
    query = select(func.count(SurveyInvite.id)).where(SurveyInvite.ticket_id == ticket_id)
    return await session.scalar(query) or 0


async def last_score(session: Session, ticket_id: int) -> str:
    """What was answered to the newest question about a ticket."""
    newest = select(func.max(SurveyInvite.id)).where(SurveyInvite.ticket_id == ticket_id)
    value = await session.scalar(
        select(SurveyAnswer.value)
        .where(SurveyAnswer.invite_id == newest.scalar_subquery(), SurveyAnswer.number == SCORE)
    )  # fmt: skip
    return value or ""


async def newest(session: Session, ticket_id: int) -> SurveyInvite | None:
    """The last question about a ticket."""
    return await session.scalar(
        select(SurveyInvite)
        .where(SurveyInvite.ticket_id == ticket_id)
        .order_by(SurveyInvite.id.desc())
        .limit(1)
    )


async def standing_in(session: Session, address: str) -> SurveyInvite | None:
    """The last question in a chat that nobody has answered."""
    return await session.scalar(
        select(SurveyInvite)
        .where(SurveyInvite.address == address, SurveyInvite.state == "open")
        .order_by(SurveyInvite.id.desc())
        .limit(1)
    )


async def awaiting_words(session: Session, contact_id: int, address: str) -> SurveyInvite | None:
    """The question whose comment this contact was last asked for in this chat."""
    return await session.scalar(
        select(SurveyInvite)
        .where(SurveyInvite.contact_id == contact_id, SurveyInvite.address == address,
               SurveyInvite.state == "comment")
        .order_by(SurveyInvite.id.desc())
        .limit(1)
    )  # fmt: skip


async def answers(session: Session, invite_id: int) -> dict[int, SurveyAnswer]:
    """The answers of one invite by number."""
    rows = await session.scalars(select(SurveyAnswer).where(SurveyAnswer.invite_id == invite_id))
    return {row.number: row for row in rows}


async def comment(session: Session, invite_id: int) -> Said | None:
    """What was written to a score."""
    given = (await answers(session, invite_id)).get(COMMENT)
    return await session.get(Said, int(given.value)) if given and given.value else None


async def answer(session: Session, invite_id: int, number: int, value: str, at: datetime) -> None:
    """Give or change one answer; an empty value takes it back."""
    row = (await answers(session, invite_id)).get(number)
    if row is None:
        session.add(SurveyAnswer(invite_id=invite_id, number=number, value=value, at=at))
    else:
        row.value, row.at = value, at
    await session.flush()


async def scores(
    session: Session, since: datetime, partner_id: int | None = None
) -> Sequence[str]:
    """The scores given since a moment, of all partners or of one."""
    query = (
        select(SurveyAnswer.value)
        .join(SurveyInvite, SurveyInvite.id == SurveyAnswer.invite_id)
        .join(Contact, Contact.id == SurveyInvite.contact_id)
        .where(SurveyAnswer.number == SCORE, SurveyAnswer.at >= since)
    )
    if partner_id is not None:
        query = query.where(Contact.partner_id == partner_id)
    return list(await session.scalars(query))


async def scores_of(session: Session, ticket_ids: Sequence[int]) -> dict[int, str]:
    """What was answered last about each of these tickets."""
    rows = await session.execute(
        select(SurveyInvite.ticket_id, SurveyAnswer.value)
        .join(SurveyAnswer, SurveyAnswer.invite_id == SurveyInvite.id)
        .where(SurveyInvite.ticket_id.in_(ticket_ids), SurveyAnswer.number == SCORE)
        .order_by(SurveyInvite.id)
    )
    return {ticket_id: value for ticket_id, value in rows if ticket_id is not None}

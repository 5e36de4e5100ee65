"""What goes on with a person just now, on whichever platform: words, questions, forms."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select

from storage.db import Session
from storage.due_work import IS_WAITING
from storage.models_delivery import Draft, DueWork
from storage.models_known import KnownTold
from storage.models_people import Contact
from storage.models_work import Said, SurveyAnswer, SurveyInvite, Ticket
from storage.surveys import SCORE
from storage.tickets import LIVE


async def last_word(session: Session, contact: Contact, since: datetime) -> datetime | None:
    """When either side said something last about tickets of theirs that are not solved, or they
    something of which nobody knows yet where it belongs.
    """
    of_tickets = await session.scalar(
        select(func.max(Said.at))
        .join(Ticket, Ticket.id == Said.ticket_id)
        .where(Ticket.contact_id == contact.id, Ticket.status.in_(LIVE),
               Said.visibility == "partner")
    )  # fmt: skip
    which = literal("which:").concat(cast(Said.id, String))
    undecided = await session.scalar(
        select(func.max(Said.at))
        .outerjoin(DueWork, and_(DueWork.key == which, IS_WAITING))
        .where(Said.partner_id == contact.partner_id, Said.at > since,
               Said.contact_id == contact.id, Said.ticket_id.is_(None),
               or_(Said.undecided, DueWork.id.is_not(None)))
    )  # fmt: skip
    return max((at for at in (of_tickets, undecided) if at is not None), default=None)


async def scores(
    session: Session, contact_id: int, ticket_id: int, since: datetime
) -> list[tuple[str, datetime]]:
    """Questions about other tickets that stand open: "open" since they were asked, "comment"
    since the score to which words are awaited. What is open again cannot be scored now.
    """
    elsewhere: ColumnElement[bool] = SurveyInvite.ticket_id.is_distinct_from(ticket_id)
    ended = or_(Ticket.id.is_(None), Ticket.status.not_in(LIVE))
    rows = await session.execute(
        select(SurveyInvite.state, SurveyInvite.sent_at, SurveyAnswer.at)
        .outerjoin(Ticket, Ticket.id == SurveyInvite.ticket_id)
        .outerjoin(SurveyAnswer, and_(SurveyAnswer.invite_id == SurveyInvite.id,
                                      SurveyAnswer.number == SCORE))
        .where(SurveyInvite.contact_id == contact_id, elsewhere, ended,
               SurveyInvite.state.in_(("open", "comment")), SurveyInvite.sent_at > since)
    )  # fmt: skip
    return [(state, scored if state == "comment" and scored is not None else sent)
            for state, sent, scored in rows]  # fmt: skip


async def form(session: Session, persons: Sequence[str]) -> datetime | None:
    """When one of these ("telegram:123") last answered a field of a form that goes on."""
    return await session.scalar(
        select(func.max(Draft.updated_at))
        .where(Draft.person.in_(persons), Draft.paused.is_(False))
    )  # fmt: skip


async def fix(session: Session, contact_id: int) -> datetime | None:
    """Since when they are asked whether a fix solved a ticket of theirs, without an answer."""
    return await session.scalar(
        select(func.max(KnownTold.at))
        .join(Ticket, Ticket.id == KnownTold.ticket_id)
        .where(Ticket.contact_id == contact_id, KnownTold.answer == "",
               KnownTold.state.in_(("", "sent")))
    )  # fmt: skip

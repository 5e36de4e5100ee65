"""After a backup was put back: what may have been sent since is looked up or listed, not repeated.

What was owed when the backup was made may have gone out afterwards, and what fell due since was
perhaps done. Slack can be asked by the id that a message carries; for all else a person decides.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update

from storage.claims import OPEN_STATES
from storage.db import Session
from storage.models_delivery import Delivery, Held
from storage.outbox import PERHAPS

RESTORED = "restored"  # the row of `held` that says until when things were perhaps done before


@dataclass(frozen=True)
class Outcome:
    """Deliveries that Slack is asked about, and those that only a person can judge."""

    looked_up: int
    unverified: int


async def made_at(session: Session, otherwise: datetime) -> datetime:
    """When the backup was made: its sender was seen shortly before."""
    return await session.scalar(select(func.max(Held.seen_at))) or otherwise


async def mark(session: Session, made_at: datetime, now: datetime) -> Outcome:
    """Settle what was open when the backup was made, at `made_at`; `now` is when it is put back.

    What may not go before a moment that is still to come cannot have been sent. Edits, deletions
    and asks are simply repeated: that harms nobody.
    """
    was_open = [
        Delivery.state.in_(OPEN_STATES), Delivery.kind == "message",
        or_(Delivery.not_before.is_(None), Delivery.not_before <= now),
    ]  # fmt: skip
    has_files = Delivery.payload["files", 0, "name"].as_string().is_not(None)
    askable = [*was_open, Delivery.platform == "slack", ~has_files, Delivery.slot_id.is_(None)]
    asked = await session.scalars(
        update(Delivery)
        .where(*askable)
        .values(state="in_doubt", reason=PERHAPS, started_at=made_at, attempts=1, retry_at=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    looked_up = len(list(asked))
    rest = await session.scalars(
        update(Delivery)
        .where(*was_open, Delivery.state != "in_doubt")
        .values(state="unverified", reason=PERHAPS, done_at=now)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    held = await session.scalar(select(Held).where(Held.name == RESTORED))
    if held is None:
        held = Held(name=RESTORED, holder="", epoch=0, clean=True, seen_at=None)
        session.add(held)
    held.seen_at = now
    return Outcome(looked_up, len(list(rest)))


PUT_BACK = select(Held.seen_at).where(Held.name == RESTORED)  # asked with every batch of due work


async def perhaps_done_before(session: Session) -> datetime | None:
    """Until when things were perhaps done by the database that was replaced; None = never."""
    return await session.scalar(PUT_BACK)

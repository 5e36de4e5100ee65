"""Messages that live on: whether there is one of a name, and which one was answered."""

from sqlalchemy import func, or_, select

from bot.chat import Address, Event
from storage import outbox, topics
from storage.claims import FLYING_STATES
from storage.db import Session
from storage.models_delivery import Delivery, Slot


async def exists(session: Session, name: str) -> bool:
    return await session.scalar(select(Slot.id).where(Slot.name == name)) is not None


async def answered(session: Session, event: Event) -> str:
    """The slot (or subject) of the message of ours that an event answers; "" for any other.

    People answer faster than the platform's receipt is written down: then it is what is on its
    way to that chat. That is asked first, since it may be written down in between.
    """
    if not event.reply_to:
        return ""
    on_its_way = await _on_its_way(session, event.where) if event.reply_to_bot else ""
    return await outbox.slot_at(session, event.where, event.reply_to) or on_its_way


async def above(session: Session, event: Event) -> str:
    """The slot of the message below which something is said; on Telegram, in answer to which, else
    in whose topic.
    """
    if event.platform == "telegram":
        return await answered(session, event) or await topics.at(session, event.where)
    if not event.where.thread:  # "" would be what is being posted and has no id yet
        return ""
    return await outbox.slot_at(session, event.where, event.where.thread) or ""


async def _on_its_way(session: Session, where: Address) -> str:
    """The newest of what is being posted in a chat and has no platform id yet."""
    found = await session.scalar(
        select(func.coalesce(Slot.name, Delivery.subject))
        .select_from(Delivery)
        .outerjoin(Slot, Slot.id == Delivery.slot_id)
        .where(Delivery.platform == where.platform, Delivery.state.in_(FLYING_STATES),
               Delivery.chat == f"{where.platform}:{where.chat}", Delivery.kind == "message",
               or_(Slot.id.is_(None), Slot.message_id == ""))
        .order_by(Delivery.id.desc())
        .limit(1)
    )  # fmt: skip
    return found or ""

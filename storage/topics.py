"""Telegram topics that belong to something of ours: slots whose message id is the topic's."""

from sqlalchemy import case, func, select, update

from bot.chat import TOPIC_SLOT, Address
from storage import deliveries, outbox
from storage.claims import OPEN_STATES
from storage.db import Session, wake
from storage.models import one_of
from storage.models_delivery import Delivery, Slot

AGAIN = "refused in its topic, said below the card"


async def at(session: Session, where: Address) -> str:
    """The slot of the topic in which something is said, e.g. "ticket:12:topic"; "" in no such."""
    if where.platform != "telegram" or not where.thread:
        return ""
    chat = Address(where.platform, where.chat)
    name = await outbox.slot_at(session, chat, where.thread) or ""
    return name if name.endswith(TOPIC_SLOT) else ""


async def heard(session: Session, name: str, where: Address) -> bool:
    """Telegram tells of a topic that we opened for this slot: if the answer to our call is lost,
    this is it. False if the slot has another one already, so that this one is the same again.
    """
    slot = await session.scalar(
        select(Slot).where(Slot.name == name,
                           Slot.address == str(Address(where.platform, where.chat)))
    )  # fmt: skip
    if slot is None or slot.message_id:
        return slot is None or slot.message_id == where.thread
    await session.execute(
        update(Delivery)
        .where(Delivery.slot_id == slot.id, Delivery.attempts > 0,
               one_of(Delivery.state, *OPEN_STATES))
        .values(progress=where.thread or "")
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return True


async def let_go(session: Session, name: str) -> None:
    """The slot's message, or topic, is nobody's any more."""
    slot = await session.scalar(select(Slot).where(Slot.name == name))
    if slot is not None:
        slot.name = f"{name}~{slot.id}"
        await session.flush()


async def leave(session: Session, topic: Address, card: str, below: Address) -> None:
    """What waits for a topic, or was refused in it, is said in the chat itself: the message of the
    slot `card` on top, all else below it.
    """
    first = select(Slot.id).where(Slot.name == card).scalar_subquery()
    bare = str(Address(topic.platform, topic.chat))
    there = Delivery.address == str(topic)
    refused = (there, one_of(Delivery.state, "dead", "unverified"))
    again = list(await session.scalars(select(Delivery.key).where(*refused)))
    address = case((Delivery.slot_id == first, bare), else_=str(below))
    for which in ((there, one_of(Delivery.state, "queued", "in_doubt")), refused):
        await session.execute(
            update(Delivery)
            .where(*which)
            .values(address=address, lane=func.replace(Delivery.lane, str(topic), address))
            .execution_options(synchronize_session=False)
        )
    await deliveries.send_again(session, AGAIN, keys=again)
    wake(session, "outbox")

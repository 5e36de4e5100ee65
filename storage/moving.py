"""A chat whose id changed: everything that stood there, and is owed there, follows it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat import ANSWERS, Address
from storage.claims import OPEN_STATES
from storage.db import Session, wake
from storage.gates import EDIT
from storage.models_delivery import Delivery, Draft, Slot
from storage.models_people import Room
from storage.models_work import Said, SurveyInvite, Ticket

ADDRESSES = (Ticket.address, SurveyInvite.address, Slot.address, Draft.address)


async def move(session: Session, platform: str, old: str, new: str) -> None:
    """A few statements, whatever stands there; what both chats have already stays with the new.

    A supergroup counts its messages anew: see _forget_numbers.
    """
    if platform == "telegram":
        await _forget_numbers(session, old)
    taken = select(Room.thread).where(Room.platform == platform, Room.chat == new)
    await _change(session, Room.chat, new, Room.platform == platform, Room.chat == old,
                  Room.thread.not_in(taken.scalar_subquery()))  # fmt: skip
    there = select(Said.platform_id).where(Said.platform == platform, Said.chat == new,
                                           Said.platform_id.is_not(None))  # fmt: skip
    await _change(session, Said.chat, new, Said.platform == platform, Said.chat == old,
                  Said.platform_id.is_(None) | Said.platform_id.not_in(there))  # fmt: skip
    before, after = f"{platform}:{old}:", f"{platform}:{new}:"
    for column in ADDRESSES:
        moved = func.replace(column, before, after)
        await _change(session, column, moved, column.startswith(before, autoescape=True))
    await session.execute(
        update(Delivery)
        .where(Delivery.chat == f"{platform}:{old}", Delivery.state.in_(OPEN_STATES))
        .values(chat=f"{platform}:{new}", address=func.replace(Delivery.address, before, after),
                lane=func.replace(Delivery.lane, before, after))
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    wake(session, "outbox")


async def _forget_numbers(session: Session, old: str) -> None:
    """In the new chat they are those of other messages: none is taken for one that is known, none
    is answered or written over. What is edited in a partner's room is posted anew.
    """
    await _change(session, Said.platform_id, None, Said.platform == "telegram", Said.chat == old)
    chat = f"telegram:{old}:"
    await _change(session, Delivery.address, chat, Delivery.state.in_(OPEN_STATES),
                  Delivery.address.startswith(f"{chat}{ANSWERS}", autoescape=True))  # fmt: skip
    partners = select(Room.id).where(Room.platform == "telegram", Room.chat == old,
                                     Room.partner_id.is_not(None))  # fmt: skip
    await _change(session, Slot.message_id, "", partners.exists(),
                  Slot.address.startswith(chat, autoescape=True))  # fmt: skip


async def hand_on(
    session: Session, contact_id: int, old: Address, new: Address, now: datetime
) -> None:
    """A contact is met in another chat from now on: what is owed to them goes there.

    In the old one, which may be somebody else's, nothing changes any more.
    """
    before, after = str(old), str(new)
    for column in (Ticket.address, SurveyInvite.address):
        await _change(session, column, after, column.class_.contact_id == contact_id,
                      column == before)  # fmt: skip
    await _change(session, Said.chat, new.chat, Said.platform == old.platform,
                  Said.chat == old.chat, Said.contact_id == contact_id,
                  Said.platform_id.is_(None))  # fmt: skip
    await _change(session, Slot.address, after, Slot.address == before, Slot.message_id == "")
    queued = (Delivery.address == before, Delivery.state == "queued")
    stands = select(Slot.id).where(Slot.address == before)
    await _withdraw(session, now, *queued,
                    Delivery.slot_id.in_(stands) | (Delivery.kind == EDIT))  # fmt: skip
    await session.execute(
        update(Delivery)
        .where(*queued, Delivery.kind == "message")
        .values(chat=f"{new.platform}:{new.chat}", address=after,
                lane=func.replace(Delivery.lane, before, after))
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    wake(session, "outbox")


async def _withdraw(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    await session.execute(
        update(Delivery)
        .where(*which)
        .values(state="skipped", reason="met in another chat", done_at=now)
        .execution_options(synchronize_session=False)
    )


async def _change(
    session: Session, column: InstrumentedAttribute[Any], to: Any, *which: ColumnElement[bool]
) -> None:
    model = column.class_
    await session.execute(
        update(model).where(*which).values({column: to})
        .execution_options(synchronize_session=False)
    )  # fmt: skip

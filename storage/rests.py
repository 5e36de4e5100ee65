"""Rests that a platform asked for, as far as the rows tell that met them; a restart keeps them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.db import Session
from storage.models_delivery import Delivery

ACCOUNT = "account"  # all of the bot is silent; else the verb of the call that was too fast
MOST = 1_000  # more chats are never told to wait at once: a second one means the account

RESTING = (
    select(Delivery.chat, Delivery.rests, Delivery.retry_at)
    .where(Delivery.platform == bindparam("of_platform"), Delivery.retry_at > bindparam("real"),
           Delivery.state == "queued", Delivery.rests != "")
    .order_by(Delivery.retry_at.desc())
    .limit(MOST)
)  # fmt: skip


@dataclass(frozen=True)
class Rest:
    """Until then calls of this kind to this chat, or all, are not to be made."""

    chat: str
    verb: str  # or ACCOUNT
    until: datetime


async def resting(session: Session, platform: str, real: datetime) -> list[Rest]:
    """What still holds at this real time."""
    rows = await session.execute(RESTING, {"of_platform": platform, "real": real})
    return [Rest(chat, verb, until) for chat, verb, until in rows if until is not None]

"""What sets the outbox right after its database was away, or this machine's clock was set."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, update

from storage.claims import OPEN_STATES
from storage.db import Session
from storage.models_delivery import Delivery


async def unheard(
    session: Session, platform: str, epoch: int, flying: Collection[int]
) -> list[int]:
    """Rows that this sender took without learning of it, since the commit's answer was lost.

    It never called for them, so they wait again and nothing is in doubt.
    """
    return list(await session.scalars(
        update(Delivery)
        .where(Delivery.platform == platform, Delivery.state == "sending",
               Delivery.epoch == epoch, Delivery.id.not_in(flying))
        .values(state="queued", reason="taken, and not sent")
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ))  # fmt: skip


async def shift(session: Session, platform: str, by: timedelta) -> None:
    """Moments of real time move along: a second of back-off stays a second, a lease its length."""
    found = await session.execute(
        select(Delivery.id, Delivery.retry_at, Delivery.lease_until).where(
            Delivery.platform == platform,
            Delivery.state.in_(OPEN_STATES),
            Delivery.retry_at.is_not(None) | (Delivery.state == "sending"),
        )
    )
    rows = [{"id": id_, "retry_at": retry and retry + by, "lease_until": lease and lease + by}
            for id_, retry, lease in found]  # fmt: skip
    if rows:
        await session.execute(update(Delivery), rows)

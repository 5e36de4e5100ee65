"""News items, who can get them, and who has them already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, or_, select

from storage.campaigns import TAKEN_BACK
from storage.db import Session
from storage.models_delivery import Delivery
from storage.models_people import Contact, Partner, Room
from storage.models_work import NewsItem, NewsReceipt, Schedule
from storage.outbox import skip_keys

LOST = ("dead", "skipped")  # states of a delivery that nobody has seen


@dataclass(frozen=True, slots=True)
class Someone:
    """A contact as far as news are concerned; `chat` and `room` are rows of addresses, or None."""

    contact_id: int
    partner_id: int
    name: str
    partner: str
    tier: str
    region: str
    tags: tuple[str, ...]
    language: str
    zone: str
    wants: bool
    quiet: tuple[str, str]
    chat: int | None
    room: int | None


async def add(session: Session, item: NewsItem) -> NewsItem:
    session.add(item)
    await session.flush()
    return item


async def find(session: Session, news_id: int) -> NewsItem | None:
    return await session.get(NewsItem, news_id)


async def latest(session: Session, limit: int) -> list[NewsItem]:
    return list(await session.scalars(select(NewsItem).order_by(NewsItem.id.desc()).limit(limit)))


async def live(session: Session, since: datetime) -> list[NewsItem]:
    """Items that may still go out, oldest first."""
    rows = await session.scalars(
        select(NewsItem)
        .where(NewsItem.retracted_at.is_(None), NewsItem.created_at >= since)
        .order_by(NewsItem.id)
    )
    return list(rows)


_CHAT = (
    select(func.min(Room.id))
    .where(Room.contact_id == Contact.id, Room.unreachable_at.is_(None))
    .scalar_subquery()
)
_ROOM = (
    select(func.min(Room.id))
    .where(Room.partner_id == Partner.id, Room.contact_id.is_(None), Room.unreachable_at.is_(None))
    .scalar_subquery()
)
_HAS_CHAT = exists().where(Room.contact_id == Contact.id, Room.unreachable_at.is_(None))
_OWN_ZONE = case((Contact.zone != "", Contact.zone), else_=Partner.zone)
_ZONE = case((_HAS_CHAT, _OWN_ZONE), else_=Partner.zone)  # a room has its partner's clock
_LANGUAGE = case((Contact.language != "", Contact.language), else_=Partner.language)
_THERE: tuple[ColumnElement[bool], ...] = (
    Contact.archived_at.is_(None), Partner.archived_at.is_(None)
)  # fmt: skip


async def everybody(session: Session, partner_id: int | None = None) -> list[Someone]:
    """All contacts, or those of one partner, as far as news are concerned."""
    which = (Partner.id == partner_id,) if partner_id is not None else ()
    return await _people(session, *which)


async def slice_of(
    session: Session, zone: str | None, after: int, limit: int
) -> tuple[list[Someone], bool]:
    """Contacts of one zone (None = all) beyond partner `after`, whole partners at a time.

    The second value says whether there are more.
    """
    where = [Partner.id > after]
    if zone is not None:
        where.append(_ZONE.is_not_distinct_from(zone))
    found = await _people(session, *where, limit=limit)
    if len(found) < limit:
        return found, False
    last = found[-1].partner_id
    rest = [one for one in found if one.partner_id == last]
    whole = await _people(session, *where, Partner.id == last) if rest else []
    return [one for one in found if one.partner_id != last] + whole, True


async def _people(
    session: Session, *where: ColumnElement[bool], limit: int | None = None
) -> list[Someone]:
    rows = await session.execute(
        select(
            Contact.id, Partner.id, Contact.name, Partner.name, Partner.tier, Partner.region,
            Partner.tags, _LANGUAGE, _ZONE, Contact.wants_news, Contact.quiet_from,
            Contact.quiet_to, _CHAT, _ROOM,
        )
        .join(Partner, Contact.partner_id == Partner.id)
        .where(*_THERE, *where)
        .order_by(Partner.id, Contact.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Someone(r[0], r[1], r[2], r[3], r[4], r[5], tuple(r[6]), r[7], r[8], r[9],
                (r[10], r[11]), r[12], r[13])
        for r in rows
    ]  # fmt: skip


async def zones(session: Session) -> list[str]:
    """Every clock that somebody's digest goes by."""
    rows = await session.scalars(
        select(_ZONE).select_from(Contact).join(Partner, Contact.partner_id == Partner.id)
        .where(*_THERE).distinct()
    )  # fmt: skip
    return sorted(rows)


async def rooms(session: Session, ids: Sequence[int]) -> dict[int, Room]:
    rows = await session.scalars(select(Room).where(Room.id.in_(ids)))
    return {row.id: row for row in rows}


async def received(session: Session, contact_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs (contact, news) that need not go again."""
    rows = await session.execute(
        select(NewsReceipt.contact_id, NewsReceipt.news_id)
        .where(NewsReceipt.contact_id.in_(contact_ids))
    )  # fmt: skip
    return {(contact, news) for contact, news in rows}


async def forget_lost(session: Session, contact_ids: Sequence[int]) -> None:
    """What never arrived, or was taken back, counts as new again."""
    lost = or_(
        exists().where(Delivery.key == NewsReceipt.delivery_key, Delivery.state.in_(LOST)),
        exists().where(Delivery.key == NewsReceipt.delivery_key + TAKEN_BACK),
    )
    await session.execute(
        delete(NewsReceipt)
        .where(NewsReceipt.contact_id.in_(contact_ids), lost)
        .execution_options(synchronize_session=False)
    )


async def add_receipts(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note what goes to whom: news_id, contact_id, delivery_key."""
    if rows:
        await session.execute(insert(NewsReceipt), list(rows))


async def count_received(session: Session, news_id: int) -> int:
    """How many contacts a platform has taken the item for."""
    query = (
        select(func.count(NewsReceipt.contact_id))
        .join(Delivery, Delivery.key == NewsReceipt.delivery_key)
        .where(NewsReceipt.news_id == news_id, Delivery.state.in_(("sent", "unverified")))
    )
    return await session.scalar(query) or 0


async def withdraw_some(
    session: Session, news_id: int, after: int, limit: int, now: datetime
) -> int | None:
    """Withdraw deliveries with the item that have not left, of contacts beyond `after`.

    Returns the last contact looked at, None once there are no more.
    """
    rows = (
        await session.execute(
            select(NewsReceipt.contact_id, NewsReceipt.delivery_key)
            .where(NewsReceipt.news_id == news_id, NewsReceipt.contact_id > after)
            .order_by(NewsReceipt.contact_id)
            .limit(limit)
        )
    ).all()
    await skip_keys(session, list({row.delivery_key for row in rows}), "retracted", now)
    return rows[-1].contact_id if len(rows) == limit else None


async def schedule(session: Session, name: str) -> Schedule:
    """The switch of something that goes out by itself; on until somebody pauses it."""
    row = await session.get(Schedule, name)
    if row is None:
        row = Schedule(name=name)
        session.add(row)
        await session.flush()
    return row

"""What the contact policy decided, one row for each thing and contact."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from storage.db import Session
from storage.models_delivery import Audit, Delivery
from storage.models_people import Contact, Room
from storage.models_work import Decision
from storage.news import LOST

STOPPED = "contact.stopped"  # what the audit log says when somebody stops something


async def keep(session: Session, thing: str, rows: Sequence[dict[str, Any]]) -> None:
    """Note decisions about one thing: column values, for one contact each; the newest counts."""
    ids = [row["contact_id"] for row in rows]
    known = set(
        await session.scalars(
            select(Decision.contact_id)
            .where(Decision.thing == thing, Decision.contact_id.in_(ids))
        )
    )  # fmt: skip
    new = [{"thing": thing, **row} for row in rows if row["contact_id"] not in known]
    if new:
        await session.execute(insert(Decision), new)
    for row in rows:
        if row["contact_id"] in known:
            await session.execute(
                update(Decision)
                .where(Decision.thing == thing, Decision.contact_id == row["contact_id"])
                .values(row)
            )


def _counts(since: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Decisions by which something went or is to go; the delivery is outer-joined.

    What never arrived was no approach, nor was what lost its reason while it waited.
    """
    owed = and_(Delivery.id.is_not(None), Delivery.state.not_in(LOST))
    to_come = and_(Delivery.id.is_(None), or_(Decision.state == "goes", Decision.at > now))
    return Decision.at > since, Decision.state != "skipped", or_(owed, to_come)


async def spent(
    session: Session, contact_ids: Sequence[int], thing: str, since: datetime, now: datetime
) -> dict[int, list[datetime]]:
    """When something else than `thing` went, or is to go, to each of these contacts."""
    rows = await session.execute(
        select(Decision.contact_id, Decision.at)
        .outerjoin(Delivery, Delivery.key == Decision.delivery_key)
        .where(Decision.contact_id.in_(contact_ids), Decision.thing != thing,
               *_counts(since, now))
    )  # fmt: skip
    found: dict[int, list[datetime]] = {}
    for contact, at in rows:
        found.setdefault(contact, []).append(at)
    return found


async def spent_on(
    session: Session, partner_ids: Collection[int], thing: str, since: datetime, now: datetime
) -> dict[int, list[datetime]]:
    """The same for all people of each partner; what several of them get counts once."""
    rows = await session.execute(
        select(Contact.partner_id, func.min(Decision.at))
        .join(Decision, Decision.contact_id == Contact.id)
        .outerjoin(Delivery, Delivery.key == Decision.delivery_key)
        .where(Contact.partner_id.in_(partner_ids), Decision.thing != thing,
               *_counts(since, now))
        .group_by(Contact.partner_id, Decision.thing)
    )  # fmt: skip
    found: dict[int, list[datetime]] = {}
    for partner, at in rows:
        found.setdefault(partner, []).append(at)
    return found


async def asked(
    session: Session, contact_id: int, thing: str, since: datetime, now: datetime
) -> list[tuple[str, datetime]]:
    """Which questions other than `thing` somebody has got since, and when: (ticket, moment)."""
    rows = await session.execute(
        select(Decision.title, Decision.at)
        .outerjoin(Delivery, Delivery.key == Decision.delivery_key)
        .where(Decision.contact_id == contact_id, Decision.kind == "survey",
               Decision.thing != thing, Decision.at <= now, *_counts(since, now))
    )  # fmt: skip
    return [(title, at) for title, at in rows]


async def last_about(
    session: Session, contact_id: int, titles: Sequence[str]
) -> dict[str, datetime]:
    """When it was last decided about each of these questions to a contact."""
    rows = await session.execute(
        select(Decision.title, func.max(Decision.at))
        .where(Decision.contact_id == contact_id, Decision.kind == "survey",
               Decision.title.in_(titles))
        .group_by(Decision.title)
    )  # fmt: skip
    return {title: at for title, at in rows}


async def partners_of(session: Session, contact_ids: Sequence[int]) -> dict[int, int]:
    """The partner of each contact."""
    rows = await session.execute(
        select(Contact.id, Contact.partner_id).where(Contact.id.in_(contact_ids))
    )
    return {contact: partner for contact, partner in rows}


async def of_contact(
    session: Session, contact_id: int, since: datetime, limit: int
) -> list[tuple[Decision, Delivery | None]]:
    """The newest decisions about a contact, each with its delivery as it stands now."""
    rows = await session.execute(
        select(Decision, Delivery)
        .outerjoin(Delivery, Delivery.key == Decision.delivery_key)
        .where(Decision.contact_id == contact_id, Decision.at >= since)
        .order_by(Decision.at.desc(), Decision.id.desc())
        .limit(limit)
    )
    return [(decision, delivery) for decision, delivery in rows]


async def stops(session: Session, contact_id: int) -> list[Audit]:
    """When a contact stopped what, the newest first."""
    rows = await session.scalars(
        select(Audit)
        .where(Audit.subject == f"contact:{contact_id}", Audit.what == STOPPED)
        .order_by(Audit.id.desc())
        .limit(20)
    )
    return list(rows)


async def gone(session: Session, contact_ids: Sequence[int]) -> dict[int, str]:
    """Why those who had an address cannot be reached there any more, in the platform's words."""
    private = await session.execute(
        select(Room.contact_id, Room.unreachable_reason)
        .where(Room.contact_id.in_(contact_ids), Room.unreachable_at.is_not(None))
    )  # fmt: skip
    shared = await session.execute(
        select(Contact.id, Room.unreachable_reason)
        .join(Room, Room.partner_id == Contact.partner_id)
        .where(Contact.id.in_(contact_ids), Room.contact_id.is_(None),
               Room.unreachable_at.is_not(None))
    )  # fmt: skip
    return {contact: why for contact, why in [*shared, *private]}


async def forget_old(session: Session, before: datetime, limit: int) -> int:
    """Drop up to `limit` decisions from before; returns how many."""
    old = list(await session.scalars(select(Decision.id).where(Decision.at < before).limit(limit)))
    if old:
        await session.execute(delete(Decision).where(Decision.id.in_(old)))
    return len(old)

"""Partners, their contacts, the codes that bring them in, and the rooms that become theirs."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from storage.db import Session
from storage.models_people import Contact, Identity, LinkCode, Manager, Partner, Room
from storage.models_work import Said, Tell, Ticket
from storage.tickets import LIVE


async def add_partner(session: Session, partner: Partner) -> Partner:
    session.add(partner)
    await session.flush()
    await session.refresh(partner)
    return partner


async def add_contact(session: Session, contact: Contact) -> Contact:
    session.add(contact)
    await session.flush()
    await session.refresh(contact)
    return contact


async def known_by_name(session: Session, partner_id: int, identity: Identity) -> Contact:
    """Somebody in a partner's room becomes a contact of that partner.

    A name can be chosen freely: they are taken for the contact of exactly that name only while no
    account stands behind that one; else they are somebody new.
    """
    name = identity.name.strip()
    taken = {one.name: one for one in await all_contacts(session, partner_id)}
    contact = taken.get(name)
    if contact is None or contact.archived_at or await _has_account(session, contact):
        free = _free_name(name, identity.platform.capitalize(), taken)
        contact = Contact(partner_id=partner_id, name=free, called=name.split()[0])
        await add_contact(session, contact)
    identity.contact_id = contact.id
    await session.flush()
    await session.refresh(identity)
    return contact


def _free_name(name: str, platform: str, taken: Container[str]) -> str:
    """The name itself, else "Jo Weber (Slack)", else "Jo Weber (Slack 2)"."""
    tries = (name, f"{name} ({platform})", *(f"{name} ({platform} {n})" for n in range(2, 1_000)))
    return next(one for one in tries if one not in taken)


async def _has_account(session: Session, contact: Contact) -> bool:
    query = select(Identity.id).where(Identity.contact_id == contact.id).limit(1)
    return await session.scalar(query) is not None


async def all_contacts(session: Session, partner_id: int) -> list[Contact]:
    """Also those who have left: their names stay taken."""
    rows = await session.scalars(
        select(Contact).where(Contact.partner_id == partner_id).order_by(Contact.id)
    )
    return list(rows)


async def identities_of_partner(session: Session, partner_id: int) -> list[Identity]:
    """The platform accounts of a partner's contacts, oldest first."""
    rows = await session.scalars(
        select(Identity)
        .join(Contact, Identity.contact_id == Contact.id)
        .where(Contact.partner_id == partner_id)
        .order_by(Identity.id)
    )
    return list(rows)


async def identity_by_id(session: Session, identity_id: int) -> Identity | None:
    return await session.get(Identity, identity_id)


async def identities_by_id(
    session: Session, platform: str, external_ids: Sequence[str]
) -> dict[str, Identity]:
    """Those of these platform ids that we have met."""
    rows = await session.scalars(
        select(Identity).where(
            Identity.platform == platform, Identity.external_id.in_(external_ids)
        )
    )
    return {row.external_id: row for row in rows}


async def manager_by_id(session: Session, manager_id: int | None) -> Manager | None:
    return await session.get(Manager, manager_id) if manager_id is not None else None


async def manager_chats(session: Session, platform: str) -> list[str]:
    """Our people's own chats with the bot: on Telegram the chat has the id of the person."""
    rows = await session.scalars(
        select(Identity.external_id)
        .where(Identity.platform == platform, Identity.manager_id.is_not(None))
        .order_by(Identity.id)
    )
    return list(rows)


# codes


async def add_code(
    session: Session, *, hash: str, kind: str, partner_id: int, contact_id: int | None,
    created_by: int, now: datetime, lasts: timedelta,
) -> None:  # fmt: skip
    session.add(
        LinkCode(hash=hash, kind=kind, partner_id=partner_id, contact_id=contact_id,
                 created_by=created_by, created_at=now, expires_at=now + lasts)
    )  # fmt: skip
    await session.flush()


async def use_code(session: Session, code: LinkCode, now: datetime) -> None:
    """It opens nothing any more, nor do other codes for the same contact."""
    code.used_at = now
    if code.contact_id is not None:
        await session.execute(
            update(LinkCode)
            .where(LinkCode.contact_id == code.contact_id, LinkCode.used_at.is_(None))
            .values(used_at=now)
        )


# who is met where


async def retire_accounts(
    session: Session, contact_id: int, platform: str, except_for: str
) -> list[str]:
    """Take a contact's other accounts on a platform away from them; returns their ids there."""
    await session.execute(
        update(Room)
        .where(Room.contact_id == contact_id, Room.platform == platform, Room.chat != except_for)
        .values(contact_id=None, partner_id=None)
    )
    gone = await session.scalars(
        update(Identity)
        .where(Identity.contact_id == contact_id, Identity.platform == platform,
               Identity.external_id != except_for)
        .values(contact_id=None)
        .returning(Identity.external_id)
    )  # fmt: skip
    return list(gone)


async def rooms_of(session: Session, partner_id: int) -> list[Room]:
    """All rooms and private chats of a partner, also those that cannot be reached."""
    rows = await session.scalars(
        select(Room).where(Room.partner_id == partner_id).order_by(Room.id)
    )
    return list(rows)


async def room_by_id(session: Session, room_id: int) -> Room | None:
    return await session.get(Room, room_id)


async def rooms_in_chat(session: Session, platform: str, chat: str) -> list[Room]:
    """What we know of a chat and of its topics."""
    rows = await session.scalars(
        select(Room).where(Room.platform == platform, Room.chat == chat).order_by(Room.id)
    )
    return list(rows)


# lists


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which partners a list shows; empty = all."""

    tier: str = ""
    region: str = ""
    owner_id: int | None = None
    name: str = ""


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Partner.archived_at.is_(None)]
    if wanted.tier:
        found.append(func.lower(Partner.tier) == wanted.tier.lower())
    if wanted.region:
        found.append(func.lower(Partner.region) == wanted.region.lower())
    if wanted.owner_id is not None:
        found.append(Partner.owner_id == wanted.owner_id)
    if wanted.name:
        escaped = wanted.name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(Partner.search.like(f"%{escaped}%", escape="\\"))
    return found


async def page(session: Session, wanted: Wanted, offset: int, limit: int) -> list[Partner]:
    """Partners by name."""
    rows = await session.scalars(
        select(Partner).where(*_filters(wanted)).order_by(Partner.name_key)
        .offset(offset).limit(limit)
    )  # fmt: skip
    return list(rows)


async def count(session: Session, wanted: Wanted) -> int:
    return await session.scalar(select(func.count(Partner.id)).where(*_filters(wanted))) or 0


async def words_in_use(session: Session) -> tuple[set[str], set[str]]:
    """The tiers and the regions that partners have."""
    tiers, regions = [await session.scalars(query) for query in (TIERS, REGIONS)]
    return {tier for tier in tiers if tier}, {region for region in regions if region}


def _values(column: InstrumentedAttribute[str]) -> Select[Any]:
    """From each value straight to the next one: partners are many, their tiers and regions few."""
    there = Partner.archived_at.is_(None)
    value = select(func.min(column).label("value")).where(there).cte(recursive=True)
    following = select(func.min(column)).where(there, column > value.c.value).scalar_subquery()
    value = value.union_all(select(following).where(value.c.value.is_not(None)))
    return select(value.c.value).where(value.c.value.is_not(None))


TIERS, REGIONS = _values(Partner.tier), _values(Partner.region)


async def open_tickets(session: Session, partner_id: int) -> int:
    query = select(func.count(Ticket.id)).where(
        Ticket.partner_id == partner_id, Ticket.status.in_(LIVE)
    )
    return await session.scalar(query) or 0


# words to partners, and from strangers


async def add_tell(session: Session, tell: Tell) -> Tell:
    session.add(tell)
    await session.flush()
    return tell


async def tell_by_id(session: Session, tell_id: int) -> Tell | None:
    return await session.get(Tell, tell_id)


async def keep_said(session: Session, said: Said) -> Said:
    session.add(said)
    await session.flush()
    return said


async def heard_in(session: Session, platform: str, chat: str, limit: int) -> list[Said]:
    """The last messages of people whom we do not know, oldest first."""
    rows = await session.scalars(
        select(Said)
        .where(Said.platform == platform, Said.chat == chat, Said.direction == "in",
               Said.partner_id.is_(None))
        .order_by(Said.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(rows)[::-1]


async def give_said(
    session: Session, platform: str, chat: str, partner_id: int | None, contact_id: int | None
) -> list[int]:
    """What was heard in a chat belongs to this contact from now on; the rows' ids."""
    rows = await session.scalars(
        update(Said)
        .where(Said.platform == platform, Said.chat == chat)
        .values(partner_id=partner_id, contact_id=contact_id)
        .returning(Said.id)
    )
    return sorted(rows)


async def forget_said(session: Session, keys: Sequence[str]) -> None:
    """Take back what was to be said and never was."""
    await session.execute(delete(Said).where(Said.delivery_key.in_(keys)))


async def counts(session: Session) -> dict[str, int]:
    """How many managers, partners and contacts there are."""
    found = {}
    for name, model in (("managers", Manager), ("partners", Partner), ("contacts", Contact)):
        found[name] = await session.scalar(select(func.count()).select_from(model)) or 0
    return found

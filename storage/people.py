"""Who somebody is, and where they are met: identities, rooms, managers, contacts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select, tuple_, update

from bot.chat import Address, Person
from storage.db import Session
from storage.models_people import Contact, Identity, LinkCode, Manager, Partner, Room


async def identity(session: Session, person: Person, now: datetime) -> Identity:
    """The row of a platform person, made on first sight; name, company and language kept fresh."""
    row = await find_identity(session, person.platform, person.id)
    if row is None:
        row = Identity(platform=person.platform, external_id=person.id, first_seen_at=now)
        session.add(row)
        _refresh(row, person)
        await session.flush()
        await session.refresh(row)
    else:
        _refresh(row, person)
    return row


def _refresh(row: Identity, person: Person) -> None:
    """What is the same is not assigned: the session would look through it at each flush."""
    told = {"name": person.name or row.name or "", "team": person.team or row.team,
            "language": person.language or row.language or ""}  # fmt: skip
    for name, value in told.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


# Asked at every event: built once, since building costs as much as asking.
IDENTITY = select(Identity).where(
    Identity.platform == bindparam("platform"), Identity.external_id == bindparam("external_id")
)
ROOM = (
    select(Room)
    .where(Room.platform == bindparam("platform"), Room.chat == bindparam("chat"),
           or_(Room.thread == "", Room.thread == bindparam("thread")))
    .order_by(Room.thread.desc())
)  # fmt: skip


ACCOUNTS = (
    select(Identity.manager_id, Identity.platform, Identity.external_id)
    .where(Identity.manager_id.in_(bindparam("ids", expanding=True)))
    .order_by(Identity.id)
)


AMONG = select(Manager).where(
    or_(Manager.id.in_(bindparam("ids", expanding=True)),
        Manager.key.in_(bindparam("keys", expanding=True)))
)  # fmt: skip


async def find_identity(session: Session, platform: str, external_id: str) -> Identity | None:
    return await session.scalar(IDENTITY, {"platform": platform, "external_id": external_id})


async def identities_of(
    session: Session, *, contact_id: int | None = None, manager_id: int | None = None
) -> list[Identity]:
    """All platform accounts of one contact or one manager, oldest first."""
    which = Identity.contact_id == contact_id if contact_id else Identity.manager_id == manager_id
    return list(await session.scalars(select(Identity).where(which).order_by(Identity.id)))


async def accounts_of(
    session: Session, manager_ids: Sequence[int]
) -> dict[int, list[tuple[str, str]]]:
    """Platform and id of all accounts of several managers, oldest first."""
    found: dict[int, list[tuple[str, str]]] = {number: [] for number in manager_ids}
    for row in await session.execute(ACCOUNTS, {"ids": manager_ids}):
        found[row.manager_id].append((row.platform, row.external_id))
    return found


async def room(session: Session, address: Address) -> Room | None:
    """What we know of an address: of its thread if linked by itself, else of its chat."""
    asked = {"platform": address.platform, "chat": address.chat, "thread": address.thread or ""}
    rows = list(await session.scalars(ROOM, asked))
    return rows[0] if rows else None


async def room_for(session: Session, address: Address, kind: str) -> Room:
    """The row of exactly this address, made on first need."""
    row = await session.scalar(
        select(Room).where(
            Room.platform == address.platform, Room.chat == address.chat,
            Room.thread == (address.thread or ""),
        )
    )  # fmt: skip
    if row is None:
        row = Room(platform=address.platform, chat=address.chat, thread=address.thread or "",
                   kind=kind)  # fmt: skip
        session.add(row)
        await session.flush()
        await session.refresh(row)
    return row


async def rooms_of_partner(session: Session, partner_id: int) -> list[Room]:
    """The linked, reachable rooms of a partner that several people share, oldest first."""
    return list(
        await session.scalars(
            select(Room)
            .where(Room.partner_id == partner_id, Room.contact_id.is_(None),
                   Room.unreachable_at.is_(None))
            .order_by(Room.id)
        )
    )  # fmt: skip


async def private_rooms(session: Session, contact_id: int) -> list[Room]:
    """The private chats in which a contact can be reached, oldest first."""
    return list(
        await session.scalars(
            select(Room)
            .where(Room.contact_id == contact_id, Room.unreachable_at.is_(None))
            .order_by(Room.id)
        )
    )


def chats_of_partner(partner_id: int) -> Select[str]:
    """Every chat of a partner and its people, as deliveries name it: also those that are gone."""
    own = select(Contact.id).where(Contact.partner_id == partner_id)
    return _chats().where(or_(Room.partner_id == partner_id, Room.contact_id.in_(own)))


def chats_of_owner(owner_id: int) -> Select[str]:
    """The same of all partners of one manager."""
    return (
        _chats()
        .outerjoin(Contact, Contact.id == Room.contact_id)
        .join(Partner, Partner.id == func.coalesce(Contact.partner_id, Room.partner_id))
        .where(Partner.owner_id == owner_id)
    )


def _chats() -> Select[str]:
    return select(Room.platform + ":" + Room.chat)


async def private_rooms_of(session: Session, contact_ids: Sequence[int]) -> dict[int, Room]:
    """The first reachable private chat of each of many contacts."""
    rows = await session.scalars(
        select(Room)
        .where(Room.contact_id.in_(contact_ids), Room.unreachable_at.is_(None))
        .order_by(Room.id.desc())
    )
    return {row.contact_id: row for row in rows if row.contact_id is not None}


async def mark_unreachable(session: Session, room_id: int, reason: str, now: datetime) -> bool:
    """Note that an address is gone; False if that was known."""
    changed = await session.scalar(
        update(Room)
        .where(Room.id == room_id, Room.unreachable_at.is_(None))
        .values(unreachable_at=now, unreachable_reason=reason)
        .returning(Room.id)
    )
    return changed is not None


async def manager_named(session: Session, key: str) -> Manager | None:
    return await session.scalar(select(Manager).where(Manager.key == key))


async def manager(session: Session, manager_id: int) -> Manager | None:
    return await session.get(Manager, manager_id)


async def managers_among(
    session: Session, ids: Collection[int], keys: Collection[str]
) -> list[Manager]:  # fmt: skip
    """Those of our people who have one of these ids or names in liaison.toml."""
    rows = await session.scalars(AMONG, {"ids": list(ids), "keys": list(keys)})
    return list(rows)


async def managers(session: Session) -> list[Manager]:
    """All of our people; a handful."""
    return list(await session.scalars(select(Manager).order_by(Manager.id)))


async def contacts_of(session: Session, partner_id: int) -> list[Contact]:
    """The contacts of a partner who are still there, oldest first."""
    return list(
        await session.scalars(
            select(Contact)
            .where(Contact.partner_id == partner_id, Contact.archived_at.is_(None))
            .order_by(Contact.id)
        )
    )


async def partner(session: Session, partner_id: int) -> Partner | None:
    return await session.get(Partner, partner_id)


async def contact(session: Session, contact_id: int) -> Contact | None:
    return await session.get(Contact, contact_id)


async def names_at(session: Session, addresses: Sequence[Address]) -> dict[str, str]:
    """Who is met at these addresses: "Jo Weber (Nordwind)", "Nordwind", "Lin"; a room's title."""
    found: dict[str, str] = {}
    chats = {(one.platform, one.chat) for one in addresses}
    rooms = await session.execute(
        select(Room, Contact.name, Partner.name)
        .outerjoin(Contact, Contact.id == Room.contact_id)
        .outerjoin(Partner, Partner.id == Room.partner_id)
        .where(tuple_(Room.platform, Room.chat).in_(chats))
    )
    for room, contact, partner in rooms.unique():
        who = f"{contact} ({partner})" if contact and partner else contact or partner or room.title
        if who:
            found[f"{room.platform}:{room.chat}:{room.thread}"] = who
    ours = await session.execute(
        select(Identity.platform, Identity.external_id, Manager.name)
        .join(Manager, Manager.id == Identity.manager_id)
        .where(tuple_(Identity.platform, Identity.external_id).in_(chats))
    )
    found |= {f"{platform}:{chat}:": name for platform, chat, name in ours}
    return found


async def contacts(session: Session, ids: Sequence[int]) -> list[Contact]:
    """Several contacts by id."""
    rows = await session.scalars(select(Contact).where(Contact.id.in_(ids)))
    return list(rows.unique())


async def partner_keyed(session: Session, name_key: str) -> Partner | None:
    return await session.scalar(select(Partner).where(Partner.name_key == name_key))


async def code(session: Session, hash: str) -> LinkCode | None:
    return await session.scalar(select(LinkCode).where(LinkCode.hash == hash))


async def claim_identity(
    session: Session, platform: str, external_id: str, manager_id: int, now: datetime
) -> None:
    """Say which manager stands behind a platform account."""
    row = await find_identity(session, platform, external_id)
    if row is None:
        row = Identity(platform=platform, external_id=external_id, first_seen_at=now)
        session.add(row)
    row.manager_id, row.contact_id = manager_id, None
    await session.flush()

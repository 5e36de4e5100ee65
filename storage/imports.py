"""What an import looks up at once: partners, contacts, accounts and rooms of one slice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storage.db import Session
from storage.models_people import Contact, Identity, Manager, Partner, Room


@dataclass(frozen=True)
class Known:
    """What is there already, under the keys by which a table names it."""

    managers: dict[str, Manager]
    partners: dict[str, Partner]
    contacts: dict[tuple[int, str], Contact]
    accounts: dict[tuple[str, str], Identity]
    rooms: dict[tuple[str, str], Room]


async def known(
    session: Session, keys: Sequence[str], accounts: Sequence[str], chats: Sequence[str]
) -> Known:
    """Of these folded partner names, platform ids of people, and ids of rooms."""
    managers = {row.name: row for row in await session.scalars(select(Manager))}
    partners = await session.scalars(select(Partner).where(Partner.name_key.in_(keys)))
    by_key = {row.name_key: row for row in partners}
    ids = [row.id for row in by_key.values()]
    contacts = await session.scalars(select(Contact).where(Contact.partner_id.in_(ids)))
    people = await session.scalars(select(Identity).where(Identity.external_id.in_(accounts)))
    rooms = await session.scalars(
        select(Room).where(Room.chat.in_([*chats, *accounts]), Room.thread == "")
    )
    return Known(
        managers,
        by_key,
        {(row.partner_id, row.name): row for row in contacts},
        {(row.platform, row.external_id): row for row in people},
        {(row.platform, row.chat): row for row in rooms},
    )

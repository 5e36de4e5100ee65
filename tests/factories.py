"""Rows that tests start from, named like what they are."""

from datetime import datetime
from typing import Any

from bot.partners.names import fold, search_words
from storage import people
from storage.db import Session
from storage.models_delivery import DueWork
from storage.models_people import Contact, Partner, Room


async def a_partner(session: Session, now: datetime, name: str = "Nordwind GmbH", *,
                    owner: str | None = "Lin", **values: Any) -> Partner:  # fmt: skip
    """A gold partner in Berlin, English, looked after by Lin, unless said otherwise."""
    manager = await people.manager_named(session, owner) if owner else None
    values = {"tier": "gold", "zone": "Europe/Berlin", "language": "en"} | values
    partner = Partner(name=name, name_key=fold(name), search=search_words(name), created_at=now,
                      owner_id=manager.id if manager else None, **values)  # fmt: skip
    session.add(partner)
    await session.flush()
    await session.refresh(partner)
    return partner


async def a_contact(session: Session, partner: Partner, now: datetime, name: str = "Jo Weber", *,
                    telegram: str = "", slack: str = "", **values: Any) -> Contact:  # fmt: skip
    """A contact; with `telegram` also the private chat in which they pressed Start."""
    contact = Contact(partner_id=partner.id, name=name, called=values.pop("called", "Jo"),
                      welcomed_at=now, **values)  # fmt: skip
    session.add(contact)
    await session.flush()
    for platform, external in (("telegram", telegram), ("slack", slack)):
        if external:
            identity = await people.identity(session, _person(platform, external, name), now)
            identity.contact_id = contact.id
    if telegram:
        session.add(Room(platform="telegram", chat=telegram, kind="private", shared=False,
                         partner_id=partner.id, contact_id=contact.id, linked_at=now))  # fmt: skip
    await session.flush()
    await session.refresh(contact)
    return contact


async def a_room(session: Session, partner: Partner, now: datetime, platform: str, chat: str,
                 thread: str = "") -> Room:  # fmt: skip
    """A linked room that people of several companies share."""
    room = Room(platform=platform, chat=chat, thread=thread, kind="group", title="room",
                shared=True, partner_id=partner.id, linked_at=now)  # fmt: skip
    session.add(room)
    await session.flush()
    return room


def _person(platform: str, external: str, name: str) -> Any:
    from bot.chat import Person

    return Person(platform, external, name)  # type: ignore[arg-type]


async def due_rows(session: Session, *rows: dict[str, Any]) -> None:
    """Due work as it stands; a row names its key, kind and due_at, and what else is special."""
    usual = {"subject": "", "payload": {}, "state": "waiting", "attempts": 0, "error": ""}
    session.add_all([DueWork(**(usual | row)) for row in rows])
    await session.flush()

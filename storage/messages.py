"""What was said with partners: recorded once, found again by platform id, ticket or partner."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select, update

from bot.chat import Address, Event, File
from storage.db import Session
from storage.models_people import Partner
from storage.models_work import Said, Ticket


async def record_in(
    session: Session, event: Event, *, direction: str = "in", visibility: str = "partner",
    partner_id: int | None = None,
    contact_id: int | None = None, manager_id: int | None = None, ticket_id: int | None = None,
    undecided: bool = False, author: str = "", at: datetime | None = None,
) -> Said:  # fmt: skip
    """Keep what somebody wrote; the same message twice is one row.

    `author` and `at` are given when the event points at somebody else's earlier message.
    """
    known = await find(session, event.where, event.message_id)
    if known is not None:
        return known
    row = Said(
        direction=direction, visibility=visibility, partner_id=partner_id, contact_id=contact_id,
        manager_id=manager_id, ticket_id=ticket_id, author=author or event.who.id,
        platform=event.platform, chat=event.where.chat, thread=event.where.thread or "",
        platform_id=event.message_id or None, reply_to=event.reply_to,
        html=event.html or escape(event.text, quote=False),
        files=[asdict(file) for file in event.files], undecided=undecided, at=at or event.at,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def record_out(
    session: Session, to: Address, html: str, *, key: str, at: datetime,
    visibility: str = "partner", partner_id: int | None = None, contact_id: int | None = None,
    manager_id: int | None = None,
    ticket_id: int | None = None, files: tuple[File, ...] = (), source: str = "",
) -> Said:  # fmt: skip
    """Keep what we say under its delivery key; its platform id follows once it is sent.

    `source` is the message that told us to say it (see source_of).
    """
    row = Said(
        direction="out", visibility=visibility, partner_id=partner_id, contact_id=contact_id,
        manager_id=manager_id, ticket_id=ticket_id, platform=to.platform, chat=to.chat,
        thread=to.thread or "", platform_id=None, delivery_key=key, html=html,
        files=[asdict(file) for file in files], at=at, source=source,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def source_of(event: Event) -> str:
    """The name of an event's message as a source; "" for a slash command, which leaves none."""
    return f"{event.platform}:{event.where.chat}:{event.message_id}" if event.message_id else ""


async def by_source(session: Session, source: str) -> Said | None:
    """What we said because a message of ours told us to."""
    if not source:
        return None
    return await session.scalar(
        select(Said).where(Said.source == source).order_by(Said.id.desc()).limit(1)
    )


async def find(session: Session, where: Address, message_id: str) -> Said | None:
    """The row of one platform message."""
    if not message_id:
        return None
    return await session.scalar(
        select(Said).where(Said.platform == where.platform, Said.chat == where.chat,
                           Said.platform_id == message_id)
    )  # fmt: skip


async def get(session: Session, message_id: int) -> Said | None:
    return await session.get(Said, message_id)


async def by_delivery(session: Session, key: str) -> Said | None:
    return await session.scalar(select(Said).where(Said.delivery_key == key))


async def by_deliveries(session: Session, keys: Sequence[str]) -> list[Said]:
    """What we said under these keys."""
    return list(await session.scalars(select(Said).where(Said.delivery_key.in_(keys))))


async def changed(session: Session, ticket_id: int) -> list[Said]:
    """A ticket's messages that were edited or deleted, oldest first."""
    edited = cast(Said.versions, String) != "[]"
    rows = await session.scalars(
        select(Said)
        .where(Said.ticket_id == ticket_id, or_(edited, Said.deleted_at.is_not(None)))
        .order_by(Said.at, Said.id)
    )
    return list(rows)


async def of_ticket(session: Session, ticket_id: int) -> list[Said]:
    """A ticket's messages, oldest first."""
    rows = await session.scalars(
        select(Said).where(Said.ticket_id == ticket_id).order_by(Said.at, Said.id)
    )
    return list(rows)


async def many(session: Session, ids: Sequence[int]) -> list[Said]:
    """Several messages by id, oldest first."""
    rows = await session.scalars(select(Said).where(Said.id.in_(ids)).order_by(Said.at, Said.id))
    return list(rows)


async def theirs(session: Session, ticket_id: int) -> list[Said]:
    """What a partner said about a ticket, oldest first."""
    rows = await session.scalars(
        select(Said)
        .where(Said.ticket_id == ticket_id, Said.direction == "in",
               Said.visibility == "partner")
        .order_by(Said.at, Said.id)
    )  # fmt: skip
    return list(rows)


async def latest_heard(session: Session, ticket_id: int, chat: str) -> Said | None:
    """What a partner said last about a ticket in that chat, and did not take back."""
    return await session.scalar(
        select(Said)
        .where(Said.ticket_id == ticket_id, Said.chat == chat, Said.direction == "in",
               Said.visibility == "partner", Said.deleted_at.is_(None))
        .order_by(Said.id.desc()).limit(1)
    )  # fmt: skip


async def heard(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[Said]]:
    """What partners said about tickets and what was merged into them, oldest first."""
    found: dict[int, list[Said]] = {ticket_id: [] for ticket_id in ticket_ids}
    whole = func.coalesce(Ticket.merged_into, Ticket.id)
    rows = await session.execute(
        select(whole, Said)
        .join(Ticket, Ticket.id == Said.ticket_id)
        .where(or_(Ticket.id.in_(found), Ticket.merged_into.in_(found)),
               Said.direction == "in", Said.visibility == "partner", Said.deleted_at.is_(None))
        .order_by(Said.at, Said.id)
    )  # fmt: skip
    for ticket_id, said in rows:
        if ticket_id in found:
            found[ticket_id].append(said)
    return found


async def spoke_since(session: Session, where: Address, since: datetime) -> bool:
    """Whether one of ours has said something there after that moment."""
    found = await session.scalar(
        select(Said.id)
        .where(Said.platform == where.platform, Said.chat == where.chat,
               Said.thread == (where.thread or ""), Said.at > since,
               Said.manager_id.is_not(None), Said.visibility == "partner")
        .limit(1)
    )  # fmt: skip
    return found is not None


async def near(session: Session, said: Said, within: timedelta) -> list[Said]:
    """What the same person said in the same place shortly before or after, oldest first."""
    rows = await session.scalars(
        select(Said)
        .where(Said.partner_id == said.partner_id, Said.author == said.author,
               Said.platform == said.platform, Said.chat == said.chat,
               Said.thread == said.thread, Said.direction == "in", Said.id != said.id,
               Said.deleted_at.is_(None),
               Said.at >= said.at - within, Said.at <= said.at + within)
        .order_by(Said.at, Said.id)
    )  # fmt: skip
    return list(rows)


async def without_ticket(session: Session, contact_id: int, where: Address) -> list[Said]:
    """What a contact wrote in a chat that belongs to no ticket, oldest first."""
    rows = await session.scalars(
        select(Said)
        .where(Said.contact_id == contact_id, Said.platform == where.platform,
               Said.chat == where.chat, Said.ticket_id.is_(None), Said.direction == "in")
        .order_by(Said.at, Said.id)
        .limit(50)
    )  # fmt: skip
    return list(rows)


async def edit(session: Session, row: Said, html: str, files: list[dict[str, Any]], at: datetime
               ) -> None:  # fmt: skip
    """Take over new words and keep the old ones as a version."""
    before = {"html": row.html, "until": at.isoformat()}
    row.versions, row.html, row.files = [*row.versions, before], html, files or row.files
    await session.flush()


async def keep_first_words(session: Session, event: Event) -> None:
    """A message that its own edit overtook comes at last: its wording is the first version."""
    row = await find(session, event.where, event.message_id) if event.kind == "message" else None
    html = event.html or escape(event.text, quote=False)
    if row is None or html in (row.html, *(version["html"] for version in row.versions)):
        return
    row.versions = [{"html": html, "until": row.at.isoformat()}, *row.versions]
    await session.flush()


async def decide(session: Session, row: Said, ticket_id: int | None) -> None:
    """Somebody decided what a piece of room talk is: part of a ticket, or nothing."""
    row.undecided, row.ticket_id = False, ticket_id or row.ticket_id
    await session.flush()


async def answered_in_room(session: Session, where: Address, until: datetime) -> None:
    """One of ours spoke in the room: what was written there before waits for nobody any more.

    Words in a thread or topic answer only what stands there.
    """
    here: ColumnElement[bool] = Said.thread == (where.thread or "")
    if where.thread:
        here = or_(here, Said.platform_id == where.thread)
    await session.execute(
        update(Said)
        .where(Said.platform == where.platform, Said.chat == where.chat, here, Said.at <= until,
               Said.undecided)
        .values(undecided=False)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


async def undecided_in(session: Session, partner_id: int, where: Address) -> bool:
    """Whether nobody has decided yet about something that a partner said in this chat."""
    found = await session.scalar(
        select(Said.id)
        .where(Said.undecided, Said.partner_id == partner_id, Said.platform == where.platform,
               Said.chat == where.chat)
        .limit(1)
    )  # fmt: skip
    return found is not None


async def undecided_of(session: Session, owner_id: int, limit: int) -> list[tuple[Said, Partner]]:
    """Room talk of an owner's partners that nobody has decided about, oldest first."""
    rows = await session.execute(
        select(Said, Partner)
        .join(Partner, Partner.id == Said.partner_id)
        .where(Said.undecided, Partner.owner_id == owner_id)
        .order_by(Said.at, Said.id)
        .limit(limit)
    )
    return [(said, partner) for said, partner in rows.unique()]

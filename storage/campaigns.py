"""Campaigns: what goes to many people, how far it has come, and moving its rows in slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, bindparam, func, or_, select, tuple_, update

from bot.chat import Address
from storage.claims import FLYING_STATES
from storage.db import Session, wake
from storage.models_delivery import Campaign, Delivery, DueWork
from storage.models_people import Contact, Partner, Room

WAITING = ("queued", "stopped")
TAKEN_BACK = ":delete"  # ends the key of a row that deletes what another row had posted


async def begin(
    session: Session, *, key: str, kind: str, title: str, owner_id: int | None, now: datetime
) -> Campaign:
    """The campaign of this key, made on first need."""
    row = await session.scalar(select(Campaign).where(Campaign.key == key))
    if row is None:
        row = Campaign(key=key, kind=kind, title=title, owner_id=owner_id, at=now, state="running")
        session.add(row)
        await session.flush()
    return row


async def find(session: Session, campaign_id: int) -> Campaign | None:
    return await session.get(Campaign, campaign_id)


async def keyed(session: Session, key: str) -> Campaign | None:
    return await session.scalar(select(Campaign).where(Campaign.key == key))


async def in_state(session: Session, kinds: Sequence[str], *states: str) -> list[Campaign]:
    """Campaigns of some kinds, the newest first; few are not done at any time."""
    rows = await session.scalars(
        select(Campaign)
        .where(Campaign.kind.in_(kinds), Campaign.state.in_(states))
        .order_by(Campaign.id.desc())
        .limit(10)
    )
    return list(rows)


async def ids_of(session: Session, keys: Sequence[str]) -> list[int]:
    """The campaigns to which these deliveries belong."""
    rows = await session.scalars(
        select(Delivery.campaign_id)
        .where(Delivery.key.in_(keys), Delivery.campaign_id.is_not(None))
        .distinct()
    )
    return [found for found in rows if found is not None]


@dataclass(frozen=True, slots=True)
class Count:
    """Places by what became of them. Of what waits, `later` has a moment still to come.

    `failed` are those that ended as dead; what was withdrawn is not counted; `open` counts further
    pieces too.
    """

    sent: int
    unverified: int
    waiting: int
    later: int
    failed: dict[str, int]  # reason -> how many
    flying: int
    open: int

    @property
    def failures(self) -> int:
        return sum(self.failed.values())

    @property
    def ended(self) -> int:
        return self.sent + self.unverified + self.failures

    @property
    def total(self) -> int:
        return self.ended + self.waiting + self.flying


async def count(session: Session, campaign_id: int, now: datetime) -> Count:
    """By the index alone: some milliseconds for 100,000 deliveries."""
    rows = await session.execute(
        select(Delivery.state, Delivery.piece, func.count())
        .where(Delivery.campaign_id == campaign_id)
        .group_by(Delivery.state, Delivery.piece)
    )
    firsts: dict[str, int] = {}
    pieces: dict[str, int] = {}
    for state, piece, number in rows:
        pieces[state] = pieces.get(state, 0) + number
        if piece == 0:
            firsts[state] = number
    later = select(func.count()).where(*_first(campaign_id, "queued"), Delivery.not_before > now)
    still_open = (*WAITING, *FLYING_STATES)
    return Count(
        sent=firsts.get("sent", 0), unverified=firsts.get("unverified", 0),
        waiting=sum(firsts.get(state, 0) for state in WAITING),
        later=await session.scalar(later) or 0,
        failed=await _reasons(session, campaign_id) if "dead" in firsts else {},
        flying=sum(firsts.get(state, 0) for state in FLYING_STATES),
        open=sum(pieces.get(state, 0) for state in still_open),
    )  # fmt: skip


def _first(campaign_id: int, state: str) -> tuple[ColumnElement[bool], ...]:
    """One row for each place, however long the message is."""
    return Delivery.campaign_id == campaign_id, Delivery.state == state, Delivery.piece == 0


async def _reasons(session: Session, campaign_id: int) -> dict[str, int]:
    rows = await session.execute(
        select(Delivery.reason, func.count())
        .where(*_first(campaign_id, "dead"))
        .group_by(Delivery.reason)
    )
    return {reason: number for reason, number in rows}


async def failed(session: Session, campaign_id: int, limit: int) -> list[Delivery]:
    """Places that it did not reach."""
    rows = await session.scalars(select(Delivery).where(*_first(campaign_id, "dead")).limit(limit))
    return list(rows)


async def next_moment(session: Session, campaign_id: int, now: datetime) -> datetime | None:
    """When the next of its deliveries may go that may not go yet."""
    return await session.scalar(
        select(func.min(Delivery.not_before))
        .where(*_first(campaign_id, "queued"), Delivery.not_before > now)
    )  # fmt: skip


async def last(session: Session, campaign_id: int, now: datetime) -> Delivery | None:
    """The delivery that may go last, if its moment is still to come."""
    return await session.scalar(
        select(Delivery)
        .where(*_first(campaign_id, "queued"), Delivery.not_before > now)
        .order_by(Delivery.not_before.desc())
        .limit(1)
    )  # fmt: skip


async def still_to_owe(session: Session, key: str) -> tuple[DueWork | None, DueWork | None]:
    """The first and the last work that will owe more of this campaign."""
    mine = select(DueWork).where(DueWork.subject == key, DueWork.state == "waiting")
    first = await session.scalar(mine.order_by(DueWork.due_at).limit(1))
    return first, await session.scalar(mine.order_by(DueWork.due_at.desc()).limit(1))


async def stop_some(session: Session, campaign_id: int, limit: int) -> int:
    """Take up to `limit` of its rows out of the queue; returns how many."""
    return await _move(session, campaign_id, ("queued",), limit, {"state": "stopped"})


async def withdraw_some(session: Session, campaign_id: int, now: datetime, limit: int) -> int:
    """Give up to `limit` of its rows up for good; returns how many."""
    skipped = {"state": "skipped", "reason": "recalled", "done_at": now}
    return await _move(session, campaign_id, WAITING, limit, skipped)


async def _move(
    session: Session, campaign_id: int, states: tuple[str, ...], limit: int,
    values: dict[str, Any],
) -> int:  # fmt: skip
    some = (
        select(Delivery.id)
        .where(Delivery.campaign_id == campaign_id, Delivery.state.in_(states))
        .limit(limit)
    )
    moved = await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(some), Delivery.state.in_(states))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", moved).rowcount


@dataclass(frozen=True, slots=True)
class Stopped:
    """A row that waits in a stopped campaign, and its reader's quiet hours ("" = none)."""

    id: int
    not_before: datetime | None
    contact_id: int
    zone: str
    quiet: tuple[str, str]


async def stopped(session: Session, campaign_id: int, limit: int) -> list[Stopped]:
    """Up to `limit` rows that could go on; the first pieces of messages come first."""
    rows = (
        await session.execute(
            select(Delivery.id, Delivery.not_before, Delivery.address)
            .where(Delivery.campaign_id == campaign_id, Delivery.state == "stopped")
            .order_by(Delivery.piece)
            .limit(limit)
        )
    ).all()
    people = await _readers(session, [Address.parse(row.address) for row in rows])
    nobody = (0, "UTC", "", "")
    found = []
    for row in rows:
        contact, zone, begins, ends = people.get(row.address, nobody)
        found.append(Stopped(row.id, row.not_before, contact, zone, (begins, ends)))
    return found


async def _readers(
    session: Session, addresses: Sequence[Address]
) -> dict[str, tuple[int, str, str, str]]:
    """Contact, zone and quiet hours by the address of a private chat."""
    chats = {(one.platform, one.chat) for one in addresses}
    rows = await session.execute(
        select(Room.platform, Room.chat, Room.thread, Contact.id, Contact.zone, Partner.zone,
               Contact.quiet_from, Contact.quiet_to)
        .join(Contact, Contact.id == Room.contact_id)
        .join(Partner, Partner.id == Contact.partner_id)
        .where(tuple_(Room.platform, Room.chat).in_(chats))
    )  # fmt: skip
    return {f"{platform}:{chat}:{thread}": (contact, own or theirs, begins, ends)
            for platform, chat, thread, contact, own, theirs, begins, ends in rows}  # fmt: skip


async def zone_at(session: Session, address: Address) -> str:
    """By whose clock something comes there: the contact's, else the partner's; "" = unknown."""
    row = (
        await session.execute(
            select(Contact.zone, Partner.zone)
            .select_from(Room)
            .outerjoin(Contact, Contact.id == Room.contact_id)
            .outerjoin(Partner, Partner.id == func.coalesce(Contact.partner_id, Room.partner_id))
            .where(Room.platform == address.platform, Room.chat == address.chat)
            .limit(1)
        )
    ).one_or_none()
    return (row[0] or row[1] or "") if row is not None else ""


async def let_go(session: Session, moments: Sequence[tuple[int, datetime | None]]) -> None:
    """Queue stopped rows again: (id, not before)."""
    connection = await session.connection()
    if moments:
        await connection.execute(
            update(Delivery)
            .where(Delivery.id == bindparam("row"), Delivery.state == "stopped")
            .values(state="queued", not_before=bindparam("begins"), retry_at=None,
                    asleep=bindparam("sleeps")),
            [{"row": row, "begins": begins, "sleeps": begins is not None}
             for row, begins in moments],
        )  # fmt: skip
    wake(session, "outbox")


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands in a chat."""

    id: int
    key: str
    address: str
    platform_id: str


def _deletable(campaign_id: int, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Slack lets us delete what we posted at any time, Telegram only what is not older."""
    young = or_(Delivery.platform == "slack", Delivery.done_at >= since)
    return Delivery.campaign_id == campaign_id, Delivery.state == "sent", young


async def posted(
    session: Session, campaign_id: int, since: datetime, after: int, limit: int
) -> list[Posted]:
    """What can be deleted, behind the row `after`."""
    rows = await session.execute(
        select(Delivery.id, Delivery.key, Delivery.address, Delivery.platform_id)
        .where(*_deletable(campaign_id, since), Delivery.id > after)
        .order_by(Delivery.id)
        .limit(limit)
    )
    return [Posted(*row) for row in rows]


async def count_deletable(session: Session, campaign_id: int, since: datetime) -> int:
    """In how many places."""
    query = select(func.count()).where(*_deletable(campaign_id, since), Delivery.piece == 0)
    return await session.scalar(query) or 0

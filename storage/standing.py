"""Counts for those who look after the bot: what waits, what ended badly."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from storage import events, people
from storage.db import Session
from storage.models import one_of
from storage.models_delivery import Campaign, Delivery, DueWork
from storage.models_people import Contact, Partner

NEWS = 4  # the class of digests


@dataclass(frozen=True, slots=True)
class Status:
    """`held` waits for its moment, `queued` for its turn; `dead` and `set_aside` need a person."""

    partners: int
    contacts: int
    queued: int
    held: int
    in_doubt: int
    dead: int
    unverified: int
    due: int
    due_dead: int
    next_due: datetime | None
    set_aside: int
    retrying: int
    last_error: str
    stopped: int
    by_class: dict[int, int]  # of what may go now
    since: datetime | None  # when the oldest of it could have gone


@dataclass(frozen=True, slots=True)
class Theirs:
    """What waits for one manager's partners; digests are told by their own message."""

    held: int
    by_class: dict[int, int]
    since: datetime | None


QUEUED = one_of(Delivery.state, "queued")
# The last is not the words of an index, or SQLite would go through all that is queued.
RETRIED = (one_of(Delivery.state, "queued", "in_doubt"), Delivery.retry_at.is_not(None),
           Delivery.state.concat("") == "queued")  # fmt: skip
BAD = (
    select(Delivery.state, func.count())
    .where(one_of(Delivery.state, "dead", "unverified"))
    .group_by(Delivery.state)
)
AWAKE = (QUEUED, ~Delivery.asleep)
NEXT_DUE = (
    select(DueWork.due_at)
    .where(one_of(DueWork.state, "waiting"))
    .order_by(DueWork.due_at)
    .limit(1)
)
LAST_ERROR = (
    select(Delivery.reason)
    .where(*RETRIED, Delivery.reason != "")
    .order_by(Delivery.retry_at.desc())
    .limit(1)
)


async def status(session: Session, now: datetime) -> Status:
    """Counts by indexes that hold only what is open or ended badly: what is done costs nothing."""
    held = await _count(session, _deliveries(QUEUED, Delivery.not_before > now))
    by_class, since = await _going(session)
    stopped = select(Campaign.id).where(Campaign.state == "stopped")
    bad = {state: number for state, number in await session.execute(BAD)}
    return Status(
        partners=await _count(session, _there(Partner)),
        contacts=await _count(session, _there(Contact)),
        queued=await _count(session, _deliveries(QUEUED)) - held,
        held=held,
        in_doubt=await _count(session, _deliveries(one_of(Delivery.state, "sending", "in_doubt"))),
        dead=bad.get("dead", 0),
        unverified=bad.get("unverified", 0),
        due=await _count(session, _works("waiting")),
        due_dead=await _count(session, _works("dead")),
        next_due=await session.scalar(NEXT_DUE),
        set_aside=await events.count_aside(session),
        retrying=await _count(session, _deliveries(*RETRIED)),
        last_error=await session.scalar(LAST_ERROR) or "",
        stopped=await _count(session, _deliveries(
            Delivery.campaign_id.in_(stopped), Delivery.state == "stopped", Delivery.piece == 0
        )),
        by_class=by_class,
        since=since,
    )  # fmt: skip


async def theirs(session: Session, now: datetime, owner_id: int) -> Theirs:
    """What waits for the partners of one manager."""
    mine = (Delivery.cls < NEWS, Delivery.chat.in_(people.chats_of_owner(owner_id)))
    by_class, since = await _going(session, *mine)
    held = (QUEUED, Delivery.asleep, Delivery.not_before > now, *mine)
    number = sum(row[-1] for row in await session.execute(_by_class().where(*held)))
    return Theirs(number, by_class, since)


async def _going(
    session: Session, *which: ColumnElement[bool]
) -> tuple[dict[int, int], datetime | None]:
    """How many of each class may go now, and since when the oldest may."""
    rows = (await session.execute(_by_class(func.min(Delivery.id)).where(*AWAKE, *which))).all()
    numbers = Counter[int]()
    for _, cls, _, number in rows:
        numbers[cls] += number
    could_go = func.coalesce(Delivery.not_before, Delivery.created_at)
    oldest = select(func.min(could_go)).where(Delivery.id.in_([first for _, _, first, _ in rows]))
    return dict(numbers), await session.scalar(oldest)


def _by_class(*more: Any) -> Select[Any]:
    """Grouped as the indexes of what may go and of what is held are: by them it goes through no
    row of another class.
    """
    group = (Delivery.platform, Delivery.cls)
    return select(*group, *more, func.count()).group_by(*group)


def _deliveries(*which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Delivery).where(*which)


def _works(state: str) -> Select[int]:
    return select(func.count()).select_from(DueWork).where(one_of(DueWork.state, state))


def _there(model: type[Partner] | type[Contact]) -> Select[int]:
    return select(func.count(model.id)).where(model.archived_at.is_(None))


async def _count(session: Session, query: Select[int]) -> int:
    return await session.scalar(query) or 0

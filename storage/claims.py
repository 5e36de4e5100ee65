"""The outbox as its sender sees it: which rows may go now, and when to look again.

Each statement is built once: building one costs more than asking it. storage/marks.py records what
became of the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from bot.chat import ANSWERS, SLOT_THREAD, TOPIC_SLOT
from storage.db import Session, dialect_of
from storage.gates import Gates, open_for, verb_of
from storage.models import one_of
from storage.models_delivery import Campaign, Delivery, DueWork, Slot

IN_SLOT = f":{SLOT_THREAD}"
CLASSES = tuple(range(5))
AT_ONCE = 1_000  # rows that one look wakes
OPEN_STATES = ("queued", "sending", "in_doubt")
FLYING_STATES = ("sending", "in_doubt")
PG = "postgresql"
VERIFIED = "verified"  # reason of what was sent and found there when its answer was missing


@dataclass(frozen=True)
class Claimed:
    """A row taken by the sender; `message_id` is empty for a post, else what is edited."""

    id: int
    key: str
    address: str
    chat: str
    subject: str
    cls: int
    kind: str
    payload: dict[str, Any]
    message_id: str
    delivery_id: str
    progress: str
    attempts: int
    started_at: datetime
    slot_id: int | None
    then: str
    expires_at: datetime | None
    could_go: datetime  # business time: since when nothing but the queue held it back

    @property
    def verb(self) -> str:
        """Which call it is, for the limits."""
        return verb_of(self.kind, self.chat, self.message_id, self.payload)


Choose = Callable[[list[Claimed]], list[Claimed]]


@dataclass(frozen=True)
class Mark:
    """What became of a claimed row. `state` is queued, in_doubt or a final one."""

    row: Claimed
    state: str
    reason: str = ""
    platform_id: str = ""
    retry_at: datetime | None = None
    forget_target: bool = False  # what should be edited is gone: post anew
    rests: str = ""  # what else waits until `retry_at`: storage/rests.py


NOW: BindParameter[Any] = bindparam("now")
REAL: BindParameter[Any] = bindparam("real")
PLATFORM: BindParameter[Any] = bindparam("of_platform")
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
MOST = bindparam("most", type_=Integer)
OLDER, RIVAL, FIRST = aliased(Delivery), aliased(Delivery), aliased(Slot)  # 0.1 MB each


def _ready() -> list[ColumnElement[bool]]:
    """What lets a queued row go: its moment, its lane, its slot."""
    older, rival = OLDER, RIVAL
    in_lane = exists().where(
        older.lane == Delivery.lane, older.id < Delivery.id, older.cls <= Delivery.cls,
        one_of(older.state, *OPEN_STATES),
        or_(
            older.slot_id.is_(None),
            older.slot_id != Delivery.slot_id,
            Delivery.slot_id.is_(None),
        ),
    )  # fmt: skip
    in_slot = exists().where(
        rival.slot_id == Delivery.slot_id, rival.id != Delivery.id,
        one_of(rival.state, *OPEN_STATES),
        or_(rival.state != "queued", rival.id < Delivery.id),
    )  # fmt: skip
    posted: ColumnElement[bool] = and_(Slot.message_id.is_not(None), Slot.message_id != "")
    return [
        one_of(Delivery.state, "queued"),
        or_(Delivery.not_before.is_(None), Delivery.not_before <= NOW),
        or_(Delivery.retry_at.is_(None), Delivery.retry_at <= REAL),
        or_(posted, Delivery.target != "", ~in_lane),
        or_(Delivery.slot_id.is_(None), ~in_slot), _thread_is_there(), _goes_on(),
    ]  # fmt: skip


def _goes_on() -> ColumnElement[bool]:
    """True unless the row's campaign is stopped or recalled and the row has yet to be told so."""
    halted = exists().where(
        Campaign.id == Delivery.campaign_id, Campaign.state.in_(("stopped", "recalled"))
    )
    return or_(Delivery.campaign_id.is_(None), ~halted)


def _thread_is_there() -> ColumnElement[bool]:
    """True unless the row goes into the thread of a slot's message that is not posted yet."""
    name = func.substr(Delivery.address, func.length(Delivery.chat) + len(IN_SLOT) + 1)
    return or_(
        Delivery.address.not_like(f"%{IN_SLOT}%"),
        exists().where(FIRST.name == name, FIRST.message_id != ""),
    )


async def _named_threads(session: Session, rows: list[Claimed]) -> list[Claimed]:
    """The rows, with the threads that slots name replaced by the ids of those messages.

    Telegram has no threads below a message: there it is answered. A topic's id is its thread.
    """
    named = {row.id: row.address.partition(IN_SLOT) for row in rows if IN_SLOT in row.address}
    if not named:
        return rows
    names = {name for _, _, name in named.values()}
    posted = await session.execute(select(Slot.name, Slot.message_id).where(Slot.name.in_(names)))
    ids = {name: message_id for name, message_id in posted}

    def below(row: Claimed) -> str:
        chat, _, name = named[row.id]
        below_it = chat.startswith("telegram:") and not name.endswith(TOPIC_SLOT)
        answers = ANSWERS if below_it else ""
        return f"{chat}:{answers}{ids.get(name, '')}"

    return [replace(row, address=below(row)) if row.id in named else row for row in rows]


# What a claim reads; plain columns, because a mapped row costs more than the query.
COLUMNS = (
    Delivery.id, Delivery.key, Delivery.address, Delivery.chat, Delivery.subject, Delivery.cls,
    Delivery.kind, Delivery.payload, Delivery.target, Delivery.delivery_id, Delivery.progress,
    Delivery.attempts, Delivery.started_at, Delivery.state, Delivery.slot_id, Delivery.then,
    Delivery.expires_at, Delivery.not_before, Delivery.created_at,
    Slot.message_id.label("posted"),
)  # fmt: skip


@lru_cache(maxsize=64)
def _claiming(dialect: str, *, verbs: tuple[str, ...], one_class: bool) -> Executable:
    """The query of a claim, built once for each kind of gates: one is kept in half a megabyte."""
    query = (
        select(*COLUMNS)
        .outerjoin(Slot, Slot.id == Delivery.slot_id)
        .where(Delivery.platform == PLATFORM, ~Delivery.asleep,
               *open_for(verbs), *_ready(),
               *([Delivery.cls == bindparam("of_cls")] if one_class else []))
        .order_by(Delivery.cls, Delivery.id)
        .limit(MOST)
    )  # fmt: skip
    return query.with_for_update(of=Delivery, skip_locked=True) if dialect == PG else query


TAKE = (
    update(Delivery)
    .where(Delivery.id.in_(IDS))
    .values(state="sending", lease_until=bindparam("lease"), attempts=Delivery.attempts + 1,
            started_at=bindparam("started"), retry_at=None, epoch=bindparam("mine"))
    .execution_options(synchronize_session=False)
)  # fmt: skip


async def claim(
    session: Session, platform: str, *, now: datetime, real: datetime, lease: timedelta,
    limit: int, gates: Gates, choose: Choose, epoch: int, cls: int | None = None,
) -> list[Claimed]:  # fmt: skip
    """Take up to `limit` rows that may go now, most urgent first; `choose` has the last word.

    With `cls` only rows of that class. `epoch` is the sender's: what it records of them later
    counts only in that epoch.
    """
    query = _claiming(dialect_of(session), verbs=gates.verbs, one_class=cls is not None)
    asked = {"of_platform": platform, "now": now, "real": real, "most": limit,
             "talked": gates.talked, "chats": gates.chats, "of_cls": cls}  # fmt: skip
    connection = await session.connection()  # no objects are mapped: that costs more than asking
    taken = choose([_claimed(row, real) for row in await connection.execute(query, asked)])
    if taken:
        ids = [row.id for row in taken]
        await connection.execute(TAKE, {"ids": ids, "lease": real + lease, "started": real,
                                        "mine": epoch})  # fmt: skip
    return await _named_threads(session, taken)


MAY_GO = or_(Delivery.not_before.is_(None), Delivery.not_before <= NOW)
MAY_RETRY = or_(Delivery.retry_at.is_(None), Delivery.retry_at <= REAL)
ASLEEP = (Delivery.platform == PLATFORM, one_of(Delivery.state, "queued"), Delivery.asleep)
AWAITED = (  # each goes by its own index
    select(Delivery.id)
    .where(*ASLEEP, Delivery.cls.in_(CLASSES), Delivery.not_before <= NOW, MAY_RETRY)
    .order_by(Delivery.cls, Delivery.not_before)
    .limit(AT_ONCE),
    select(Delivery.id)
    .where(*ASLEEP, Delivery.retry_at.is_not(None), Delivery.retry_at <= REAL, MAY_GO,
           one_of(Delivery.state, "queued", "in_doubt"))
    .order_by(Delivery.retry_at)
    .limit(AT_ONCE),
)  # fmt: skip
AWAITED_PG = tuple(query.with_for_update(skip_locked=True) for query in AWAITED)
WAKE = (
    update(Delivery).where(Delivery.id.in_(IDS)).values(asleep=False)
    .execution_options(synchronize_session=False)
)  # fmt: skip


async def wake_up(session: Session, platform: str, now: datetime, real: datetime) -> bool:
    """Put rows whose moment has come where claims find them; True if there may be more.

    The most urgent first, a thousand at most: on Monday at nine all of a digest's wake at once.
    """
    asked, full = {"of_platform": platform, "now": now, "real": real}, False
    for query in AWAITED_PG if dialect_of(session) == PG else AWAITED:
        found = list(await session.scalars(query, asked))
        if found:
            await session.execute(WAKE, {"ids": found})
        full = full or len(found) == AT_ONCE
    return full


def _claimed(row: Any, real: datetime) -> Claimed:
    return Claimed(
        id=row.id, key=row.key, address=row.address, chat=row.chat, subject=row.subject,
        cls=row.cls, kind=row.kind, payload=row.payload, message_id=row.target or row.posted or "",
        delivery_id=row.delivery_id, progress=row.progress, attempts=row.attempts + 1,
        started_at=real if row.state == "queued" or row.started_at is None else row.started_at,
        slot_id=row.slot_id, then=row.then, expires_at=row.expires_at,
        could_go=row.not_before or row.created_at,
    )  # fmt: skip


IS_FLYING = one_of(Delivery.state, *FLYING_STATES)  # the words of its index
ORPHANED = (
    update(Delivery)
    .where(Delivery.platform == PLATFORM, IS_FLYING, Delivery.state == "sending",
           or_(Delivery.lease_until <= REAL, Delivery.epoch != bindparam("mine")))
    .values(state="in_doubt", reason="the sender died while sending")
    .returning(Delivery.id)
    .execution_options(synchronize_session=False)
)  # fmt: skip
IN_DOUBT = (Delivery.platform == PLATFORM, IS_FLYING, Delivery.state == "in_doubt")
DOUBTFUL = select(Delivery.id).where(*IN_DOUBT)
ANY_DOUBTFUL = DOUBTFUL.limit(1)
SETTLE = (
    select(*COLUMNS)
    .outerjoin(Slot, Slot.id == Delivery.slot_id)
    .where(*IN_DOUBT, MAY_RETRY)
    .order_by(Delivery.cls, Delivery.id)
    .limit(MOST)
)
OURS_NOW = (
    update(Delivery).where(Delivery.id.in_(IDS)).values(epoch=bindparam("mine"))
    .execution_options(synchronize_session=False)
)  # fmt: skip


async def orphaned(session: Session, platform: str, real: datetime, epoch: int) -> list[int]:
    """Rows whose sender died become in doubt: their lease is over, or the epoch is another."""
    asked = {"of_platform": platform, "real": real, "mine": epoch}
    return list(await session.scalars(ORPHANED, asked))


async def any_in_doubt(session: Session, platform: str) -> bool:
    """Whether a row is in doubt, now or later to be settled."""
    return await session.scalar(ANY_DOUBTFUL, {"of_platform": platform}) is not None


async def in_doubt(
    session: Session, platform: str, real: datetime, limit: int, epoch: int
) -> list[Claimed]:
    """Rows whose fate must be settled now, by the sender of this epoch."""
    rows = await session.execute(SETTLE, {"of_platform": platform, "real": real, "most": limit})
    found = [_claimed(row, real) for row in rows]
    if found:
        await session.execute(OURS_NOW, {"ids": [row.id for row in found], "mine": epoch})
    return await _named_threads(session, found)


async def save_progress(session: Session, row_id: int, progress: str) -> None:
    """Remember how far a call in steps has come (Slack's file id)."""
    await session.execute(update(Delivery).where(Delivery.id == row_id).values(progress=progress))


NEXT_MOMENTS = select(*(
    select(Delivery.not_before)
    .where(*ASLEEP, Delivery.cls == cls, Delivery.not_before.is_not(None), MAY_RETRY)
    .order_by(Delivery.not_before)
    .limit(1)
    .scalar_subquery()
    for cls in CLASSES
))  # fmt: skip
NEXT_RETRY = (
    select(Delivery.retry_at)
    .where(Delivery.platform == PLATFORM, Delivery.retry_at.is_not(None),
           one_of(Delivery.state, "queued", "in_doubt"),
           or_(Delivery.asleep & MAY_GO,
               (Delivery.state == "in_doubt") & (Delivery.retry_at > REAL)))
    .order_by(Delivery.retry_at)
    .limit(1)
)  # fmt: skip


async def next_moment(
    session: Session, platform: str, now: datetime, real: datetime
) -> tuple[datetime | None, datetime | None]:
    """The next moments at which a row wakes: business time (perhaps past), and real time."""
    asked = {"of_platform": platform, "now": now, "real": real}
    moments = (await session.execute(NEXT_MOMENTS, asked)).one()
    business = min((moment for moment in moments if moment is not None), default=None)
    return business, await session.scalar(NEXT_RETRY, asked)


BUSY = select(or_(
    exists().where(one_of(Delivery.state, *FLYING_STATES), MAY_RETRY),
    select(Delivery.id)
    .outerjoin(Slot, Slot.id == Delivery.slot_id)
    .where(*_ready(), Delivery.retry_at.is_(None))
    .exists(),
    exists().where(DueWork.state == literal_column("'waiting'"), DueWork.due_at <= NOW,
                   or_(DueWork.retry_at.is_(None), DueWork.retry_at <= REAL)),
))  # fmt: skip


async def idle(session: Session, now: datetime, real: datetime) -> bool:
    """Nothing is being sent, could be sent or could be done at `now`; what rests aside.

    One statement, one moment: between two a row that goes on could be seen by neither.
    """
    return not await session.scalar(BUSY, {"now": now, "real": real})


async def held(session: Session, after: datetime, limit: int) -> list[Delivery]:
    """Deliveries that wait for a moment still to come, earliest first."""
    rows = await session.scalars(
        select(Delivery)
        .where(Delivery.state == "queued", Delivery.not_before > after)
        .order_by(Delivery.not_before, Delivery.id)
        .limit(limit)
    )
    return list(rows)


async def empty_old(session: Session, before: datetime, limit: int) -> int:
    """Empty the payloads of up to `limit` deliveries that ended before; returns how many."""
    final = Delivery.state.not_in(OPEN_STATES)
    ended = (Delivery.done_at < before, final, ~Delivery.emptied)
    old = list(await session.scalars(select(Delivery.id).where(*ended).limit(limit)))
    if old:
        await session.execute(
            update(Delivery).where(Delivery.id.in_(old)).values(payload={}, emptied=True)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(old)

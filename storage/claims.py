"""The outbox as its sender sees it: claim just in time, mark what became of it.

Every mark is guarded by the state the sender left the row in, so a late mark changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.chat import SLOT_THREAD
from storage.db import Session, dialect_of, wake
from storage.gates import Gates, open_for, verb_of
from storage.models_delivery import Campaign, Delivery, DueWork, Slot
from storage.models_work import Said

IN_SLOT = f":{SLOT_THREAD}"
CLASSES = tuple(range(5))
AT_ONCE = 1_000  # rows that one look wakes
OPEN_STATES = ("queued", "sending", "in_doubt")
FLYING_STATES = ("sending", "in_doubt")


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


def _is(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Written out, not bound: only so is the same said as a partial index says."""
    return column == literal_column(f"'{word}'")


def _in(column: InstrumentedAttribute[str], words: Sequence[str]) -> ColumnElement[bool]:
    return column.in_([literal_column(f"'{word}'") for word in words])


def _ready(now: datetime, real: datetime) -> list[Any]:
    """What lets a queued row go: its moment, its lane, its slot."""
    older, rival = aliased(Delivery), aliased(Delivery)
    in_lane = exists().where(
        older.lane == Delivery.lane, older.id < Delivery.id, older.cls <= Delivery.cls,
        _in(older.state, OPEN_STATES),
        or_(
            older.slot_id.is_(None),
            older.slot_id != Delivery.slot_id,
            Delivery.slot_id.is_(None),
        ),
    )  # fmt: skip
    in_slot = exists().where(
        rival.slot_id == Delivery.slot_id, rival.id != Delivery.id,
        _in(rival.state, OPEN_STATES),
        or_(rival.state != "queued", rival.id < Delivery.id),
    )  # fmt: skip
    posted: ColumnElement[bool] = and_(Slot.message_id.is_not(None), Slot.message_id != "")
    return [
        _is(Delivery.state, "queued"),
        or_(Delivery.not_before.is_(None), Delivery.not_before <= now),
        or_(Delivery.retry_at.is_(None), Delivery.retry_at <= real),
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
    first = aliased(Slot)
    name = func.substr(Delivery.address, func.length(Delivery.chat) + len(IN_SLOT) + 1)
    return or_(
        Delivery.address.not_like(f"%{IN_SLOT}%"),
        exists().where(first.name == name, first.message_id != ""),
    )


async def _named_threads(session: Session, rows: list[Claimed]) -> list[Claimed]:
    """The rows, with the threads that slots name replaced by the ids of those messages."""
    named = {row.id: row.address.partition(IN_SLOT) for row in rows if IN_SLOT in row.address}
    if not named:
        return rows
    names = {name for _, _, name in named.values()}
    posted = await session.execute(select(Slot.name, Slot.message_id).where(Slot.name.in_(names)))
    ids = {name: message_id for name, message_id in posted}
    return [
        replace(row, address=f"{named[row.id][0]}:{ids.get(named[row.id][2], '')}")
        if row.id in named else row
        for row in rows
    ]  # fmt: skip


async def claim(
    session: Session, platform: str, *, now: datetime, real: datetime, lease: timedelta,
    limit: int, gates: Gates, choose: Choose, epoch: int,
) -> list[Claimed]:  # fmt: skip
    """Take up to `limit` rows that may go now, most urgent first; `choose` has the last word.

    `epoch` is the sender's: what it records of them later counts only in that epoch.
    """
    query = (
        select(Delivery, Slot.message_id)
        .outerjoin(Slot, Slot.id == Delivery.slot_id)
        .where(Delivery.platform == platform, ~Delivery.asleep, *open_for(gates),
               *_ready(now, real))
        .order_by(Delivery.cls, Delivery.id)
        .limit(limit)
    )  # fmt: skip
    if dialect_of(session) == "postgresql":
        query = query.with_for_update(of=Delivery, skip_locked=True)
    rows = (await session.execute(query)).all()
    taken = choose([_claimed(row, posted or "", real) for row, posted in rows])
    if taken:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_([row.id for row in taken]))
            .values(state="sending", lease_until=real + lease, attempts=Delivery.attempts + 1,
                    started_at=real, retry_at=None, epoch=epoch)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return await _named_threads(session, taken)


async def wake_up(session: Session, platform: str, now: datetime, real: datetime) -> bool:
    """Put rows whose moment has come where claims find them; True if there may be more.

    The most urgent first, a thousand at most: on Monday at nine all of a digest's wake at once.
    """
    may_go = or_(Delivery.not_before.is_(None), Delivery.not_before <= now)
    may_retry = or_(Delivery.retry_at.is_(None), Delivery.retry_at <= real)
    asleep = (Delivery.platform == platform, _is(Delivery.state, "queued"), Delivery.asleep)
    full = False
    for which, first in (
        ((Delivery.cls.in_(CLASSES), Delivery.not_before <= now, may_retry),
         (Delivery.cls, Delivery.not_before)),
        ((Delivery.retry_at.is_not(None), Delivery.retry_at <= real, may_go,
          _in(Delivery.state, ("queued", "in_doubt"))), (Delivery.retry_at,)),
    ):  # fmt: skip
        ids = select(Delivery.id).where(*asleep, *which).order_by(*first).limit(AT_ONCE)
        if dialect_of(session) == "postgresql":
            ids = ids.with_for_update(skip_locked=True)
        found = list(await session.scalars(ids))
        if found:
            await session.execute(
                update(Delivery)
                .where(Delivery.id.in_(found))
                .values(asleep=False)
                .execution_options(synchronize_session=False)
            )
        full = full or len(found) == AT_ONCE
    return full


def _claimed(row: Delivery, posted: str, real: datetime) -> Claimed:
    return Claimed(
        id=row.id, key=row.key, address=row.address, chat=row.chat, subject=row.subject,
        cls=row.cls, kind=row.kind, payload=row.payload, message_id=row.target or posted,
        delivery_id=row.delivery_id, progress=row.progress, attempts=row.attempts + 1,
        started_at=real if row.state == "queued" or row.started_at is None else row.started_at,
        slot_id=row.slot_id, then=row.then, expires_at=row.expires_at,
        could_go=row.not_before or row.created_at,
    )  # fmt: skip


async def orphaned(session: Session, platform: str, real: datetime, epoch: int) -> list[int]:
    """Rows whose sender died become in doubt: their lease is over, or the epoch is another."""
    found = await session.scalars(
        update(Delivery)
        .where(Delivery.platform == platform, Delivery.state == "sending",
               or_(Delivery.lease_until <= real, Delivery.epoch != epoch))
        .values(state="in_doubt", reason="the sender died while sending")
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return list(found)


async def any_in_doubt(session: Session, platform: str) -> bool:
    """Whether a row is in doubt, now or later to be settled."""
    query = select(Delivery.id).where(Delivery.platform == platform, Delivery.state == "in_doubt")
    return await session.scalar(query.limit(1)) is not None


async def in_doubt(
    session: Session, platform: str, real: datetime, limit: int, epoch: int
) -> list[Claimed]:
    """Rows whose fate must be settled now, by the sender of this epoch."""
    rows = await session.execute(
        select(Delivery, Slot.message_id)
        .outerjoin(Slot, Slot.id == Delivery.slot_id)
        .where(Delivery.platform == platform, Delivery.state == "in_doubt",
               or_(Delivery.retry_at.is_(None), Delivery.retry_at <= real))
        .order_by(Delivery.cls, Delivery.id)
        .limit(limit)
    )  # fmt: skip
    found = [_claimed(row, posted or "", real) for row, posted in rows]
    if found:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_([row.id for row in found]))
            .values(epoch=epoch)
            .execution_options(synchronize_session=False)
        )
    return await _named_threads(session, found)


async def mark(session: Session, marks: Sequence[Mark], now: datetime, epoch: int) -> None:
    """Record outcomes of one or many calls in one go; those of an earlier epoch count no more."""
    await _mark_sent(session, [one for one in marks if _is_simple(one)], now, epoch)
    for one in marks:
        if not _is_simple(one):
            await _mark(session, one, now, epoch)
    if any(one.row.then or one.state == "queued" for one in marks):
        wake(session, "worker")


def _is_simple(one: Mark) -> bool:
    """Sent, and nothing else hangs on it."""
    return one.state == "sent" and not (one.row.slot_id or one.row.then)


async def _mark_sent(session: Session, marks: Sequence[Mark], now: datetime, epoch: int) -> None:
    """What was simply sent, in three statements however many they are."""
    ids = [one.row.id for one in marks]
    flying = select(Delivery.id).where(Delivery.id.in_(ids), *_ours(epoch))
    found = set(await session.scalars(flying.with_for_update())) if ids else set()
    marks = [one for one in marks if one.row.id in found]
    sent = [{"row": one.row.id, "why": one.reason, "posted": one.platform_id} for one in marks]
    said = [{"owed": one.row.key, "posted": one.platform_id} for one in marks
            if one.row.kind == "message" and not one.row.message_id]  # fmt: skip
    connection = await session.connection()
    if sent:
        values: dict[str, Any] = {
            "state": "sent", "reason": bindparam("why"), "retry_at": None, "done_at": now,
            "platform_id": bindparam("posted"),
        }  # fmt: skip
        await connection.execute(
            update(Delivery).where(Delivery.id == bindparam("row")).values(values), sent
        )
    if said:
        values = {"platform_id": bindparam("posted")}
        await connection.execute(
            update(Said).where(Said.delivery_key == bindparam("owed")).values(values), said
        )


def _ours(epoch: int) -> tuple[ColumnElement[bool], ...]:
    """Still under way, and by us."""
    return Delivery.state.in_(FLYING_STATES), Delivery.epoch == epoch


async def _mark(session: Session, one: Mark, now: datetime, epoch: int) -> None:
    final = one.state not in OPEN_STATES
    values: dict[str, Any] = {"state": one.state, "reason": one.reason, "retry_at": one.retry_at}
    values["asleep"] = one.state == "queued" and one.retry_at is not None
    if final:
        values |= {"done_at": now, "platform_id": one.platform_id}
    if one.forget_target:
        values |= {"target": ""}
    changed = await session.scalar(
        update(Delivery)
        .where(Delivery.id == one.row.id, *_ours(epoch))
        .values(values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        return
    await _follow(session, one, final, now)


async def _follow(session: Session, one: Mark, final: bool, now: datetime) -> None:
    row = one.row
    if row.slot_id is not None and (one.platform_id or one.forget_target):
        await session.execute(
            update(Slot).where(Slot.id == row.slot_id).values(message_id=one.platform_id)
        )
    if one.state == "sent" and not row.message_id and row.kind == "message":
        await session.execute(
            update(Said).where(Said.delivery_key == row.key).values(platform_id=one.platform_id)
        )
    if one.state in ("dead", "unverified") and row.kind != "ask":
        failed = {"address": row.address, "reason": one.reason, "state": one.state,
                  "key": row.key}  # fmt: skip
        await put_once(session, f"delivery.failed:{row.key}", "delivery.failed", row.address, now,
                       failed)  # fmt: skip
    if final and row.then:
        what = {"key": row.key, "state": one.state, "reason": one.reason,
                "platform_id": one.platform_id, "subject": row.subject}  # fmt: skip
        await put_once(session, f"{row.then}:{row.key}", row.then, f"then:{row.subject}", now,
                       what)  # fmt: skip


async def put_once(
    session: Session, key: str, kind: str, subject: str, due_at: datetime, payload: dict[str, Any]
) -> None:
    """Due work that a delivery leaves behind; nothing if it is there already."""
    if await session.scalar(select(DueWork.id).where(DueWork.key == key)) is None:
        values = {"key": key, "kind": kind, "subject": subject, "due_at": due_at,
                  "payload": payload, "state": "waiting", "attempts": 0, "error": ""}  # fmt: skip
        await session.execute(insert(DueWork).values(values))
        wake(session, "worker")


async def save_progress(session: Session, row_id: int, progress: str) -> None:
    """Remember how far a call in steps has come (Slack's file id)."""
    await session.execute(update(Delivery).where(Delivery.id == row_id).values(progress=progress))


async def next_moment(
    session: Session, platform: str, now: datetime, real: datetime
) -> tuple[datetime | None, datetime | None]:
    """The next moments at which a row wakes: business time (perhaps past), and real time."""
    earliest = [
        select(Delivery.not_before)
        .where(Delivery.platform == platform, _is(Delivery.state, "queued"),
               Delivery.asleep, Delivery.cls == cls, Delivery.not_before.is_not(None),
               or_(Delivery.retry_at.is_(None), Delivery.retry_at <= real))
        .order_by(Delivery.not_before)
        .limit(1)
        .scalar_subquery()
        for cls in CLASSES
    ]  # fmt: skip
    moments = (await session.execute(select(*earliest))).one()
    business = min((moment for moment in moments if moment is not None), default=None)
    may_go = or_(Delivery.not_before.is_(None), Delivery.not_before <= now)
    retried = await session.scalar(
        select(Delivery.retry_at)
        .where(Delivery.platform == platform, Delivery.retry_at.is_not(None),
               _in(Delivery.state, ("queued", "in_doubt")),
               or_(Delivery.asleep & may_go,
                   (Delivery.state == "in_doubt") & (Delivery.retry_at > real)))
        .order_by(Delivery.retry_at).limit(1)
    )  # fmt: skip
    return business, retried


async def idle(session: Session, now: datetime, real: datetime) -> bool:
    """Nothing is being sent and nothing could be sent at `now`; rows in back-off aside."""
    flying = select(Delivery.id).where(
        Delivery.state.in_(FLYING_STATES),
        or_(Delivery.retry_at.is_(None), Delivery.retry_at <= real),
    )
    ready = (
        select(Delivery.id)
        .outerjoin(Slot, Slot.id == Delivery.slot_id)
        .where(*_ready(now, real), Delivery.retry_at.is_(None))
    )
    for query in (flying, ready):
        if await session.scalar(query.limit(1)) is not None:
            return False
    return True


async def nothing_due(session: Session, now: datetime, real: datetime) -> bool:
    """No due work that could be done at `now`; work in back-off aside."""
    ready = select(DueWork.id).where(
        DueWork.state == "waiting", DueWork.due_at <= now,
        or_(DueWork.retry_at.is_(None), DueWork.retry_at <= real),
    )  # fmt: skip
    return await session.scalar(ready.limit(1)) is None


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
    ended = (Delivery.done_at < before, final, Delivery.emptied.is_(False))
    old = list(await session.scalars(select(Delivery.id).where(*ended).limit(limit)))
    if old:
        await session.execute(
            update(Delivery).where(Delivery.id.in_(old)).values(payload={}, emptied=True)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(old)

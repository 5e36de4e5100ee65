"""Rows of due work: putting, withdrawing, taking what is due."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, cast

from sqlalchemy import (
    BindParameter,
    Executable,
    Integer,
    Table,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.db import Session, storable, wake
from storage.models import one_of
from storage.models_delivery import DueWork
from storage.models_people import Partner
from storage.models_work import Meeting, Ticket

AGAIN = 10  # items that failed before, tried again in one go
# Written out, not bound: SQLite takes a partial index only for the very words that it says.
IS_WAITING = one_of(DueWork.state, "waiting")


@dataclass(frozen=True, slots=True)
class Work:
    """Have `kind`'s handler run at `due_at` (business time)."""

    key: str
    kind: str
    due_at: datetime
    subject: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


async def put(session: Session, works: Sequence[Work]) -> None:
    """A waiting key moves; one that was dropped or given up, or that is running now, is armed
    again; a done key stays done.
    """
    if not works:
        return
    found = await session.execute(KEYED, {"keys": [work.key for work in works]})
    known = {key: (row, state) for key, row, state in found}
    running = session.info.get("running", ())
    new, moved = [], []
    for work in works:
        row, state = known.get(work.key, (0, ""))
        values = {"due_at": work.due_at, "subject": work.subject, "payload": work.payload,
                  "retry_at": None, "state": "waiting", "attempts": 0, "error": ""}  # fmt: skip
        if not row:
            new.append(values | {"key": work.key, "kind": work.kind})
        elif state != "done" or work.key in running:
            moved.append(values | {"id": row, "done_at": None})
    if new:
        await session.execute(insert(DueWork), new)
    if moved:
        await session.execute(update(DueWork), moved)
    wake(session, "worker")


async def is_waiting(session: Session, key: str) -> bool:
    found = select(DueWork.id).where(DueWork.key == key, IS_WAITING)
    return await session.scalar(found) is not None


async def waiting_of(session: Session, subject: str) -> DueWork | None:
    """The work that waits for a subject, where there is at most one."""
    return await session.scalar(
        select(DueWork).where(DueWork.subject == subject, IS_WAITING).limit(1)
    )


async def drop(session: Session, *, subjects: Sequence[str] = (), key: str = "") -> None:
    """Withdraw waiting work, of subjects or under one key."""
    if subjects:
        await session.execute(DROP, {"subjects": subjects})
    elif key:
        await session.execute(DROP_KEY, {"dropped_key": key})


TABLE = cast("Table", DueWork.__table__)
KEYED = select(DueWork.key, DueWork.id, DueWork.state).where(
    DueWork.key.in_(bindparam("keys", expanding=True))
)
DROP_KEY = (
    update(TABLE)
    .where(TABLE.c.key == bindparam("dropped_key"), IS_WAITING)
    .values(state="dropped")
)
DROP = (
    update(TABLE)
    .where(TABLE.c.subject.in_(bindparam("subjects", expanding=True)), IS_WAITING)
    .values(state="dropped")
)  # fmt: skip
NOW: BindParameter[datetime] = bindparam("now")
REAL: BindParameter[datetime] = bindparam("real")
FRESH = (IS_WAITING, DueWork.retry_at.is_(None))
OLDEST = (DueWork.due_at, DueWork.id)
NEXT_RETRY = (
    select(DueWork.retry_at)
    .where(IS_WAITING, DueWork.retry_at.is_not(None))
    .order_by(DueWork.retry_at)
    .limit(1)
)
BATCH_OF = (
    select(DueWork)
    .where(*FRESH, DueWork.kind == bindparam("of_kind"), DueWork.due_at <= NOW)
    .order_by(*OLDEST)
    .limit(bindparam("most", type_=Integer))
)
RETRIED = (
    select(DueWork)
    .where(IS_WAITING, DueWork.retry_at.is_not(None), DueWork.retry_at <= REAL,
           DueWork.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(DueWork.retry_at)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
START = (
    update(DueWork)
    .where(DueWork.id.in_(bindparam("ids", expanding=True)))
    .values(state="done", done_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


@lru_cache(maxsize=8)
def _firsts(kinds: tuple[str, ...]) -> Executable:
    """When each kind falls due next, and when the next failed item may be tried: one query."""
    first = [
        select(DueWork.due_at)
        .where(*FRESH, DueWork.kind == kind)
        .order_by(DueWork.due_at)
        .limit(1)
        .scalar_subquery()
        for kind in kinds
    ]
    return select(*first, NEXT_RETRY.scalar_subquery())


class Kind(Protocol):
    """How urgent work of a kind is, the smaller the more, and how much of it is taken at once."""

    @property
    def cls(self) -> int: ...

    @property
    def most(self) -> int: ...


async def next_moments(
    session: Session, kinds: Iterable[str]
) -> tuple[dict[str, datetime], datetime | None]:
    """When each kind falls due next (business time), and the next retry (real time)."""
    names = tuple(kinds)
    *firsts, retry = (await session.execute(_firsts(names))).one()
    pairs = zip(names, firsts, strict=True)
    return {kind: first for kind, first in pairs if first is not None}, retry


async def due(
    session: Session, now: datetime, real: datetime, kinds: Mapping[str, Kind],
    failing: Collection[str] = (),
) -> list[DueWork]:  # fmt: skip
    """What is due of one kind, oldest first; of `kinds` the most urgent class first.

    What has failed goes behind all that is as urgent, a kind that is `failing` behind its equals.
    Kinds that are not named are left alone: another version of the bot may know them.
    """
    first, retry = await next_moments(session, kinds)
    ready = [kind for kind, at in first.items() if at <= now]
    fresh = min(
        ready, key=lambda kind: (kinds[kind].cls, kind in failing, first[kind]), default=""
    )
    if retry is not None and retry <= real:
        ahead = [kind for kind in kinds if not fresh or kinds[kind].cls < kinds[fresh].cls]
        failed = await _failed(session, real, ahead)
        if failed:
            return failed
    if not fresh:
        return []
    asked = {"of_kind": fresh, "now": now, "most": kinds[fresh].most}
    return list(await session.scalars(BATCH_OF, asked))


async def _failed(session: Session, real: datetime, kinds: Sequence[str]) -> list[DueWork]:
    """What is tried again now, of one of these kinds: few, since as a rule each fails again."""
    asked = {"real": real, "most": AGAIN, "kinds": kinds}
    rows = list(await session.scalars(RETRIED, asked)) if kinds else []
    return [row for row in rows if row.kind == rows[0].kind]


async def kinds_waiting(session: Session) -> set[str]:
    return set(await session.scalars(select(DueWork.kind).where(*FRESH).distinct()))


async def start(session: Session, items: Sequence[DueWork], now: datetime) -> None:
    """Mark items done before their handler runs: a handler may arm its own key again."""
    session.info["running"] = {item.key for item in items}
    await session.execute(START, {"ids": [item.id for item in items], "at": now})


async def still_due(
    session: Session, ids: Sequence[int], now: datetime, real: datetime
) -> list[DueWork]:
    """Those items that were not done, moved or dropped meanwhile."""
    rows = await session.scalars(
        select(DueWork)
        .where(DueWork.id.in_(ids), IS_WAITING, DueWork.due_at <= now,
               or_(DueWork.retry_at.is_(None), DueWork.retry_at <= real))
        .order_by(*OLDEST)
    )  # fmt: skip
    return list(rows)


async def fail(
    session: Session, item_id: int, error: str, retry_at: datetime, *, dead: bool
) -> bool:
    """Note a failure; a dead item is not tried again. False if it waits no more."""
    noted = await session.scalar(
        update(DueWork)
        .where(DueWork.id == item_id, IS_WAITING)
        .values(state="dead" if dead else "waiting", error=storable(error[:2_000]),
                retry_at=retry_at, attempts=DueWork.attempts + 1)
        .returning(DueWork.id)
    )  # fmt: skip
    return noted is not None


async def given_up(session: Session, limit: int) -> list[DueWork]:
    """What failed too often, newest first."""
    rows = await session.scalars(
        select(DueWork)
        .where(one_of(DueWork.state, "dead"))
        .order_by((DueWork.id + 0).desc())  # or the rows themselves would be gone through
        .limit(limit)
    )
    return list(rows)


async def in_backoff(session: Session, real: datetime, limit: int) -> list[DueWork]:
    """What failed and is tried again at a later (real) moment."""
    rows = await session.scalars(
        select(DueWork)
        .where(IS_WAITING, DueWork.retry_at > real)
        .order_by(DueWork.retry_at)
        .limit(limit)
    )
    return list(rows)


async def coming(session: Session, limit: int) -> list[DueWork]:
    """What falls due next, overdue work first."""
    rows = await session.scalars(
        select(DueWork)
        .where(IS_WAITING, DueWork.retry_at.is_(None))
        .order_by(DueWork.due_at, DueWork.id)
        .limit(limit)
    )
    return list(rows)


async def done_late(session: Session, since: datetime, until: datetime) -> int:
    """How much work fell due between two moments and was done after them."""
    return await session.scalar(
        select(func.count())
        .select_from(DueWork)
        .where(DueWork.due_at >= since, DueWork.due_at < until, DueWork.done_at >= until)
    ) or 0  # fmt: skip


async def again(session: Session, key: str) -> bool:
    """Have work that failed or was given up done now; False if there is none under that key."""
    return await _operated(session, key, state="waiting", attempts=0, retry_at=None, error="",
                           done_at=None)  # fmt: skip


async def give_up(session: Session, key: str) -> bool:
    """Drop work that waits or was given up; False if there is none under that key."""
    return await _operated(session, key, state="dropped")


async def _operated(session: Session, key: str, **values: Any) -> bool:
    found = await session.scalar(
        update(DueWork)
        .where(DueWork.key == key, DueWork.state.in_(("waiting", "dead")))
        .values(values)
        .returning(DueWork.id)
    )
    wake(session, "worker")
    return found is not None


async def waiting(session: Session, after: datetime, limit: int) -> list[DueWork]:
    """What falls due next, for people who want to know."""
    rows = await session.scalars(
        select(DueWork)
        .where(IS_WAITING, DueWork.due_at > after)
        .order_by(DueWork.due_at, DueWork.id)
        .limit(limit)
    )
    return list(rows)


async def partners_of(session: Session, refs: Sequence[str]) -> dict[str, str]:
    """The partner's name of each of these tickets and meetings: "T-12", "M-3"."""
    found: dict[str, str] = {}
    for letter, model in (("T", Ticket), ("M", Meeting)):
        ids = [int(ref[2:]) for ref in refs if ref.startswith(f"{letter}-")]
        rows = await session.execute(
            select(model.id, Partner.name)
            .join(Partner, Partner.id == model.partner_id)
            .where(model.id.in_(ids))
        )
        found |= {f"{letter}-{number}": name for number, name in rows}
    return found

"""What became of claimed rows, recorded in one go.

Every mark is guarded by the state and the epoch in which its sender left the row, so a late mark
changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from storage.claims import FLYING_STATES, OPEN_STATES, Mark
from storage.db import Session, wake
from storage.gates import TOPIC
from storage.models_delivery import Delivery, DueWork, Slot
from storage.models_work import Said


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


UNDER_WAY = select(Delivery.id).where(
    Delivery.id.in_(bindparam("ids", expanding=True)), Delivery.state.in_(FLYING_STATES),
    Delivery.epoch == bindparam("mine"),
).with_for_update()  # fmt: skip
SENT = update(Delivery).where(Delivery.id == bindparam("row")).values({
    "state": "sent", "reason": bindparam("why"), "retry_at": None, "done_at": bindparam("when"),
    "platform_id": bindparam("posted"),
})  # fmt: skip
SAID = update(Said).where(Said.delivery_key == bindparam("owed")).values(
    {"platform_id": bindparam("posted")}
)  # fmt: skip


async def _mark_sent(session: Session, marks: Sequence[Mark], now: datetime, epoch: int) -> None:
    """What was simply sent, in three statements however many they are."""
    if not marks:
        return
    asked = {"ids": [one.row.id for one in marks], "mine": epoch}
    connection = await session.connection()
    found = set(await connection.scalars(UNDER_WAY, asked))
    marks = [one for one in marks if one.row.id in found]
    sent = [{"row": one.row.id, "why": one.reason, "posted": one.platform_id, "when": now}
            for one in marks]  # fmt: skip
    said = [{"owed": one.row.key, "posted": one.platform_id} for one in marks
            if one.row.kind == "message" and not one.row.message_id]  # fmt: skip
    if sent:
        await connection.execute(SENT, sent)
    if said:
        await connection.execute(SAID, said)


def _ours(epoch: int) -> tuple[ColumnElement[bool], ...]:
    """Still under way, and by us."""
    return Delivery.state.in_(FLYING_STATES), Delivery.epoch == epoch


async def _mark(session: Session, one: Mark, now: datetime, epoch: int) -> None:
    final = one.state not in OPEN_STATES
    values: dict[str, Any] = {"state": one.state, "reason": one.reason, "retry_at": one.retry_at,
                              "rests": one.rests}  # fmt: skip
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
    if one.state in ("dead", "unverified") and row.kind not in ("ask", TOPIC):
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

"""Rows of the outbox: owing, replacing, withdrawing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, insert, select, update

from bot.chat import Address
from bot.clock import new_id
from storage.claims import put_once
from storage.db import Session
from storage.models_delivery import Delivery, Slot

FINAL = ("sent", "skipped", "dead", "unverified")
MANY = 1_000  # rows an INSERT carries; larger ones gain nothing


@dataclass(frozen=True)
class New:
    """A delivery to be owed; `now` is business time."""

    key: str
    address: Address
    subject: str
    cls: int
    now: datetime
    not_before: datetime | None = None
    expires_at: datetime | None = None
    kind: str = "message"
    target: str = ""
    then: str = ""

    def row(self, payload: dict[str, Any], number: int = 0) -> dict[str, Any]:
        """Column values; the pieces of a long message are numbered, the last one has `then`."""
        address = str(self.address)
        key = f"{self.key}:{number + 1}" if number else self.key
        return {
            "key": key, "platform": self.address.platform, "address": address,
            "chat": f"{self.address.platform}:{self.address.chat}", "subject": self.subject,
            "lane": key if self.kind == "ask" else f"{address}|{self.subject or self.cls}",
            "cls": self.cls, "kind": self.kind, "target": self.target, "payload": payload,
            "state": "queued", "not_before": self.not_before, "expires_at": self.expires_at,
            "delivery_id": new_id(), "created_at": self.now, "attempts": 0, "reason": "",
            "platform_id": "", "progress": "", "then": "", "emptied": False,
        }  # fmt: skip


async def known(session: Session, key: str) -> bool:
    """Whether a delivery with this key was ever owed."""
    return await session.scalar(select(Delivery.id).where(Delivery.key == key)) is not None


async def add(session: Session, new: New, payloads: list[dict[str, Any]]) -> None:
    """Owe one row per payload, in order; nothing if the key is known."""
    if not payloads or await known(session, new.key):
        return
    rows = [new.row(payload, number) for number, payload in enumerate(payloads)]
    rows[-1]["then"] = new.then
    await session.execute(insert(Delivery), rows)


async def known_of(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of these keys that were ever owed."""
    return set(await session.scalars(select(Delivery.key).where(Delivery.key.in_(keys))))


async def add_many(
    session: Session, pieces: Sequence[tuple[New, dict[str, Any], int]]
) -> None:
    """Owe many at once: a delivery, a message of it, and the message's number in it."""
    for start in range(0, len(pieces), MANY):
        part = pieces[start : start + MANY]
        await session.execute(
            insert(Delivery), [new.row(payload, number) for new, payload, number in part]
        )


async def put_slot(
    session: Session, new: New, payload: dict[str, Any], name: str, *, fresh: bool
) -> None:
    """Make `payload` the slot's content: posted, replaced while queued, or edited in place."""
    if await known(session, new.key):
        return
    slot = await _slot(session, name, str(new.address))
    if fresh and await _retired(session, slot, new):
        slot = await _slot(session, name, str(new.address))
    waiting = await session.scalar(
        select(Delivery.id)
        .where(Delivery.slot_id == slot.id, Delivery.state == "queued")
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    row = new.row(payload) | {"slot_id": slot.id, "then": new.then}
    if waiting is None and not new.then and await _stands(session, slot, payload):
        return
    if waiting is None:
        await session.execute(insert(Delivery), [row])
        return
    kept = {name: row[name] for name in ("key", "payload", "not_before", "expires_at", "then")}
    kept["cls"] = min(new.cls, await _cls_of(session, waiting))
    await session.execute(update(Delivery).where(Delivery.id == waiting).values(kept))


async def _stands(session: Session, slot: Slot, payload: dict[str, Any]) -> bool:
    """Whether the slot's message says exactly this already: an edit would change nothing."""
    newest = (
        await session.execute(
            select(Delivery.state, Delivery.payload)
            .where(Delivery.slot_id == slot.id, Delivery.state != "skipped")
            .order_by(Delivery.id.desc())
            .limit(1)
        )
    ).one_or_none()
    said = json.loads(json.dumps(payload))
    return newest is not None and newest.state == "sent" and newest.payload == said


async def _cls_of(session: Session, delivery: int) -> int:
    return (await session.scalars(select(Delivery.cls).where(Delivery.id == delivery))).one()


async def _slot(session: Session, name: str, address: str) -> Slot:
    slot = await session.scalar(select(Slot).where(Slot.name == name))
    if slot is None:
        slot = Slot(name=name, address=address)
        session.add(slot)
        await session.flush()
    elif slot.address != address:
        slot.address, slot.message_id = address, ""
        await session.flush()
    return slot


async def _retired(session: Session, slot: Slot, new: New) -> bool:
    """Take the buttons off the slot's message, which lives on nameless; False if there is none.

    It may be on its way still: the edit waits for it as any edit of a slot does.
    """
    last = await session.scalar(
        select(Delivery.payload)
        .where(Delivery.slot_id == slot.id, Delivery.state.in_(("sent", "sending", "in_doubt")))
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    if last is None:
        return False
    await _skip(session, new.now, "replaced", Delivery.slot_id == slot.id)
    slot.name = f"{slot.name}~{slot.id}"
    await session.flush()
    if any(part["buttons"] for part in last.get("parts", ())):
        bare = {**last, "parts": [{**part, "buttons": []} for part in last["parts"]]}
        old = New(f"{new.key}:retire", new.address, f"{new.subject}:old", new.cls, new.now)
        await session.execute(insert(Delivery), [old.row(bare) | {"slot_id": slot.id}])
    return True


async def slot_at(session: Session, address: Address, message_id: str) -> str | None:
    """The name of the slot that stands at this message, e.g. "ticket:12:card"."""
    bare = str(Address(address.platform, address.chat))
    return await session.scalar(
        select(Slot.name).where(
            Slot.message_id == message_id, Slot.address.in_([str(address), bare])
        )
    )


async def slot_message(session: Session, name: str) -> tuple[Address, str] | None:
    """Where a slot's message stands and its platform id; None while it is not posted."""
    slot = await session.scalar(select(Slot).where(Slot.name == name))
    if slot is None or not slot.message_id:
        return None
    return Address.parse(slot.address), slot.message_id


async def skip_subject(session: Session, subject: str, reason: str, now: datetime) -> int:
    """Withdraw what is queued for a subject; the rows stay, with the reason."""
    return await _skip(session, now, reason, Delivery.subject == subject)


async def skip_key(session: Session, key: str, reason: str, now: datetime) -> bool:
    return await _skip(session, now, reason, Delivery.key == key) > 0


async def skip_address(session: Session, address: str, reason: str, now: datetime) -> int:
    """Withdraw what is queued for an address that is gone; who waits for its fate hears of it."""
    waiting = await session.execute(
        select(Delivery.key, Delivery.then, Delivery.subject).where(
            Delivery.state == "queued", Delivery.address == address, Delivery.then != ""
        )
    )
    for key, then, subject in waiting.all():
        what = {"key": key, "state": "skipped", "reason": reason, "platform_id": "",
                "subject": subject}  # fmt: skip
        await put_once(session, f"{then}:{key}", then, subject, now, what)
    return await _skip(session, now, reason, Delivery.address == address)


async def _skip(session: Session, now: datetime, reason: str, *which: Any) -> int:
    result = await session.execute(
        update(Delivery)
        .where(Delivery.state == "queued", *which)
        .values(state="skipped", reason=reason, done_at=now)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE returns
    return result.rowcount


async def release(session: Session, key: str) -> bool:
    """End the hold of a queued delivery."""
    result = await session.execute(
        update(Delivery)
        .where(Delivery.key == key, Delivery.state == "queued")
        .values(not_before=None)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE returns
    return result.rowcount > 0


async def find(session: Session, key: str) -> Delivery | None:
    return await session.scalar(select(Delivery).where(Delivery.key == key))

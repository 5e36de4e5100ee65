"""Rows of the outbox: owing, replacing, withdrawing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table, bindparam, insert, or_, select, update

from bot.chat import ANSWERS, SLOT_THREAD, Address
from bot.clock import new_id
from storage import bulk
from storage.db import Session
from storage.gates import EDIT, TOPIC
from storage.marks import put_once
from storage.models_delivery import Delivery, Slot

FINAL = ("sent", "skipped", "dead", "unverified")
PERHAPS = "restored from a backup: perhaps sent before"
REPLACED = "replaced"  # kind of a row that keeps the key of what a newer content replaced
PIECES = 20  # messages that one long text and its files become, at most
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
    campaign: int | None = None

    def row(self, payload: dict[str, Any], number: int = 0) -> dict[str, Any]:
        """Column values; the pieces of a long message are numbered, the last one has `then`."""
        address = str(self.address)
        key = f"{self.key}:{number + 1}" if number else self.key
        return {
            "key": key, "platform": self.address.platform, "address": address,
            "chat": f"{self.address.platform}:{self.address.chat}", "subject": self.subject,
            "lane": key if self.kind == "ask" else f"{address}|{self.subject or self.cls}",
            "cls": self.cls, "kind": self.kind, "target": self.target, "payload": payload,
            "state": "queued", "asleep": self.not_before is not None,
            "not_before": self.not_before, "expires_at": self.expires_at,
            "delivery_id": new_id(), "created_at": self.now, "attempts": 0,
            "reason": "", "platform_id": "", "progress": "", "then": "", "emptied": False,
            "campaign_id": self.campaign, "piece": number,
        }  # fmt: skip


TABLE = cast("Table", Delivery.__table__)
# Asked of everything that is owed: built once, on the table, since mapping each row costs more.
KNOWN = select(Delivery.key).where(Delivery.key.in_(bindparam("keys", expanding=True)))
OWE = insert(TABLE)


async def known(session: Session, key: str) -> bool:
    """Whether a delivery with this key was ever owed."""
    return bool(await known_of(session, [key]))


async def add(session: Session, new: New, payloads: list[dict[str, Any]]) -> None:
    """Owe one row per payload, in order; nothing if the key is known."""
    if not payloads or await known(session, new.key):
        return
    rows = [new.row(payload, number) for number, payload in enumerate(payloads)]
    rows[-1]["then"] = new.then
    await session.execute(OWE, [_as_is_known(session, row) for row in rows])


def perhaps_sent(session: Session, *, perhaps: bool) -> None:
    """What is owed from here on in this transaction was perhaps sent already, by a database that
    was replaced by a backup: it is written down, and a person decides.
    """
    session.info[PERHAPS] = perhaps


def _as_is_known(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    if not session.info.get(PERHAPS) or row["kind"] != "message":
        return row
    return row | {"state": "unverified", "reason": PERHAPS, "done_at": row["created_at"]}


async def known_of(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of these keys that were ever owed."""
    return set(await session.scalars(KNOWN, {"keys": keys}))


async def add_many(session: Session, pieces: Sequence[tuple[New, dict[str, Any], int]]) -> None:
    """Owe many at once: a delivery, a message of it, and the message's number in it."""
    for start in range(0, len(pieces), MANY):
        part = pieces[start : start + MANY]
        rows = [new.row(payload, number) for new, payload, number in part]
        await bulk.add(session, TABLE, [_as_is_known(session, row) for row in rows])


async def put_slot(
    session: Session, new: New, payload: dict[str, Any], name: str, *, fresh: bool
) -> None:
    """Make `payload` the slot's content: posted, replaced while queued, or edited in place."""
    if await known(session, new.key):
        return
    slot = await _slot(session, new, name, fresh=fresh)
    waiting = await _waiting_in(session, slot)
    row = new.row(payload) | {"slot_id": slot.id, "then": new.then}
    if not slot.message_id:  # an edit is repeated: that harms nobody
        row = _as_is_known(session, row)
    if waiting is not None:
        await _replace(session, waiting, row)
    elif (new.then and new.kind != TOPIC) or not await _stands(session, slot, payload):
        await session.execute(insert(Delivery), [row])


async def _waiting_in(session: Session, slot: Slot) -> Delivery | None:
    """What is queued for a slot, held against the sender: a row being claimed is not replaced."""
    return await session.scalar(
        select(Delivery)
        .where(Delivery.slot_id == slot.id, Delivery.state == "queued")
        .order_by(Delivery.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _replace(session: Session, waiting: Delivery, row: dict[str, Any]) -> None:
    """New content in the place of what is queued; the old key stays known, its `then` is told."""
    old = {"key": waiting.key, "kind": REPLACED, "payload": {}, "slot_id": None, "emptied": True,
           "state": "skipped", "reason": "replaced", "done_at": row["created_at"]}  # fmt: skip
    told = (waiting.then, waiting.key, waiting.subject)
    kept = {name: row[name] for name in ("key", "subject", "lane", "payload", "not_before",
                                         "expires_at", "then")}  # fmt: skip
    kept["cls"] = min(row["cls"], waiting.cls)
    kept["asleep"] = row["not_before"] is not None or waiting.retry_at is not None
    await session.execute(update(Delivery).where(Delivery.id == waiting.id).values(kept))
    await session.execute(insert(Delivery), [row | old])
    if told[0]:
        await _tell_skipped(session, *told, "replaced", row["created_at"])


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


async def _slot(session: Session, new: New, name: str, *, fresh: bool) -> Slot:
    """The slot of that name at that address; it starts anew when `fresh` or somewhere else."""
    address = str(_standing_at(new.address))
    slot = await session.scalar(select(Slot).where(Slot.name == name))
    if slot is not None and (fresh or slot.address != address):
        last = await _last_said(session, slot)
        if last is not None or slot.address != address:
            await _retire(session, slot, new, last)
            slot = None
    if slot is None:
        slot = Slot(name=name, address=address)
        session.add(slot)
        await session.flush()
    return slot


def _standing_at(address: Address) -> Address:
    """Where people see it: on Telegram an answer to a message stands in the chat itself."""
    named = address.platform == "telegram" and (address.thread or "").startswith(SLOT_THREAD)
    return replace(address, thread=None) if named else address


async def _last_said(session: Session, slot: Slot) -> dict[str, Any] | None:
    """What the slot's message says or is about to say; None if nothing ever left."""
    await _waiting_in(session, slot)  # what is being claimed now has left
    return await session.scalar(
        select(Delivery.payload)
        .where(Delivery.slot_id == slot.id, Delivery.kind == "message",
               Delivery.state.in_(("sent", "sending", "in_doubt")))
        .order_by(Delivery.id.desc())
        .limit(1)
    )  # fmt: skip


async def _retire(session: Session, slot: Slot, new: New, last: dict[str, Any] | None) -> None:
    """Take the buttons off the slot's message, which lives on nameless.

    It may be on its way still: the edit waits for it as any edit of a slot does.
    """
    await _skip(session, new.now, "replaced", Delivery.slot_id == slot.id)
    slot.name = f"{slot.name}~{slot.id}"
    await session.flush()
    if last is not None and any(part["buttons"] for part in last.get("parts", ())):
        bare = {**last, "parts": [{**part, "buttons": []} for part in last["parts"]]}
        old = New(f"{new.key}:retire", Address.parse(slot.address), f"{new.subject}:old", new.cls,
                  new.now, kind=EDIT)  # fmt: skip
        await session.execute(insert(Delivery), [old.row(bare) | {"slot_id": slot.id}])


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
    """Withdraw a message whole, while its first piece is still queued."""
    if not await _skip(session, now, reason, Delivery.key == key):
        return False
    await _skip(session, now, reason, Delivery.key.in_(_further(key)))
    return True


async def skip_keys(session: Session, keys: Sequence[str], reason: str, now: datetime) -> None:
    """Withdraw many messages whole that have not left, those of stopped campaigns too."""
    wanted, first, number = list(keys), list[str](), 1
    while wanted:
        found = await session.scalars(
            update(Delivery)
            .where(Delivery.key.in_(wanted), Delivery.state.in_(("queued", "stopped")))
            .values(state="skipped", reason=reason, done_at=now)
            .returning(Delivery.key)
            .execution_options(synchronize_session=False)
        )
        skipped = list(found)
        first = first or skipped
        number += 1
        wanted = [f"{key}:{number}" for key in first] if skipped else []


def _further(key: str) -> list[str]:
    """The keys that the further pieces of a message may have."""
    return [f"{key}:{number}" for number in range(2, PIECES + 1)]


async def skip_address(session: Session, address: str, reason: str, now: datetime) -> int:
    """Withdraw what is queued for an address that is gone; who waits for its fate hears of it.

    So is what answers a message there. What belongs to a campaign is tried all the same: there it
    counts as failed.
    """
    there = or_(Delivery.address == address,
                Delivery.address.startswith(f"{address}{ANSWERS}", autoescape=True))  # fmt: skip
    waiting = await session.execute(
        select(Delivery.key, Delivery.then, Delivery.subject).where(
            Delivery.state == "queued", there, Delivery.then != ""
        )
    )
    for key, then, subject in waiting.all():
        await _tell_skipped(session, then, key, subject, reason, now)
    return await _skip(session, now, reason, there, Delivery.campaign_id.is_(None))


async def _tell_skipped(
    session: Session, then: str, key: str, subject: str, reason: str, now: datetime
) -> None:
    what = {"key": key, "state": "skipped", "reason": reason, "platform_id": "",
            "subject": subject}  # fmt: skip
    await put_once(session, f"{then}:{key}", then, f"then:{subject}", now, what)


async def _skip(session: Session, now: datetime, reason: str, *which: Any) -> int:
    result = await session.execute(
        update(Delivery)
        .where(Delivery.state == "queued", *which)
        .values(state="skipped", reason=reason, done_at=now)
    )
    return _changed(result)


async def reword(
    session: Session, key: str, payload: dict[str, Any], not_before: datetime
) -> bool:
    """Give a message that is still queued new words, held until then; False when it left."""
    result = await session.execute(
        update(Delivery)
        .where(Delivery.key == key, Delivery.state == "queued")
        .values(payload=payload, not_before=not_before, asleep=True)
    )
    return _changed(result) > 0


async def posted(session: Session, key: str) -> list[str]:
    """Platform ids under which the pieces of a message were posted."""
    found = await session.scalars(
        select(Delivery.platform_id).where(
            Delivery.key.in_([key, *_further(key)]), Delivery.state == "sent",
            Delivery.kind == "message", Delivery.platform_id != "",
        )
    )  # fmt: skip
    return list(found)


async def release(session: Session, key: str) -> bool:
    """End the hold of a queued message, all of its pieces."""
    result = await session.execute(
        update(Delivery)
        .where(Delivery.key.in_([key, *_further(key)]), Delivery.state == "queued")
        .values(not_before=None, asleep=Delivery.retry_at.is_not(None))
    )
    return _changed(result) > 0


def _changed(result: Result[Any]) -> int:
    """How many rows an UPDATE changed."""
    return cast("CursorResult[Any]", result).rowcount


def address_of(row: Delivery) -> Address:
    return Address.parse(row.address)


async def find(session: Session, key: str) -> Delivery | None:
    return await session.scalar(select(Delivery).where(Delivery.key == key))

"""Promises in words: "I'll check by Thursday 15:00" is remembered, and kept, moved or dropped."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import due
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import quiet
from bot.partners.people import manager_meets, on_duty
from bot.partners.private import show
from bot.routes import Act
from bot.tickets import cards, chain, today
from bot.turn import Turn
from storage import promises, slots, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Promise, Ticket, TicketLog

BEFORE = timedelta(hours=1)  # time enough to do what was promised
SHORTEST = timedelta(minutes=15)  # a warning sooner after the promise only disturbs
WORDS = 200  # characters that are kept and quoted
GONE = _m("That is decided already.")

due_kinds = DueKinds()


async def make(act: Act, ticket: Ticket, at: datetime, words: str, **source: Any) -> Promise:
    """Remember it: in the ticket's story, on its card, and in what waits for this manager.

    `source` is what it was read from: {"reply": log row} or {"said": message}.
    """
    manager = _manager(act)
    if ticket.status not in tickets.LIVE:
        raise Refused(_m("T-{id} is closed already."), id=ticket.id)
    if at <= act.now:
        raise Refused(_m("That moment is past."))
    promise = await promises.add(
        act.session,
        Promise(ticket_id=ticket.id, manager_id=manager.id, words=words[:WORDS], due_at=at),
    )
    await _note(act, promise, "promised", until=at.isoformat(), **source)
    await _arm(act, promise)
    return promise


async def end(act: Act, promise: Promise, state: str) -> None:
    """kept or dropped."""
    await _open(act, promise)
    promise.state = state
    await due.drop(act, subject=_subject(promise))
    await _note(act, promise, f"promise_{state}")
    await _show(act, promise, state)


def given_in(log: Iterable[TicketLog], reply: int) -> int | None:
    """The promise that was remembered of this answer."""
    return next((int(row.data["promise"]) for row in log
                 if row.kind == "promised" and row.data.get("reply") == reply), None)  # fmt: skip


async def withdraw(turn: Turn, promise_id: int, by: str) -> None:
    """The answer in which it was given was taken back: it is off, whoever did that."""
    promise = await promises.get(turn.session, promise_id)
    if promise is not None and promise.state == "open":
        promise.state = "dropped"
        await due.drop(turn, subject=_subject(promise))
        await tickets.log(turn.session, promise.ticket, "promise_dropped", at=turn.now, by=by,
                          promise=promise.id)  # fmt: skip
        await today.refresh(turn, promise.manager)
        await _show(turn, promise, "dropped")


async def move(act: Act, promise: Promise, at: datetime) -> None:
    """Later, or sooner: reminders go along."""
    await _open(act, promise)
    promise.due_at, promise.revision = at, promise.revision + 1
    await due.drop(act, subject=_subject(promise))
    await _note(act, promise, "promise_moved", until=at.isoformat())
    await _arm(act, promise)
    await _show(act, promise, "moved")


async def _open(act: Act, promise: Promise) -> None:
    _manager(act)
    if promise.state != "open":
        raise Refused(GONE)


def _manager(act: Act) -> Manager:
    if act.manager is None:
        raise Refused(_m("That is for our own people only."))
    return act.manager


async def _note(act: Act, promise: Promise, kind: str, **data: Any) -> None:
    await tickets.log(act.session, promise.ticket, kind, at=act.event.at, by=act.by,
                      promise=promise.id, **data)  # fmt: skip
    await cards.follow(act, promise.ticket)
    await today.refresh(act, promise.manager)


def _subject(promise: Promise) -> str:
    return f"promise:{promise.id}"


async def _arm(turn: Turn, promise: Promise) -> None:
    """Reminded an hour before and at the moment; in the evening of what comes at night."""
    zone, at = promise.manager.zone, promise.due_at
    moments = {"before": at - BEFORE, "now": at}
    for step, moment in moments.items():
        awake = quiet.before(moment, zone, chain.DUSK, chain.DAWN)
        when = awake if awake > turn.now else moment
        if step == "before" and when < turn.now + SHORTEST:
            continue
        await due.put(turn, key=f"{_subject(promise)}:r{promise.revision}:{step}",
                      kind="promise.due", due_at=when, subject=_subject(promise),
                      promise=promise.id, revision=promise.revision)  # fmt: skip


@due_kinds.kind("promise.due", cls=Class.TICKET,
                says=_m("Something was promised in words for then."))  # fmt: skip
async def remind(turn: Turn, items: Sequence[DueWork]) -> None:
    """Whoever promised it, or stands in for them, is reminded; of several steps once."""
    latest = {item.payload["promise"]: item for item in sorted(items, key=lambda one: one.due_at)}
    known = await promises.many(turn.session, list(latest))
    for promise in known.values():
        item = latest[promise.id]
        live = promise.ticket.status in tickets.LIVE and promise.state == "open"
        if live and item.payload["revision"] == promise.revision:
            step = f"{item.key}:{item.due_at.isoformat()}"
            await _show(turn, promise, "open", step=step)


async def _show(turn: Turn, promise: Promise, how: str, *, step: str = "") -> None:
    """The one message about a promise: posted anew when it reminds, edited when it is decided."""
    to = await on_duty(turn, promise.manager)
    meets = await manager_meets(turn, to) if to is not None else None
    if meets is None or to is None:
        return
    slot, ticket = f"{_subject(promise)}:{to.id}", promise.ticket
    if not step and not await slots.exists(turn.session, slot):
        return  # nobody was reminded yet
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    await show(
        turn, meets, "tickets/promise.html.j2", slot=slot,
        step=step or f"{how}:{turn.now.isoformat()}", fresh=bool(step), how=how, id=promise.id,
        ref=f"T-{ticket.id}", ticket=ticket, partner=ticket.partner.name, words=promise.words,
        called=cards.called(ticket, log), due=promise.due_at, now=turn.now,
        whose=promise.manager.name if to.id != promise.manager_id else "",
    )  # fmt: skip

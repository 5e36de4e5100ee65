"""Partners are reminded of what waits for them; their manager is told when nobody answers.

It is about their own tickets, so neither the contact budget nor what they unsubscribed from stands
in the way; working days and quiet hours do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import outbox, texts
from bot.chat import Address
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import Meets, on_duty, speaker
from bot.partners.reach import tell
from bot.tickets import cards, patience, their_turn
from bot.tickets.cards import State
from bot.tickets.looks import plan
from bot.tickets.patience import Step
from bot.turn import Turn
from storage import messages, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Ticket

LINES = 10  # tickets that one message names; the rest is counted
TITLE = 80  # characters of each
ALONG = 1  # working day: what would be said so soon is said in the same message
USEFUL = timedelta(days=1)  # what cannot be sent until then is not sent

due_kinds = DueKinds()


@due_kinds.kind("ticket.chase", cls=Class.REMINDER,
                says=_m("A partner is reminded of a ticket that waits for them."))  # fmt: skip
async def look(turn: Turn, items: Sequence[DueWork]) -> None:
    """By the log as it is now: what was answered, solved or put on hold is not spoken of."""
    ids = sorted({item.payload["ticket"] for item in items})
    known = await tickets.many(turn.session, ids)
    asked = [known[one] for one in ids if one in known and known[one].status == "waiting"]
    theirs = await tickets.waiting_for(turn.session, {ticket.partner_id for ticket in asked})
    logs = await tickets.logs(turn.session, [ticket.id for ticket in theirs])
    states = {ticket.id: cards.read(turn, ticket, logs[ticket.id]) for ticket in theirs}
    asleep: dict[int, datetime] = {}
    silent, along = list[Ticket](), list[Ticket]()
    for ticket in asked:
        step = _step(turn, ticket, states[ticket.id])
        if step is None or step.at > turn.now:
            continue  # also what went along with one before it
        meets = await cards.meets_of(turn, ticket) if step.number else None
        if meets is None:
            silent.append(ticket)
        elif (at := await _welcome(turn, ticket)) > turn.now:
            asleep[ticket.id] = at
        else:
            others = _along(turn, ticket, theirs, states)
            await _chase(turn, [ticket, *others], states, meets)
            along += others
    asleep |= await _tell_managers(turn, silent, states)
    again = {ticket.id: ticket for ticket in asked + along}
    await plan(turn, [
        look for ticket in again.values()
        for look in their_turn.looks(turn, ticket, states[ticket.id].story, states[ticket.id].log,
                                     asleep.get(ticket.id))
    ])  # fmt: skip


def _step(turn: Turn, ticket: Ticket, state: State, sooner: int = 0) -> Step | None:
    return their_turn.next_step(turn, ticket, state.story, state.log, sooner=sooner)


async def _welcome(turn: Turn, ticket: Ticket) -> datetime:
    """Now, or later: by night, on a free day, or while what they said in that room may be the
    answer and nobody of ours has decided about it.
    """
    where = Address.parse(ticket.address)
    if await messages.undecided_in(turn.session, ticket.partner_id, where):
        return their_turn.tomorrow(turn, ticket)
    return their_turn.welcome(turn, ticket)


def _along(
    turn: Turn, lead: Ticket, theirs: Iterable[Ticket], states: dict[int, State]
) -> list[Ticket]:  # fmt: skip
    """What else of this partner waits in this chat, and would be said within a day."""
    found = []
    for ticket in theirs:
        if ticket.id != lead.id and _place(ticket) == _place(lead):
            step = _step(turn, ticket, states[ticket.id], ALONG)
            if step is not None and step.number and step.at <= turn.now:
                found.append(ticket)
    return found


def _place(ticket: Ticket) -> tuple[int, Address | None]:
    """A Slack channel is one place, whatever its threads; a Telegram topic is one of its own."""
    address = Address.parse(ticket.address) if ticket.address else None
    if address is not None and address.platform == "slack":
        address = Address(address.platform, address.chat)
    return ticket.partner_id, address


async def _chase(
    turn: Turn, found: Sequence[Ticket], states: dict[int, State], meets: Meets
) -> None:  # fmt: skip
    """One message of all of them; in a thread it stands with the first."""
    lead, numbers = found[0], dict[str, int]()
    for ticket in found:
        step = _step(turn, ticket, states[ticket.id], ALONG)
        numbers[str(ticket.id)] = step.number if step is not None else 1
    key = f"chase:{lead.id}:{states[lead.id].revision}"
    for ticket in found:
        row = await tickets.log(turn.session, ticket, patience.CHASED, at=turn.now, by="bot",
                                key=key, numbers=numbers)  # fmt: skip
        states[ticket.id].log.append(row)
    private, one = cards.is_private(meets), len(found) == 1
    message = texts.render(
        "tickets/chase.html.j2", meets.reader, again=min(numbers.values()) > 1,
        rows=[_row(ticket) for ticket in found[:LINES]], more=max(0, len(found) - LINES),
        called=_called(found, states), speaker=_speaker(turn, found, meets),
        where="private" if private else meets.address.platform,
    )  # fmt: skip
    about = one or not private  # else they are asked which one their answer is about
    await messages.record_out(
        turn.session, meets.address, message.html, key=key, at=turn.now,
        partner_id=lead.partner_id, contact_id=lead.contact_id,
        ticket_id=lead.id if about else None,
    )  # fmt: skip
    await outbox.owe(turn, meets.address, message, key=key, cls=Class.REMINDER,
                     subject=f"ticket:{lead.id}:chase" if about else key,
                     expires_at=turn.now + USEFUL, then="ticket.chased")  # fmt: skip


def _row(ticket: Ticket) -> dict[str, Any]:
    return {"ref": f"T-{ticket.id}", "title": ticket.title[:TITLE]}


def _called(found: Sequence[Ticket], states: dict[int, State]) -> str:
    """Whoever asked; nobody is named where several did."""
    names = {cards.called(ticket, states[ticket.id].log) for ticket in found if ticket.contact}
    return names.pop() if len(names) == 1 else ""


def _speaker(turn: Turn, found: Sequence[Ticket], meets: Meets) -> str:
    """The one of ours who looks after all of these, if there is such a one."""
    owners = {_owner(ticket) for ticket in found}
    owner = owners.pop() if len(owners) == 1 else None
    return speaker(owner, meets.reader, turn.config) if owner is not None else ""


def _owner(ticket: Ticket) -> Manager | None:
    return ticket.owner or ticket.partner.owner


@due_kinds.kind("ticket.chased", says=_m("Whether a reminder reached a partner is told."))
async def ended(turn: Turn, items: Sequence[DueWork]) -> None:
    """Colleagues read below each card that it was sent, or that it did not arrive."""
    for item in items:
        key, arrived = item.payload["key"], item.payload["state"] in ("sent", "unverified")
        lead = int(key.split(":")[1])
        log = (await tickets.logs(turn.session, [lead]))[lead]
        row = next((row for row in log if row.data.get("key") == key), None)
        numbers: dict[str, int] = row.data["numbers"] if row is not None else {}
        known = await tickets.many(turn.session, [int(number) for number in numbers])
        for ticket in known.values():
            if not arrived:
                await tickets.log(turn.session, ticket, "unsent", at=turn.now, by="bot", key=key)
            await _note(turn, ticket, key, numbers, arrived)


async def _note(
    turn: Turn, ticket: Ticket, key: str, numbers: dict[str, int], arrived: bool
) -> None:  # fmt: skip
    meets = await cards.ours_of(turn, ticket)
    if meets is None:
        return
    state = await cards.state_of(turn, ticket)
    message = texts.render(
        "tickets/chased.html.j2", meets.reader, called=cards.called(ticket, state.log),
        number=numbers[str(ticket.id)], arrived=arrived,
        others=[f"T-{number}" for number in numbers if int(number) != ticket.id],
    )  # fmt: skip
    await outbox.owe(turn, meets.address, message, key=f"{key}:note:{ticket.id}",
                     subject=f"ticket:{ticket.id}:thread", cls=Class.TICKET)  # fmt: skip


async def _tell_managers(
    turn: Turn, silent: Iterable[Ticket], states: dict[int, State]
) -> dict[int, datetime]:  # fmt: skip
    """One message to each of what nobody answers; until when those sleep who are told later."""
    asleep: dict[int, datetime] = {}
    found: dict[int, list[Ticket]] = {}
    for ticket in silent:
        owner = _owner(ticket)
        helper = await on_duty(turn, owner)
        at = their_turn.by_day(turn, helper.zone) if helper is not None else turn.now
        if at > turn.now:
            asleep[ticket.id] = at
        else:
            found.setdefault(owner.id if owner is not None else 0, []).append(ticket)
    for theirs in found.values():
        rows = [await _silent(turn, ticket, states[ticket.id]) for ticket in theirs]
        key = f"silent:{theirs[0].id}:{states[theirs[0].id].revision}"
        await tell(turn, _owner(theirs[0]), "tickets/silent.html.j2", key, rows=rows[:LINES],
                   more=len(rows[LINES:]))  # fmt: skip
    return asleep


async def _silent(turn: Turn, ticket: Ticket, state: State) -> dict[str, Any]:
    """A line of what their manager reads; that it was said is written down."""
    reached = await cards.meets_of(turn, ticket) is not None
    last = [row for row in state.log if row.kind == patience.CHASED]
    row = await tickets.log(turn.session, ticket, patience.SILENT, at=turn.now, by="bot",
                            reached=reached)  # fmt: skip
    state.log.append(row)
    return _row(ticket) | {
        "id": ticket.id, "partner": ticket.partner.name, "reached": reached,
        "called": cards.called(ticket, state.log), "last": last[-1].at if last else None,
    }  # fmt: skip

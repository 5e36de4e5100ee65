"""When a promise runs out: the log is read again, and those who can help are reminded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot import outbox, texts
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import Meets, admins, helpers, manager_meets, ours_alone, team_room
from bot.tickets import cards, chain, head, last_words, opening, replies, solving
from bot.tickets.cards import State
from bot.tickets.chain import Call
from bot.turn import Turn
from storage import due_work, messages, tickets
from storage.due_work import Work
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Ticket, TicketLog

SHOWN = 3  # buttons of one nudge
LINES = 10  # of one message; the rest is counted
WATCHED = 10  # promises looked at in one transaction
CARDS = 5  # edited in one
ROOM = "room"

due = DueKinds()
due.kind("ticket.reply_sent", says=_m("An answer was sent."))(replies.ended)
due.kind("ticket.file_passed", says=_m("A partner's file was passed on."))(cards.file_passed)
due.kind("ticket.reopen", says=_m("A partner says that it is not solved."))(solving.reopen_due)
due.kind("ticket.noted", says=_m("Something is written down with a ticket."))(solving.note_due)
due.kind("ticket.heard_before", says=_m("Somebody who wrote before is known now."))(
    opening.hear_before
)


@dataclass(frozen=True, slots=True)
class Late:
    """A promise of which somebody is reminded."""

    ticket: Ticket
    state: State
    call: Call


@dataclass(slots=True)
class Round:
    """What one batch says: one message to each person, and one to each team's room."""

    people: dict[int, list[Late]] = field(default_factory=dict)
    rooms: dict[str, list[Late]] = field(default_factory=dict)
    managers: dict[int, Manager] = field(default_factory=dict)
    asleep: dict[int, datetime] = field(default_factory=dict)  # until when, by ticket
    helpers: dict[int, list[Manager]] = field(default_factory=dict)  # of an owner, once asked
    head: list[int] = field(default_factory=list)  # tickets of which the head hears


@due.kind("ticket.due", cls=Class.TICKET, most=WATCHED,
          says=_m("A promise to a partner is looked at again."))  # fmt: skip
async def watch(turn: Turn, items: Sequence[DueWork]) -> None:
    """Tell those who can help of what is still open; one message to each of them."""
    ids = sorted({item.payload["ticket"] for item in items})
    known = await tickets.many(turn.session, ids)
    logs = await tickets.logs(turn.session, ids)
    said, looked = Round(), dict[int, tuple[Ticket, State]]()
    for ticket in known.values():
        if ticket.status not in tickets.LIVE:
            continue
        state = cards.read(turn, ticket, logs[ticket.id])
        looked[ticket.id] = ticket, state
        for call in chain.due(cards.calls_of(turn, state), turn.now):
            await _decide(turn, said, Late(ticket, state, call))
    for manager_id, found in said.people.items():
        looked |= await _nudge(turn, said.managers[manager_id], found)
    for team, found in said.rooms.items():
        await _tell_room(turn, team, found)
    if said.head:
        await head.hears(turn, said.head)
    await turn.session.flush()  # what was noted counts for what comes next
    await cards.watch_all(
        turn, [(one, state, said.asleep.get(one.id)) for one, state in looked.values()]
    )
    await _show_soon(turn, looked.values())


async def _show_soon(turn: Turn, looked: Iterable[tuple[Ticket, State]]) -> None:
    """Cards take longer than promises: each is edited in a transaction of few."""
    works = [
        Work(f"ticket:{ticket.id}:show:{state.revision}:{turn.now.timestamp():.0f}", "ticket.card",
             turn.now, payload={"ticket": ticket.id})
        for ticket, state in looked
    ]  # fmt: skip
    await due_work.put(turn.session, works)


@due.kind("ticket.card", cls=Class.TICKET, most=CARDS,
          says=_m("A card shows how a promise stands."))  # fmt: skip
async def show(turn: Turn, items: Sequence[DueWork]) -> None:
    ids = [item.payload["ticket"] for item in items]
    known = await tickets.many(turn.session, ids)
    for number, log in (await tickets.logs(turn.session, ids)).items():
        await cards.show_card(turn, known[number], cards.read(turn, known[number], log))


async def _decide(turn: Turn, said: Round, late: Late) -> None:
    """Whom a step of the chain means today."""
    ticket = late.ticket
    match late.call.step.tell:
        case "owner":
            _to_person(turn, said, late, await _helpers(turn, said, ticket))
        case "substitute" if ticket.owner is not None:
            asked = {row.data.get("to") for row in _said(late)}
            there = await _helpers(turn, said, ticket)
            others = [one for one in there if f"manager:{one.id}" not in asked]
            _to_person(turn, said, late, others)
        case "team" if ticket.owner is None and not _room_knows(late):
            _to_room(said, late)
        case "head":
            _note(turn, late, "head")
            said.head.append(ticket.id)
        case _:
            _note(turn, late, "")


async def _helpers(turn: Turn, said: Round, ticket: Ticket) -> list[Manager]:
    owner = ticket.owner or ticket.partner.owner
    number = owner.id if owner is not None else 0
    if number not in said.helpers:
        said.helpers[number] = await helpers(turn, owner)
    return said.helpers[number]


def _to_person(turn: Turn, said: Round, late: Late, there: list[Manager]) -> None:
    """To the first who is awake, else in the morning; where nobody is, the room hears of it."""
    awake = [one for one in there if chain.morning(one.zone, turn.now) == turn.now]
    if awake:
        said.managers[awake[0].id] = awake[0]
        said.people.setdefault(awake[0].id, []).append(late)
    elif there:
        at = chain.morning(there[0].zone, turn.now)
        said.asleep[late.ticket.id] = min(at, said.asleep.get(late.ticket.id, at))
    elif late.call.part >= chain.DUE:
        _to_room(said, late)
    else:
        _note(turn, late, "")


def _to_room(said: Round, late: Late) -> None:
    owner = late.ticket.owner or late.ticket.partner.owner
    team = late.state.team or (owner.team if owner is not None else "")
    said.rooms.setdefault(team, []).append(late)


def _said(late: Late) -> list[TicketLog]:
    """What was said of this clock so far."""
    return [row for row in late.state.log
            if row.kind == "nudged" and chain.is_about(row, late.call.clock)]  # fmt: skip


def _room_knows(late: Late) -> bool:
    return any(row.data.get("to") == ROOM for row in _said(late))


def _note(turn: Turn, late: Late, to: str) -> None:
    """The step was taken; the first one keeps the chain as it was then."""
    clock = late.call.clock
    chain_then = {} if _said(late) else {"chain": chain.snapshot(turn.config.followups)}
    row = tickets.logged(
        turn.session, late.ticket, "nudged", at=turn.now, by="bot", clock=clock.name,
        number=clock.number, part=late.call.part, tell=late.call.step.tell, to=to, **chain_then,
    )  # fmt: skip
    late.state.log.append(row)


async def _nudge(
    turn: Turn, manager: Manager, found: list[Late]
) -> dict[int, tuple[Ticket, State]]:  # fmt: skip
    """One private message: what is due, and what will be within the next minutes."""
    meets = await manager_meets(turn, manager)
    if meets is None:
        await _tell_room(turn, manager.team, found)
        return {}
    soon = await _soon(turn, manager, {late.ticket.id for late in found})
    for late in found + soon:
        _note(turn, late, f"manager:{manager.id}")
    await _say(turn, meets, found + soon, "tickets/nudge.html.j2", f"nudge:{manager.id}", manager)
    return {late.ticket.id: (late.ticket, late.state) for late in soon}


async def _soon(turn: Turn, manager: Manager, known: set[int]) -> list[Late]:
    """Others of theirs that are due or come so soon that a second message would only disturb."""
    until = turn.now + chain.BUNDLE
    rows = await tickets.followed_up(turn.session, manager.id, until, LINES)
    near = [ticket for ticket in rows if ticket.id not in known]
    logs = await tickets.logs(turn.session, [ticket.id for ticket in near])
    found = []
    for ticket in near:
        state = cards.read(turn, ticket, logs[ticket.id])
        calls = chain.due(cards.calls_of(turn, state), until)
        found += [Late(ticket, state, call) for call in calls if call.step.tell == "owner"]
    return found


async def _tell_room(turn: Turn, team: str, found: list[Late]) -> None:
    """The team's room hears of what nobody took or nobody is there for; else the admins do."""
    meets = await ours_alone(turn, team_room(turn.config, team or _first_team(turn)))
    for late in found:
        _note(turn, late, ROOM)
    if meets is not None:
        await _say(turn, meets, found, "tickets/late.html.j2", "late")
        return
    for admin in await admins(turn):
        private = await manager_meets(turn, admin)
        if private is not None:
            await _say(turn, private, found, "tickets/late.html.j2", f"late:{admin.id}")


def _first_team(turn: Turn) -> str:
    return turn.config.teams[0].name if turn.config.teams else ""


async def _say(turn: Turn, meets: Meets, found: Sequence[Late], template: str, name: str,
               to: Manager | None = None) -> None:  # fmt: skip
    shown = found[:LINES]
    words = await last_words.unanswered(turn, [(late.ticket, late.state) for late in shown])
    rows = [_row(turn, late, meets, to) | {"words": words.get(late.ticket.id, "")}
            for late in shown]  # fmt: skip
    message = texts.render(template, meets.reader, rows=rows, now=turn.now, shown=SHOWN,
                           more=len(found) - len(rows))  # fmt: skip
    key = f"{name}:{found[0].ticket.id}:{found[0].call.clock.name}:{turn.now.isoformat()}"
    await outbox.owe(turn, meets.address, message, key=key, subject=key, cls=Class.TICKET)


def _row(turn: Turn, late: Late, meets: Meets, to: Manager | None) -> dict[str, Any]:
    """A line of a reminder; `whose` is named to somebody who stands in."""
    facts = cards.facts(turn, late.ticket, late.state, meets.reader)
    owner = late.ticket.owner or late.ticket.partner.owner
    stands_in = to is not None and owner is not None and owner.id != to.id
    whose = facts["owner"] or facts["team"] if stands_in else ""
    return facts | {"clock": late.call.clock.name, "due": late.call.clock.due, "whose": whose}


@due.kind("ticket.which", cls=Class.TICKET,
          says=_m("Nobody said which ticket was meant."))  # fmt: skip
async def decide(turn: Turn, items: Sequence[DueWork]) -> None:
    """Words without a ticket join the newest one of the contact, or open one."""
    for item in items:
        said = await messages.get(turn.session, item.payload["said"])
        if said is None or said.ticket_id is not None or said.contact_id is None:
            continue
        await opening.settle(turn, said, None)

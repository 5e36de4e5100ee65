"""When a promise runs out: the log is read again, and those who can help are reminded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot import outbox, texts
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class, Owed
from bot.partners.people import (
    Meets,
    admins,
    helpers_of,
    managers_meet,
    ours_alone,
    team_room,
)
from bot.tickets import cards, chain, head, last_words, opening, replies, solving, today
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
ALONG = 10  # others of those who are told of them, that come so soon that they are told too
CARDS = 5  # edited in one
ROOM = "room"
LATE = "tickets/late.html.j2"

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


@dataclass(frozen=True, slots=True)
class Telling:
    """A message that will be written: `to` somebody, or to a room."""

    meets: Meets
    found: Sequence[Late]
    template: str
    name: str  # of its key
    to: Manager | None = None


@dataclass(slots=True)
class Round:
    """What one batch says: one message to each person, and one to each team's room."""

    looked: dict[int, tuple[Ticket, State]]
    helpers: dict[int, list[Manager]]  # of each owner
    people: dict[int, list[Late]] = field(default_factory=dict)
    rooms: dict[str, list[Late]] = field(default_factory=dict)
    managers: dict[int, Manager] = field(default_factory=dict)
    asleep: dict[int, datetime] = field(default_factory=dict)  # until when, by ticket
    head: list[int] = field(default_factory=list)  # tickets of which the head hears
    left: set[int] = field(default_factory=set)  # tickets that stay due
    noted: list[TicketLog] = field(default_factory=list)
    messages: list[Telling] = field(default_factory=list)


@due.kind("ticket.due", cls=Class.TICKET, most=WATCHED,
          says=_m("A promise to a partner is looked at again."))  # fmt: skip
async def watch(turn: Turn, items: Sequence[DueWork]) -> None:
    """Tell those who can help of what is still open; one message to each of them.

    What needs the database is asked once for all, so that others can write soon again.
    """
    looked = await _look(turn, {item.payload["ticket"] for item in items})
    owners = {one.id: one for ticket, _ in looked.values() if (one := _owner(ticket)) is not None}
    said = Round(looked, await helpers_of(turn, list(owners.values())))
    for ticket, state in looked.values():
        for call in chain.due(cards.calls_of(turn, state), turn.now):
            _decide(turn, said, Late(ticket, state, call))
    await _nudge(turn, said)
    for team, found in said.rooms.items():
        await _tell_room(turn, said, team, found)
    if said.head:
        await head.hears(turn, said.head)
    await tickets.write_down(turn.session, said.noted)
    if said.messages:
        await _write(turn, said)
    done = [found for number, found in looked.items() if number not in said.left]
    await cards.watch_all(turn, [(one, state, said.asleep.get(one.id)) for one, state in done])
    await _show_soon(turn, done)
    await due_work.put(turn.session, [
        Work(item.key, item.kind, item.due_at, item.subject, item.payload)
        for item in items if item.payload["ticket"] in said.left
    ])  # fmt: skip


async def _look(turn: Turn, ids: Collection[int]) -> dict[int, tuple[Ticket, State]]:
    """Those of the tickets that are not solved, as their logs tell them."""
    known = await tickets.many(turn.session, sorted(ids))
    live = [ticket for ticket in known.values() if ticket.status in tickets.LIVE]
    logs = await tickets.logs(turn.session, [ticket.id for ticket in live])
    return {one.id: (one, cards.read(turn, one, logs[one.id])) for one in live}


def _owner(ticket: Ticket) -> Manager | None:
    return ticket.owner or ticket.partner.owner


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
    theirs = dict[int, Manager]()
    for number, log in (await tickets.logs(turn.session, ids)).items():
        ticket = known[number]
        await cards.show_card(turn, ticket, cards.read(turn, ticket, log))
        owner = _owner(ticket)
        if owner is not None and ticket.due_at is not None and ticket.due_at <= turn.now:
            theirs[owner.id] = owner
    for owner in theirs.values():  # the Home says that it is overdue
        await today.refresh(turn, owner)


def _decide(turn: Turn, said: Round, late: Late) -> None:
    """Whom a step of the chain means today."""
    ticket = late.ticket
    owner = _owner(ticket)
    there = said.helpers[owner.id] if owner is not None else []
    match late.call.step.tell:
        case "owner":
            _to_person(turn, said, late, there)
        case "substitute" if ticket.owner is not None:
            asked = {row.data.get("to") for row in _said(late)}
            others = [one for one in there if f"manager:{one.id}" not in asked]
            _to_person(turn, said, late, others)
        case "team" if ticket.owner is None and not _room_knows(late):
            _to_room(said, late)
        case "head":
            _note(turn, said, late, "head")
            said.head.append(ticket.id)
        case _:
            _note(turn, said, late, "")


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
        _note(turn, said, late, "")


def _to_room(said: Round, late: Late) -> None:
    owner = _owner(late.ticket)
    team = late.state.team or (owner.team if owner is not None else "")
    said.rooms.setdefault(team, []).append(late)


def _said(late: Late) -> list[TicketLog]:
    """What was said of this clock so far."""
    return [row for row in late.state.log
            if row.kind == "nudged" and chain.is_about(row, late.call.clock)]  # fmt: skip


def _room_knows(late: Late) -> bool:
    return any(row.data.get("to") == ROOM for row in _said(late))


def _note(turn: Turn, said: Round, late: Late, to: str) -> None:
    """The step was taken; the first one keeps the chain as it was then."""
    clock = late.call.clock
    chain_then = {} if _said(late) else {"chain": chain.snapshot(turn.config.followups)}
    data = {"clock": clock.name, "number": clock.number, "part": late.call.part,
            "tell": late.call.step.tell, "to": to, **chain_then}  # fmt: skip
    row = TicketLog(ticket_id=late.ticket.id, at=turn.now, kind="nudged", by="bot", data=data)
    said.noted.append(row)
    late.state.log.append(row)


async def _nudge(turn: Turn, said: Round) -> None:
    """One private message to each: what is due, and what will be within the next minutes.

    Who has too many for this transaction is told in the next one: nothing is noted of theirs.
    """
    if not said.people:
        return
    meets = await managers_meet(turn, list(said.managers.values()))
    for number in (one for one in said.people if one not in meets):
        said.rooms.setdefault(said.managers[number].team, []).extend(said.people[number])
    soon = await _soon(turn, said, list(meets))
    said.left = {late.ticket.id for number in meets.keys() - soon for late in said.people[number]}
    for number in soon:
        found = said.people[number] + soon[number]
        for late in found:
            _note(turn, said, late, f"manager:{number}")
        said.messages.append(Telling(meets[number], found, "tickets/nudge.html.j2",
                                     f"nudge:{number}", said.managers[number]))  # fmt: skip


async def _soon(turn: Turn, said: Round, told: Sequence[int]) -> dict[int, list[Late]]:
    """Others of theirs that are due or come so soon that a second message would only disturb: of
    the first of them, and of as many more as together have few enough.
    """
    until, more = turn.now + chain.BUNDLE, set[int]()
    near = await tickets.followed_up(turn.session, told, until, LINES)
    chosen = dict[int, list[int]]()
    for number, ids in near.items():
        new = more | (set(ids) - said.looked.keys())
        if not chosen or len(new) <= ALONG:
            more, chosen[number] = new, ids
    if more:
        said.looked |= await _look(turn, more)
    return {number: _own(turn, said, number, ids, until) for number, ids in chosen.items()}


def _own(
    turn: Turn, said: Round, number: int, ids: Iterable[int], until: datetime
) -> list[Late]:  # fmt: skip
    """What an owner is asked by then about these tickets, apart from what is due anyway."""
    known = {late.ticket.id for late in said.people[number]}
    others = [said.looked[one] for one in ids if one not in known]
    return [Late(ticket, state, call) for ticket, state in others
            for call in chain.due(cards.calls_of(turn, state), until)
            if call.step.tell == "owner"]  # fmt: skip


async def _tell_room(turn: Turn, said: Round, team: str, found: list[Late]) -> None:
    """The team's room hears of what nobody took or nobody is there for; else the admins do."""
    meets = await ours_alone(turn, team_room(turn.config, team or _first_team(turn)))
    for late in found:
        _note(turn, said, late, ROOM)
    lines = list({(late.ticket.id, late.call.clock.name): late for late in found}.values())
    if meets is not None:
        said.messages.append(Telling(meets, lines, LATE, f"late:{team}"))
        return
    private = await managers_meet(turn, await admins(turn))
    said.messages += [Telling(admin, lines, LATE, f"late:{team}:{number}")
                      for number, admin in private.items()]  # fmt: skip


def _first_team(turn: Turn) -> str:
    return turn.config.teams[0].name if turn.config.teams else ""


async def _write(turn: Turn, said: Round) -> None:
    """The messages; what partners wrote last is asked once for all of them."""
    lines = [(late.ticket, late.state) for one in said.messages for late in one.found[:LINES]]
    words = await last_words.unanswered(turn, lines)
    await outbox.owe_many(turn, [_owed(turn, one, words) for one in said.messages])


def _owed(turn: Turn, one: Telling, words: Mapping[int, str]) -> Owed:
    rows = [_row(turn, late, one.meets, one.to) | {"words": words.get(late.ticket.id, "")}
            for late in one.found[:LINES]]  # fmt: skip
    message = texts.render(one.template, one.meets.reader, rows=rows, now=turn.now, shown=SHOWN,
                           more=len(one.found) - len(rows))  # fmt: skip
    first = one.found[0]
    key = f"{one.name}:{first.ticket.id}:{first.call.clock.name}:{turn.now.isoformat()}"
    return Owed(one.meets.address, message, key, key, Class.TICKET)


def _row(turn: Turn, late: Late, meets: Meets, to: Manager | None) -> dict[str, Any]:
    """A line of a reminder; `whose` is named to somebody who stands in."""
    facts = cards.facts(turn, late.ticket, late.state, meets.reader)
    owner = _owner(late.ticket)
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

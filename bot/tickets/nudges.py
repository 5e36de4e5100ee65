"""When a promise is due: the log is read again, and those who can help are nudged privately."""

from collections.abc import Sequence
from datetime import timedelta

from bot import outbox, texts
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import (
    Meets,
    admins,
    manager_meets,
    on_duty,
    ours_alone,
    team_room,
)
from bot.tickets import cards, opening, replies, solving
from bot.tickets.cards import State
from bot.tickets.clocks import LATE
from bot.turn import Turn
from storage import messages, people, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Ticket

BUNDLE = timedelta(minutes=15)  # what falls due so soon after is named in the same nudge
SHOWN = 3  # buttons of one nudge

due = DueKinds()
due.kind("ticket.reply_sent", says=_m("An answer was sent."))(replies.ended)
due.kind("ticket.reopen", says=_m("A partner says that it is not solved."))(solving.reopen_due)
due.kind("ticket.noted", says=_m("Something is written down with a ticket."))(solving.note_due)
due.kind("ticket.heard_before", says=_m("Somebody who wrote before is known now."))(
    opening.hear_before
)

Late = tuple[Ticket, State]


@due.kind("ticket.due", cls=Class.TICKET,
          says=_m("An answer was promised by then."))  # fmt: skip
async def watch(turn: Turn, items: Sequence[DueWork]) -> None:
    """Tell those who can help of what is still unanswered; one message to each of them."""
    ids = sorted({item.payload["ticket"] for item in items})
    known = await tickets.many(turn.session, ids)
    logs = await tickets.logs(turn.session, ids)
    found: dict[str, list[Late]] = {"due": [], "late": []}
    for item in items:
        ticket, step = known.get(item.payload["ticket"]), item.payload["step"]
        if ticket is None:
            continue
        state = cards.read(turn, ticket, logs[ticket.id])
        if _still_late(turn, ticket, state, step, item.payload["round"]):
            found[step].append((ticket, state))
    for late in found["late"]:
        await _tell_room(turn, late, "late")
    await _tell_people(turn, found["due"])


async def _tell_people(turn: Turn, found: list[Late]) -> None:
    """Each owner once; the room of what has none."""
    theirs: dict[int, list[Late]] = {}
    for late in found:
        ticket = late[0]
        to = await on_duty(turn, ticket.owner or ticket.partner.owner)
        if to is None:
            await _tell_room(turn, late, "due")
        else:
            theirs.setdefault(to.id, []).append(late)
    for manager_id, mine in theirs.items():
        manager = await people.manager(turn.session, manager_id)
        if manager is not None:
            await _nudge(turn, manager, mine)


@due.kind("ticket.which", cls=Class.TICKET,
          says=_m("Nobody said which ticket was meant."))  # fmt: skip
async def decide(turn: Turn, items: Sequence[DueWork]) -> None:
    """Words without a ticket join the newest one of the contact, or open one."""
    for item in items:
        said = await messages.get(turn.session, item.payload["said"])
        if said is None or said.ticket_id is not None or said.contact_id is None:
            continue
        await opening.settle(turn, said, None)


def _still_late(turn: Turn, ticket: Ticket, state: State, step: str, round: int) -> bool:
    promise = state.promise
    if ticket.status not in tickets.LIVE or promise is None or state.story.round != round:
        return False
    if _was_nudged(state, step):
        return False
    return (promise.moment(LATE) if step == "late" else promise.due) <= turn.now


def _was_nudged(state: State, step: str) -> bool:
    return any(row.kind == "nudged" and row.data == {"step": step, "round": state.story.round}
               for row in state.log)  # fmt: skip


async def _nudge(turn: Turn, manager: Manager, found: list[Late]) -> None:
    """One private message: what is due, and what will be within the next minutes."""
    meets = await manager_meets(turn, manager)
    if meets is None:
        for late in found:
            await _tell_room(turn, late, "due")
        return
    found = found + await _soon(turn, manager, {ticket.id for ticket, _ in found})
    for ticket, state in found:
        await _note(turn, ticket, state, "due")
    await _say(turn, meets, found, "tickets/nudge.html.j2", f"nudge:{manager.id}")


async def _soon(turn: Turn, manager: Manager, known: set[int]) -> list[Late]:
    """Others of theirs that fall due so soon that a second message would only disturb."""
    soon = []
    for ticket in await tickets.live(turn.session, owner_id=manager.id):
        at = ticket.due_at
        if ticket.id in known or at is None or not turn.now < at <= turn.now + BUNDLE:
            continue
        state = await cards.state_of(turn, ticket)
        if state.promise is not None and not _was_nudged(state, "due"):
            soon.append((ticket, state))
    return soon


async def _tell_room(turn: Turn, late: Late, step: str) -> None:
    """The team's room hears of what nobody took, or what is late by half again."""
    ticket, state = late
    owner = ticket.owner or ticket.partner.owner
    meets = team_room(turn.config, owner.team if owner is not None else _first_team(turn))
    meets = await ours_alone(turn, meets)
    await _note(turn, ticket, state, step)
    if meets is None:
        for admin in await admins(turn):
            private = await manager_meets(turn, admin)
            if private is not None:
                await _say(turn, private, [late], "tickets/late.html.j2",
                           f"late:{ticket.id}:{step}:{admin.id}")  # fmt: skip
        return
    await _say(turn, meets, [late], "tickets/late.html.j2", f"late:{ticket.id}:{step}")


def _first_team(turn: Turn) -> str:
    return turn.config.teams[0].name if turn.config.teams else ""


async def _note(turn: Turn, ticket: Ticket, state: State, step: str) -> None:
    await tickets.log(turn.session, ticket, "nudged", at=turn.now, by="bot", step=step,
                      round=state.story.round)  # fmt: skip


async def _say(turn: Turn, meets: Meets, found: list[Late], template: str, name: str) -> None:
    rows = [cards.facts(turn, ticket, state, meets.reader) for ticket, state in found]
    message = texts.render(template, meets.reader, rows=rows, now=turn.now, shown=SHOWN)
    parts = "+".join(f"{ticket.id}.{state.story.round}" for ticket, state in found[:5])
    key = f"{name}:{parts}"
    await outbox.owe(turn, meets.address, message, key=key, subject=key, cls=Class.TICKET)

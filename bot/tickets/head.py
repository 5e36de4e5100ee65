"""The head hears of promises that ran out long ago: once a day, all of them in one message."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot import due, outbox, texts
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import is_away, manager_meets
from bot.tickets import cards, chain, last_words
from bot.tickets.cards import State
from bot.tickets.clocks import Clock, next_day_at
from bot.turn import Turn
from storage import due_work, people, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Ticket

HOUR = 9  # of the next working day, on the company's own clock
SUBJECT = "tickets:head"
MOST = 200  # tickets of one day that are kept in mind
LINES = 10  # of the message; the rest is counted
BUTTONS = 3

due_kinds = DueKinds()


async def hears(turn: Turn, ids: Sequence[int]) -> None:
    """The head will hear of these tickets, with all the others of that day."""
    waiting = await due_work.waiting_of(turn.session, SUBJECT)
    known = waiting.payload["tickets"] if waiting is not None else []
    at = waiting.due_at if waiting is not None else await _next(turn)
    await due.put(turn, key=f"{SUBJECT}:{at:%Y-%m-%d}", kind="ticket.head", due_at=at,
                  subject=SUBJECT, tickets=sorted({*known, *ids})[:MOST])  # fmt: skip


async def _next(turn: Turn) -> datetime:
    """The next working day, when nobody who is to hear of it sleeps any more."""
    at = next_day_at(turn.config, "", turn.now, HOUR)
    heads = await _heads(turn)
    return max((chain.morning(head.zone, at) for head in heads), default=at).astimezone(UTC)


async def _heads(turn: Turn) -> list[Manager]:
    everyone = await people.managers(turn.session)
    return [one for one in everyone if one.is_head and not is_away(turn, one)]


@due_kinds.kind("ticket.head", cls=Class.TICKET,
                says=_m("The head hears of promises that ran out."))  # fmt: skip
async def tell(turn: Turn, items: Sequence[DueWork]) -> None:
    """What is still late is told, and looked at again the next working day."""
    ids = sorted({number for item in items for number in item.payload["tickets"]})
    known = await tickets.many(turn.session, ids)
    logs = await tickets.logs(turn.session, ids)
    states = [(one, cards.read(turn, one, logs[one.id])) for one in known.values()
              if one.status in tickets.LIVE]  # fmt: skip
    late = [(one, state, clock) for one, state in states if (clock := _late(state)) is not None]
    if not late:
        return
    late.sort(key=lambda found: found[2].due)
    for head in await _heads(turn):
        await _say(turn, head, late)
    await hears(turn, [ticket.id for ticket, _, _ in late])


def _late(state: State) -> Clock | None:
    """The clock that goes on running although its chain came to the head."""
    told = [row for row in state.log if row.kind == "nudged" and row.data.get("tell") == "head"]
    return next((clock for clock in state.running.values() if not clock.paused
                 and any(chain.is_about(row, clock) for row in told)), None)  # fmt: skip


async def _say(turn: Turn, head: Manager, late: list[tuple[Ticket, State, Clock]]) -> None:
    meets = await manager_meets(turn, head)
    if meets is None:
        return
    shown = late[:LINES]
    words = await last_words.unanswered(turn, [(ticket, state) for ticket, state, _ in shown])
    rows = [cards.facts(turn, ticket, state, meets.reader) | {"clock": clock.name,
            "due": clock.due, "words": words.get(ticket.id, "")}
            for ticket, state, clock in shown]  # fmt: skip
    message = texts.render("tickets/head.html.j2", meets.reader, rows=rows, shown=BUTTONS,
                           more=len(late) - len(rows), now=turn.now)  # fmt: skip
    key = f"{SUBJECT}:{head.id}:{turn.now:%Y-%m-%d}"
    await outbox.owe(turn, meets.address, message, key=key, subject=key, cls=Class.TICKET)

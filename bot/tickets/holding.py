"""A ticket waits for somebody else until a moment, or until one of ours says that it goes on."""

from collections.abc import Sequence
from datetime import datetime

from bot import due
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import on_duty, reader_of_team
from bot.partners.reach import tell
from bot.routes import Act
from bot.tickets import cards, chain, clocks
from bot.tickets.cards import State
from bot.tickets.phases import CLOSED
from bot.turn import Turn
from storage import tickets
from storage.models_delivery import DueWork
from storage.models_work import Ticket, TicketLog

DECIDED = _m("That is decided already.")

due_kinds = DueKinds()


async def hold(act: Act, ticket: Ticket, until: datetime | None) -> TicketLog:
    """Our work rests; what the partner waits for does not. Said again it moves the moment."""
    if ticket.status not in tickets.LIVE:
        raise Refused(CLOSED, id=ticket.id)
    if ticket.status == "hold" and ticket.held_until == until:
        raise Refused(_m("T-{id} is on hold already."), id=ticket.id)
    ticket.status = "hold"
    said = {"until": until.isoformat()} if until is not None else {}
    row = await tickets.log(act.session, ticket, "hold", at=act.event.at, by=act.by, **said)
    row.data = {**row.data, "key": f"hold:{row.id}"}
    await cards.follow(act, ticket)
    return row


async def take_back(act: Act, ticket: Ticket, row_id: int) -> None:
    """It was never said: whose turn it was before counts, or the moment named before."""
    before = await cards.state_of(act, ticket)
    said = _last_turn(before)
    if ticket.status != "hold" or said is None or said.id != row_id:
        raise Refused(DECIDED)
    await tickets.log(act.session, ticket, "unsent", at=act.event.at, by=act.by,
                      key=said.data["key"])  # fmt: skip
    ticket.status = (await cards.state_of(act, ticket)).story.phase
    await cards.follow(act, ticket)


def _last_turn(state: State) -> TicketLog | None:
    """The row that says whose turn it is, what was taken back aside."""
    undone = {row.data["key"] for row in state.log if row.kind == "unsent"}
    rows = (row for row in reversed(state.log)
            if row.kind in clocks.PHASES and row.data.get("key") not in undone)  # fmt: skip
    return next(rows, None)


@due_kinds.kind("ticket.held", cls=Class.TICKET,
                says=_m("A ticket is not on hold any more."))  # fmt: skip
async def go_on(turn: Turn, items: Sequence[DueWork]) -> None:
    """If it still is on hold, and for no longer, it is open from that moment; then it is told."""
    known = await tickets.many(turn.session, sorted({item.payload["ticket"] for item in items}))
    for item in items:
        ticket, opened = known.get(item.payload["ticket"]), item.payload.get("opened")
        if ticket is not None and opened is None:
            opened = await _open(turn, ticket)
        if ticket is not None and opened is not None:
            await _tell_by_day(turn, ticket, item, opened)


async def _open(turn: Turn, ticket: Ticket) -> int | None:
    """The row that says so. What was due while the bot was off is dated when it was due."""
    until = ticket.held_until
    if ticket.status != "hold" or until is None or until > turn.now:
        return None
    ticket.status = "open"
    row = await tickets.log(turn.session, ticket, "resumed", at=until, by="bot")
    await cards.follow(turn, ticket)
    return row.id


async def _tell_by_day(turn: Turn, ticket: Ticket, item: DueWork, opened: int) -> None:
    """Whoever looks after it hears of it, unless something was done with it in the meantime."""
    owner = ticket.owner or ticket.partner.owner
    helper = await on_duty(turn, owner)
    at = chain.morning(helper.zone, turn.now) if helper is not None else turn.now
    if at > turn.now:
        await due.put(turn, key=item.key, kind=item.kind, due_at=at, subject=item.subject,
                      ticket=ticket.id, opened=opened)  # fmt: skip
        return
    state = await cards.state_of(turn, ticket)
    last = _last_turn(state)
    if last is None or last.id != opened:
        return
    data = cards.facts(turn, ticket, state, reader_of_team(turn.config)) | {"until": last.at}
    data.pop("now")
    await tell(turn, owner, "tickets/goes_on.html.j2", f"ticket:{ticket.id}:goes_on:{opened}",
               **data)  # fmt: skip

"""Whose turn it is, and how much it matters: we wait for the partner, or go on."""

from bot.config_tickets import PRIORITIES
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act
from bot.tickets import cards
from storage import tickets
from storage.models_work import Ticket

CLOSED = _m("T-{id} is closed already.")
# a row of the log, the status that it makes, and what is said when it is so already
PHASES = {
    "waiting": ("waiting", _m("T-{id} waits for the partner already.")),
    "resumed": ("open", _m("T-{id} is open: it is being looked after.")),
}


async def enter(act: Act, ticket: Ticket, kind: str) -> None:
    """ "waiting" pauses the solution, never an answer that the partner waits for; "resumed" ends
    it, and a hold (bot/tickets/holding.py).
    """
    status, already = PHASES[kind]
    _open(ticket)
    if ticket.status == status:
        raise Refused(already, id=ticket.id)
    ticket.status = status
    await tickets.log(act.session, ticket, kind, at=act.event.at, by=act.by)
    await cards.follow(act, ticket)


async def wait_on(act: Act, ticket: Ticket) -> None:
    """The partner has not answered, and we go on waiting: they are reminded anew."""
    if ticket.status != "waiting":
        raise Refused(_m("T-{id} does not wait for the partner any more."), id=ticket.id)
    await tickets.log(act.session, ticket, "waiting", at=act.event.at, by=act.by)
    await cards.follow(act, ticket)


async def prioritise(act: Act, ticket: Ticket, priority: str) -> None:
    """Promises are recomputed from the ticket's beginning, also if one is broken by that."""
    _open(ticket)
    if priority not in PRIORITIES:
        raise Refused(_m("“{word}” is no priority. There are: low, normal, high, urgent."),
                      word=priority)  # fmt: skip
    state = await cards.state_of(act, ticket)
    if state.story.priority == priority:
        raise Refused(_m("T-{id} has this priority already."), id=ticket.id)
    await tickets.log(act.session, ticket, "priority", at=act.event.at, by=act.by, value=priority)
    await cards.follow(act, ticket)


def _open(ticket: Ticket) -> None:
    if ticket.status not in tickets.LIVE:
        raise Refused(CLOSED, id=ticket.id)

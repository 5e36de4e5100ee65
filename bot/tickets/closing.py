"""What becomes of a solved ticket: it closes by itself, and what is said soon opens it again."""

from collections.abc import Sequence
from datetime import datetime

from bot import due
from bot.config import Config
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.tickets import cards, clocks, policy
from bot.tickets.hours import add_working_days
from bot.turn import Turn
from storage import tickets
from storage.models_delivery import DueWork
from storage.models_work import Ticket, TicketLog

RECENT = 3  # tickets of a contact among which they may mean one

due_kinds = DueKinds()


def end_of(config: Config, ticket: Ticket, days: int) -> datetime | None:
    """So many of our working days after it was solved; None without days, or before that."""
    if not days or ticket.resolved_at is None:
        return None
    case = cards.case(ticket, ticket.kind, ticket.priority)
    chosen = policy.choose(config, case) or config.policies[0]
    calendar = policy.calendar_of(config, chosen.calendar)
    return add_working_days(calendar, ticket.resolved_at, days)


def opens_again(config: Config, ticket: Ticket, log: Sequence[TicketLog], at: datetime) -> bool:
    """Whether a partner's word of that moment opens it again; what never was solved never does."""
    until = end_of(config, ticket, config.tickets.reopen_within)
    solved = ticket.status == "resolved" or (ticket.status == "closed" and was_solved(log))
    return solved and until is not None and at <= until


def was_solved(log: Sequence[clocks.Entry]) -> bool:
    """Not closed as a mere remark, as no ticket at all, or as a part of another one."""
    end = clocks.last_end(log)
    return end is not None and end.kind == "resolved"


async def takes(turn: Turn, ticket: Ticket, at: datetime) -> bool:
    """Whether what a partner says of it belongs to it: it is open, or was solved just now."""
    if ticket.status in tickets.LIVE:
        return True
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    return opens_again(turn.config, ticket, log, at)


async def just_solved(turn: Turn, contact_id: int, address: str, at: datetime) -> list[Ticket]:
    """A contact's tickets in one chat that their words would open again, oldest first."""
    ended = await tickets.ended_of_contact(turn.session, contact_id, address, RECENT)
    wholes = [await tickets.whole(turn.session, one) for one in ended]
    found = {ticket.id: ticket for ticket in wholes if await takes(turn, ticket, at)}
    return [found[number] for number in sorted(found)]


async def arm(turn: Turn, ticket: Ticket, row: int) -> None:
    """Close it in some days; withdrawn with its subject when it opens again."""
    at = end_of(turn.config, ticket, turn.config.tickets.close_after)
    if at is not None:
        await due.put(turn, key=f"ticket.close:{row}", kind="ticket.close", due_at=at,
                      subject=f"ticket:{ticket.id}", ticket=ticket.id)  # fmt: skip


@due_kinds.kind("ticket.solved",
                says=_m("Who is not asked how it was is told that it is solved."))  # fmt: skip
async def tell_solved(turn: Turn, items: Sequence[DueWork]) -> None:
    """The question would have said so; the confirmation says it, below what was said since."""
    known = await tickets.many(turn.session, sorted({item.payload["ticket"] for item in items}))
    for item in items:
        ticket = known.get(item.payload["ticket"])
        if ticket is not None and ticket.status == "resolved":
            await tickets.log(turn.session, ticket, "told", at=turn.now, by="bot")
            state = await cards.state_of(turn, ticket)
            await cards.show_confirmation(turn, ticket, state, fresh=True)


@due_kinds.kind("ticket.close", cls=Class.SURVEY,
                says=_m("A solved ticket is closed if nobody came back to it."))  # fmt: skip
async def close(turn: Turn, items: Sequence[DueWork]) -> None:
    """By the settings of today: they may have moved the moment, or closing may be off.

    To the partner it is solved, as before: only the card changes.
    """
    known = await tickets.many(turn.session, sorted({item.payload["ticket"] for item in items}))
    for item in items:
        ticket = known.get(item.payload["ticket"])
        if ticket is None or ticket.status != "resolved":
            continue
        at = end_of(turn.config, ticket, turn.config.tickets.close_after)
        if at is not None and at > turn.now:
            await due.put(turn, key=item.key, kind=item.kind, due_at=at, subject=item.subject,
                          **item.payload)  # fmt: skip
        elif at is not None:
            ticket.status = "closed"
            await tickets.log(turn.session, ticket, "closed", at=turn.now, by="bot")
            await cards.show_card(turn, ticket, await cards.state_of(turn, ticket))

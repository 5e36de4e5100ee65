"""How it goes on with a ticket that waits for its partner or is on hold, by today's settings."""

from collections.abc import Sequence
from datetime import datetime

from bot.partners.people import reader_of_contact
from bot.partners.policy import Facts
from bot.partners.workdays import is_free
from bot.tickets import patience
from bot.tickets.clocks import Story
from bot.tickets.looks import Look
from bot.tickets.patience import Step
from bot.turn import Turn
from storage.models_work import Ticket, TicketLog


def next_step(
    turn: Turn, ticket: Ticket, story: Story, log: Sequence[TicketLog], *, sooner: int = 0
) -> Step | None:  # fmt: skip
    """`sooner`: what comes within so many of their working days."""
    days = turn.config.tickets.chase_after
    return patience.next_step(story, log, days, _whom(ticket), is_free, sooner)


def looks(
    turn: Turn, ticket: Ticket, story: Story, log: Sequence[TicketLog],
    awake: datetime | None = None,
) -> list[Look]:  # fmt: skip
    """When to look again at what waits or is on hold; not before `awake` at what waits."""
    revision = max((row.id for row in log), default=0)
    if story.phase == "hold":
        return [Look(ticket.id, "hold", "ticket.held", revision, story.held_until)]
    if story.phase != "waiting":
        return []
    step = next_step(turn, ticket, story, log)
    at = max(step.at, awake or step.at) if step is not None else None
    return [Look(ticket.id, "chase", "ticket.chase", revision, at)]


def welcome(turn: Turn, ticket: Ticket) -> datetime:
    """Now, or when a reminder disturbs nobody there."""
    return patience.welcome(turn.now, _whom(ticket), is_free)


def tomorrow(turn: Turn, ticket: Ticket) -> datetime:
    """The same on their next working day."""
    return patience.after(turn.now, 1, _whom(ticket), is_free)


def by_day(turn: Turn, zone: str) -> datetime:
    """Now, or the morning of the next working day there."""
    return patience.welcome(turn.now, patience.them(zone), is_free)


def _whom(ticket: Ticket) -> Facts:
    """Whoever is reminded: the contact who asked, else somebody of the partner."""
    if ticket.contact is None:
        return patience.them(ticket.partner.zone)
    zone = reader_of_contact(ticket.contact).zone
    return patience.them(zone, (ticket.contact.quiet_from, ticket.contact.quiet_to))

"""Facts for reports: written in the transaction in which a promise ends, taken back with it.

A row for each clock that ended, not a sum: a sum could not lead to its tickets, and an answer that
is taken back would have to be found in it. Reading logs at each report would cost all tickets.
"""

from bot.tickets.attainment import Fact, facts
from bot.tickets.clocks import Story
from bot.tickets.periods import monday
from bot.tickets.policy import ANSWER, SOLVE, Terms
from bot.turn import Turn
from storage import facts as kept
from storage.models_work import Ticket, TicketFact


async def record(turn: Turn, ticket: Ticket, story: Story, terms: Terms | None) -> None:
    """What ended is kept as it was judged then; what goes on again is forgotten."""
    known = await kept.of_ticket(turn.session, ticket.id)
    found = {fact.clock: fact for fact in facts(story, terms)}
    gone = [clock for clock in (ANSWER, SOLVE) if clock in known and clock not in found]
    if gone:
        await kept.forget(turn.session, ticket.id, gone)
    for clock, fact in found.items():
        if clock not in known or known[clock].ended_at != fact.ended:
            await kept.keep(turn.session, _row(turn, ticket, fact))


def _row(turn: Turn, ticket: Ticket, fact: Fact) -> TicketFact:
    """Owner and tier are those of the day: whoever gets the ticket later did not keep it."""
    day = fact.ended.astimezone(turn.config.tzinfo).date()
    return TicketFact(
        ticket_id=ticket.id, clock=fact.clock, ended_at=fact.ended, week=monday(day).isoformat(),
        used=round(fact.used.total_seconds()), kept=fact.kept,
        target=round(fact.target.total_seconds()) if fact.target is not None else None,
        partner_id=ticket.partner_id, tier=ticket.partner.tier,
        owner_id=ticket.owner_id or ticket.partner.owner_id,
    )  # fmt: skip

"""A partner reports a problem by the questions for it: what happened is a ticket at once, what
they answer after that is more about it.
"""

from bot.routes import Act
from bot.tickets import hearing, opening
from storage import tickets
from storage.models_people import Partner
from storage.models_work import Ticket


async def open_reported(act: Act, partner: Partner) -> Ticket:
    """Always a ticket of its own: who reports a problem does not write about an open one."""
    said, asker = await hearing.heard(act, partner)
    known = await tickets.reach(act.session, said.ticket_id or 0)  # by a shortcut of ours
    return known or await opening.begin(act, said, asker)


async def add(act: Act, partner: Partner, ticket: Ticket) -> None:
    said, asker = await hearing.heard(act, partner)
    if said.ticket_id is None:
        await opening.join(act, ticket, said, asker)

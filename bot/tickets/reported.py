"""A partner reports a problem by the questions for it: what happened is a ticket at once, what
they answer after that is more about it.
"""

from bot.routes import Act
from bot.tickets import making, opening
from bot.tickets.hearing import answer_address
from storage import messages, tickets
from storage.models_people import Partner
from storage.models_work import Said, Ticket


async def open_reported(act: Act, partner: Partner) -> Ticket:
    """Always a ticket of its own: who reports a problem does not write about an open one."""
    said, asker = await _heard(act, partner)
    known = await tickets.reach(act.session, said.ticket_id or 0)  # by a shortcut of ours
    return known or await opening.begin(act, said, asker)


async def add(act: Act, partner: Partner, ticket: Ticket) -> None:
    said, asker = await _heard(act, partner)
    if said.ticket_id is None:
        await opening.join(act, ticket, said, asker)


async def _heard(act: Act, partner: Partner) -> tuple[Said, opening.Asker]:
    """The very message, so that it can be edited and answered like any other."""
    contact, new = await making.contact_in_room(act, partner, act.identity)
    said = await messages.record_in(
        act.session, act.event, partner_id=partner.id,
        contact_id=contact.id if contact is not None else None,
    )  # fmt: skip
    where = act.event.where if act.event.private else answer_address(act)
    name = contact.name if contact is not None else act.identity.name
    return said, opening.Asker(partner, contact, where, name, act.by, new)

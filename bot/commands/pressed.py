"""What the value of a button or form means: the thing itself, or a sentence for the presser."""

from bot.errors import Refused
from bot.marks import _m
from bot.partners.linking import OUTDATED
from bot.routes import Act
from storage import people, tickets
from storage.ids import row_id
from storage.models_people import Contact, Partner
from storage.models_work import Ticket


async def ticket_of(act: Act, value: str) -> Ticket:
    """Any ticket: for routes that only our own people may press."""
    ticket = await tickets.get(act.session, row_id(value))
    if ticket is None:
        raise Refused(_m("There is no ticket {ref}."), ref=f"T-{value}")
    return ticket


async def own_ticket_of(act: Act, value: str) -> Ticket:
    """A ticket of the presser's own company; of another's they do not learn that it exists."""
    ticket = await tickets.get(act.session, row_id(value))
    if ticket is None or act.partner is None or act.partner.id != ticket.partner_id:
        raise Refused(_m("There is no ticket {ref}."), ref=f"T-{value}")
    return ticket


async def partner_of(act: Act, value: str) -> Partner:
    partner = await people.partner(act.session, row_id(value))
    if partner is None or partner.archived_at is not None:
        raise Refused(OUTDATED)
    return partner


async def contact_of(act: Act, value: str) -> Contact:
    contact = await people.contact(act.session, row_id(value))
    if contact is None or contact.archived_at is not None:
        raise Refused(OUTDATED)
    return contact

"""What the value of a button or form means: the thing itself, or a sentence for the presser."""

from bot.errors import Refused
from bot.marks import _m
from bot.partners.linking import OUTDATED
from bot.routes import Act
from storage import people, tickets
from storage.ids import row_id
from storage.models_people import Contact, Partner
from storage.models_work import Ticket

NO_TICKET = _m("There is no ticket {ref}.")


async def ticket_of(act: Act, value: str, *, itself: bool = False) -> Ticket:
    """Any ticket: for routes that only our own people may press. Of one that was merged, the one
    of which it is a part; `itself` for what only shows it.
    """
    number = row_id(value)
    ticket = await (tickets.get if itself else tickets.reach)(act.session, number)
    if ticket is None:
        raise Refused(NO_TICKET, ref=f"T-{value}")
    return ticket


async def own_ticket_of(act: Act, value: str) -> Ticket:
    """A ticket of the presser's own company; of another's they do not learn that it exists.

    Who is nobody's contact reaches what stands in that very chat.
    """
    ticket = await tickets.get(act.session, row_id(value))
    if ticket is None or act.partner is None or act.partner.id != ticket.partner_id:
        raise Refused(NO_TICKET, ref=f"T-{value}")
    if act.contact is None and not _stands_here(act, ticket):
        raise Refused(NO_TICKET, ref=f"T-{value}")
    return await tickets.whole(act.session, ticket)


def _stands_here(act: Act, ticket: Ticket) -> bool:
    where = act.event.where
    return ticket.address.startswith(f"{where.platform}:{where.chat}:")


def check_at_home(act: Act) -> None:
    """What a company asks for is listed in its own chats: others may read along elsewhere."""
    is_theirs = act.room is not None and act.room.partner_id is not None
    if not (act.event.private or is_theirs):
        raise Refused(_m("Please write that to me in our private chat."))


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

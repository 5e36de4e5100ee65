"""Whose words stand below a card: under which name, and what of before they answer."""

from bot.chat import Address
from bot.tickets.words import quote
from bot.turn import Turn
from storage import messages, people
from storage.models_people import Contact, Partner
from storage.models_work import Said

ANSWERED = 80  # characters of what was answered


def speaker_of(contact: Contact | None, partner: Partner, name: str) -> str:
    """Under which name a partner's words stand in our thread: "Jo Weber (Nordwind GmbH)"."""
    said = contact.name if contact is not None else name
    return f"{said or partner.name} ({partner.name})"[:80]


async def answered(turn: Turn, said: Said) -> str:
    """The earlier words that these are an answer to: “↩ Lin: “On Monday””; else "".

    In Slack whatever stands in a thread formally answers its first message.
    """
    if not said.reply_to or said.platform != "telegram":
        return ""
    earlier = await messages.find(turn.session, Address("telegram", said.chat), said.reply_to)
    if earlier is None or earlier.visibility != "partner" or earlier.deleted_at is not None:
        return ""
    words = quote(earlier.html, ANSWERED) or ", ".join(
        f"📎 {one['name']}" for one in earlier.files
    )
    name = await _name(turn, earlier)
    return f"↩ {name}: “{words}”" if name else f"↩ “{words}”"


async def _name(turn: Turn, said: Said) -> str:
    if said.manager_id is not None:
        manager = await people.manager(turn.session, said.manager_id)
        return manager.name if manager is not None else ""
    contact = await people.contact(turn.session, said.contact_id or 0)
    if contact is not None:
        return contact.name
    identity = await people.find_identity(turn.session, said.platform, said.author)
    return identity.name if identity is not None else ""

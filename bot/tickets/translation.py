"""[Translation]: a partner's words in the language of whoever pressed, told to them alone."""

from typing import Any

from bot import markup, outbox, texts
from bot.chat import Address
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import reader_of_manager
from bot.routes import Act
from bot.tickets.languages import is_foreign
from bot.tickets.words import quote
from bot.translator import PLATFORM
from bot.turn import Turn
from storage import messages, people, tickets
from storage.models_work import Said, Ticket

LONGEST = 5_000  # characters that are sent to the service


def offered(turn: Turn, ticket: Ticket, text: str) -> bool:
    """Whether whoever looks after the ticket may not read what the partner wrote."""
    owner = ticket.owner or ticket.partner.owner
    language = owner.language if owner is not None else turn.config.language
    return bool(turn.config.translator.url) and is_foreign(text, language)


async def ask(act: Act, said_id: int) -> None:
    """The service is asked by the outbox; the answer comes to `told`."""
    said = await messages.get(act.session, said_id)
    if said is None or said.ticket_id is None or said.deleted_at is not None:
        raise Refused(_m("That message is not there any more."))
    if not act.config.translator.url or act.manager is None:
        raise Refused(_m("No translator is configured."))
    to = texts.language_of(reader_of_manager(act.manager))
    where = Address(act.event.platform, act.person.id)
    await outbox.ask(act, PLATFORM, "translate", key=f"translation:{said.id}:{act.event.key}",
                     route="ticket.translated", value=f"{said.id}:{act.manager.id}:{where}",
                     text=markup.plain(said.html)[:LONGEST], to=to)  # fmt: skip


async def told(turn: Turn, value: str, answer: dict[str, Any], key: str) -> None:
    """To the presser's own chat; a message deleted meanwhile is not shown again."""
    said_id, manager_id, where = value.split(":", 2)
    said = await messages.get(turn.session, int(said_id))
    manager = await people.manager(turn.session, int(manager_id))
    if said is None or manager is None or said.deleted_at is not None:
        return
    ticket = await tickets.get(turn.session, said.ticket_id or 0)
    if ticket is None:
        return
    message = texts.render(
        "tickets/translated.html.j2", reader_of_manager(manager), ref=f"T-{ticket.id}",
        ticket=ticket, said=said.id, who=await _author(turn, said, ticket),
        quote=quote(said.html), text=answer.get("text", ""),
    )  # fmt: skip
    await outbox.owe(turn, Address.parse(where), message, key=f"translated:{key}",
                     subject=f"translated:{key}", cls=Class.INTERACTIVE)  # fmt: skip


async def _author(turn: Turn, said: Said, ticket: Ticket) -> str:
    contact = await people.contact(turn.session, said.contact_id) if said.contact_id else None
    return contact.name if contact is not None else ticket.partner.name

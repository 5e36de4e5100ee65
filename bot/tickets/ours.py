"""What our own people say: in a partner's room it is an answer, below a card it stays among us."""

from html import escape

from bot import outbox, texts
from bot.chat import Message, Part
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import manager_meets
from bot.routes import Act
from bot.tickets import cards, hearing, replies, today
from bot.tickets.greetings import says_nothing
from bot.tickets.words import quote, safe
from storage import messages, slots, tickets
from storage.ids import row_id
from storage.models_people import Partner
from storage.models_work import Said, Ticket


async def hear_thread(act: Act) -> None:
    """Our own talk below a card stays among us: recorded as a note, nothing is sent.

    Below the card of a merged ticket it is about the one of which that is a part, and shown there.
    """
    name = await slots.above(act.session, act.event)
    kind, _, rest = name.partition(":")
    number = row_id(rest.partition(":")[0])
    ticket = await tickets.reach(act.session, number) if kind == "ticket" else None
    if ticket is None:
        return
    said = await messages.record_in(
        act.session, act.event, visibility="internal", partner_id=ticket.partner_id,
        manager_id=act.identity.manager_id, ticket_id=ticket.id,
    )  # fmt: skip
    if ticket.id != number:
        await _show_there(act, ticket, said)


async def _show_there(act: Act, ticket: Ticket, said: Said) -> None:
    """Who looks after a ticket reads its thread, not those of what was merged into it."""
    meets = await cards.thread_of(act, ticket)
    if meets is None or act.manager is None:
        return
    names = ", ".join(f"📎 {escape(str(file['name']), quote=False)}" for file in said.files)
    html = " ".join(part for part in (safe(said.html), names) if part)
    key = f"ticket:{ticket.id}:talk:{said.id}"
    slot = key if meets.address.platform == "telegram" else ""  # it can be answered itself there
    message = Message((Part(html),), speaker=act.manager.name)
    await outbox.owe(act, meets.address, message, key=key, slot=slot, cls=Class.TICKET,
                     subject=f"ticket:{ticket.id}:thread")  # fmt: skip


async def hear_ours(act: Act) -> None:
    """Ordinary words of ours in a partner's room: an answer. Only we are asked which one.

    A greeting or thanks answers nothing: it is shown below the card, and the clock runs on.
    """
    event = act.event
    partner = act.room.partner if act.room is not None else None
    said = await messages.record_in(
        act.session, event, direction="out", partner_id=partner.id if partner else None,
        manager_id=act.identity.manager_id,
    )  # fmt: skip
    ticket, live = None, list[Ticket]()
    if partner is not None:
        ticket = await hearing.about(act, partner)
        live = await tickets.live_in_room(act.session, event.where, partner.id)
        if ticket is None or ticket.status not in tickets.LIVE:
            ticket = live[0] if len(live) == 1 else None
    if not event.files and says_nothing(event.text, _names(partner, ticket)):
        if ticket is not None:
            await replies.overheard(act, ticket, said)
        return
    await messages.answered_in_room(act.session, event.where, event.at)
    if partner is not None and partner.owner is not None:
        await today.refresh(act, partner.owner)
    if ticket is not None:
        await replies.spoken(act, ticket, said)
    elif live:
        await _ask_owner(act, said, live)


def _names(partner: Partner | None, ticket: Ticket | None) -> tuple[str, ...]:
    """Whom a greeting of ours may name."""
    contact = ticket.contact if ticket is not None else None
    names = [contact.called, contact.name, *contact.name.split()] if contact is not None else []
    return tuple(name for name in (*names, partner.name if partner is not None else "") if name)


async def _ask_owner(act: Act, said: Said, live: list[Ticket]) -> None:
    """A manager's words in a room with several tickets: only the manager is asked which."""
    manager = act.manager
    meets = await manager_meets(act, manager) if manager is not None else None
    if meets is None:
        return
    choices = [(ticket.id, hearing.quote_title(ticket)) for ticket in live[-3:]]
    message = texts.render("tickets/which_answer.html.j2", meets.reader, said=said.id,
                           tickets=choices, quote=quote(said.html, 120))  # fmt: skip
    slot = f"which:{said.id}"
    await outbox.owe(act, meets.address, message, key=slot, subject=slot, cls=Class.INTERACTIVE,
                     slot=slot)  # fmt: skip


async def chosen_by_owner(act: Act, said: Said, ticket: Ticket | None) -> None:
    manager = act.manager
    meets = await manager_meets(act, manager) if manager is not None else None
    if meets is not None:
        await hearing.close_question(act, said, meets.address, f"T-{ticket.id}" if ticket else "")


async def keep_note(act: Act, ticket: Ticket, text: str) -> None:
    """A note among us, shown below the card."""
    if not text.strip():
        raise Refused(_m("What should the note say?")).at("text")
    meets = await cards.thread_of(act, ticket)
    row = await tickets.log(act.session, ticket, "note", at=act.event.at, by=act.by)
    if meets is None or act.manager is None:
        return
    html = escape(text.strip(), quote=False)
    key = f"ticket:{ticket.id}:note:{row.id}"
    await messages.record_out(
        act.session, meets.address, html, key=key, at=act.event.at, visibility="internal",
        partner_id=ticket.partner_id, manager_id=act.manager.id, ticket_id=ticket.id,
    )  # fmt: skip
    await outbox.owe(act, meets.address, Message((Part(html),), speaker=act.manager.name), key=key,
                     subject=f"ticket:{ticket.id}:thread", cls=Class.TICKET)  # fmt: skip

"""What people write where a partner reads: it opens a ticket, joins one, or is kept for later."""

from datetime import timedelta

from bot import outbox, texts
from bot.chat import Address
from bot.outbox import Class
from bot.partners import people as who
from bot.partners.people import reader_of
from bot.routes import Act
from bot.tickets import closing, making, opening, solving, today
from bot.tickets.greetings import courtesy
from bot.tickets.together import WITHIN
from bot.tickets.verdicts import verdict_of
from storage import messages, slots, tickets, topics
from storage.ids import row_id
from storage.models_people import Contact, Partner
from storage.models_work import Said, Ticket

WHICH_WAIT = timedelta(minutes=10)  # then words join the newest ticket
WHICH = 2  # tickets to choose from, besides something new


async def hear_private(act: Act) -> Said:
    """A contact wrote in their private chat: nothing they say is left unheard."""
    partner, contact = _partner(act), act.contact
    said = await record(act, partner)
    asker = opening.asker_of(act, partner, act.event.where)
    if contact is None:
        await _open(act, asker, said)
        return said
    ticket = await meant(act, partner)
    live = await tickets.live_of_contact(act.session, contact.id, str(act.event.where))
    if not live and await _take_verdict(act, ticket, said, asker, contact):
        return said
    polite = _courtesy(act, partner)
    if polite:
        await _be_polite(act, polite, live, said, asker)
        return said
    near = await messages.near(act.session, said, WITHIN)
    follows = 0
    if ticket is None or not await closing.takes(act, ticket, said.at):
        follows = ticket.id if ticket is not None else 0
        ticket = await _live_of(act, near) or (live[0] if len(live) == 1 else None)
    if ticket is not None:
        await opening.join(act, ticket, said, asker)
    elif follows and not live:
        await _open(act, asker, said, follows)
    elif not await _is_asked_about(act, near):
        await _hear_about(act, said, asker, contact, live)
    return said


async def _take_verdict(
    act: Act, ticket: Ticket | None, said: Said, asker: opening.Asker, contact: Contact
) -> bool:
    """Nothing but that what was solved just now is solved, or is not."""
    if not verdict_of(act.event):
        return False
    where = str(act.event.where)
    found = await closing.just_solved(act, contact.id, where, said.at)
    meant_ = ticket if ticket is not None else found[0] if len(found) == 1 else None
    if meant_ is None or meant_.status in tickets.LIVE:
        return False
    return await _settle(act, meant_, said, asker)


async def _settle(act: Act, ticket: Ticket, said: Said, asker: opening.Asker) -> bool:
    """A "yes" leaves it solved, a "no" opens it again as the press does."""
    plain = verdict_of(act.event)
    if not plain or not await closing.takes(act, ticket, said.at):
        return False
    await opening.join(act, ticket, said, asker, starts=False)
    if plain == "no":
        await solving.bring_back(act, ticket, "not_solved", at=said.at, by=act.by)
    return True


async def _hear_about(
    act: Act, said: Said, asker: opening.Asker, contact: Contact, live: list[Ticket]
) -> None:
    """Words that name no ticket: an open one, else what was solved just now, else a new one."""
    where = str(act.event.where)
    found = live or await closing.just_solved(act, contact.id, where, said.at)
    if not found:
        await _open(act, asker, said)
    elif len(found) == 1:
        await opening.join(act, found[0], said, asker)
    else:
        await _ask_which(act, said, found)


async def _live_of(act: Act, near: list[Said]) -> Ticket | None:
    """The open ticket of what they said within minutes: it belongs together."""
    for said in reversed(near):
        ticket = await tickets.reach(act.session, said.ticket_id) if said.ticket_id else None
        if ticket is not None and ticket.status in tickets.LIVE:
            return ticket
    return None


async def _is_asked_about(act: Act, near: list[Said]) -> bool:
    """Which ticket the words before were about is asked already: these go where those go."""
    for said in near:
        if said.ticket_id is None and await slots.exists(act.session, f"which:{said.id}"):
            return True
    return False


async def hear_addressed(act: Act) -> None:
    """In a room: the bot was mentioned or answered, so it answers once, in the thread."""
    partner = _partner(act)
    said, asker = await heard(act, partner)
    if said.ticket_id is not None:
        return  # one of ours was faster, by a shortcut
    ticket = await about(act, partner)
    polite = _courtesy(act, partner)
    near = await messages.near(act.session, said, WITHIN)
    follows, live = 0, ticket is not None and ticket.status in tickets.LIVE
    if ticket is not None and not live and await _settle(act, ticket, said, asker):
        return
    if ticket is None or not (live or (not polite and await closing.takes(act, ticket, said.at))):
        follows = ticket.id if ticket is not None else 0
        ticket = await _live_of(act, near)
    if ticket is not None:
        await opening.join(act, ticket, said, asker, starts=not polite)
    elif not polite:
        talk = [one for one in near if one.undecided]
        first = talk[0] if talk and not (act.event.text.strip() or act.event.files) else said
        ticket = await _open(act, asker, first, follows)
        await opening.take_along(act, first, ticket, asker)


async def hear_room(act: Act) -> None:
    """Ordinary talk: silently kept; in a ticket's thread, or in answer to it, it is part of it."""
    partner = _partner(act)
    ticket = await about(act, partner)
    polite = _courtesy(act, partner)
    live = ticket is not None and ticket.status in tickets.LIVE
    said = await record(act, partner, undecided=not live and not polite)
    if said.ticket_id is not None:
        return  # one of ours was faster, by a shortcut
    asker = opening.asker_of(act, partner, act.event.where)
    if ticket is not None and not live and await _settle(act, ticket, said, asker):
        return
    if not live:
        ticket = await _live_of(act, await messages.near(act.session, said, WITHIN))
        live = ticket is not None
    if ticket is not None and live:
        await opening.join(act, ticket, said, asker, starts=not polite)
    elif said.undecided and partner.owner is not None:
        await today.refresh(act, partner.owner)


async def _open(act: Act, asker: opening.Asker, said: Said, follows: int = 0) -> Ticket:
    return await opening.begin(act, said, asker, follows)


def _partner(act: Act) -> Partner:
    if act.partner is None:
        raise LookupError("only a partner's words are heard here")
    return act.partner


async def heard(act: Act, partner: Partner) -> tuple[Said, opening.Asker]:
    """What was said to us, and who says it, also where we only learn now who they are."""
    contact, new = await making.contact_in_room(act, partner, act.identity)
    said = await record(act, partner, contact=contact)
    where = act.event.where if act.event.private else _answer_address(act)
    name = contact.name if contact is not None else act.identity.name
    return said, opening.Asker(partner, contact, where, name, act.by, new)


async def record(
    act: Act, partner: Partner, *, contact: Contact | None = None, undecided: bool = False,
    ticket_id: int | None = None,
) -> Said:  # fmt: skip
    """The very message, so that it can be edited and answered like any other."""
    known = contact or act.contact
    return await messages.record_in(
        act.session, act.event, partner_id=partner.id, undecided=undecided, ticket_id=ticket_id,
        contact_id=known.id if known is not None else None,
    )  # fmt: skip


def _courtesy(act: Act, partner: Partner) -> str:
    if act.event.files:
        return ""
    owner = partner.owner
    names = (owner.name, owner.called, "liaison") if owner is not None else ("liaison",)
    return courtesy(act.event.text, tuple(name for name in names if name))


async def _be_polite(
    act: Act, polite: str, live: list[Ticket], said: Said, asker: opening.Asker
) -> None:
    """A greeting opens nothing; it is answered at most once a day."""
    if live:
        await opening.join(act, live[-1], said, asker, starts=False)
        return
    reader = reader_of(act.identity, act.room, act.config)
    day = act.event.at.astimezone(reader.tzinfo).date().isoformat()
    owner = asker.partner.owner
    key = f"greeting:{act.identity.id}:{day}"
    message = texts.render(
        "tickets/greeting.html.j2", reader, polite=polite,
        called=who.called(asker.contact) if asker.contact is not None else "",
        team=who.manager_called(owner, reader) if owner is not None else "",
        company=act.config.company_in(texts.language_of(reader)),
    )  # fmt: skip
    await outbox.owe(act, act.event.where, message, key=key, subject=key, cls=Class.INTERACTIVE)


async def meant(act: Act, partner: Partner) -> Ticket | None:
    """The ticket of the message that was answered, if it was one about a ticket of theirs."""
    event = act.event
    if not event.reply_to:
        return None
    answered = await messages.find(act.session, event.where, event.reply_to)
    number = answered.ticket_id if answered is not None else None
    if number is None:
        kind, _, rest = (await slots.answered(act.session, event)).partition(":")
        number = row_id(rest.partition(":")[0]) if kind == "ticket" else None
    ticket = await tickets.reach(act.session, number) if number is not None else None
    return ticket if ticket is not None and ticket.partner_id == partner.id else None


async def about(act: Act, partner: Partner) -> Ticket | None:
    """The ticket that words name by what they answer, or by the thread in which they stand."""
    return await meant(act, partner) or await _of_thread(act, partner)


async def _of_thread(act: Act, partner: Partner) -> Ticket | None:
    """The newest ticket of a Slack thread, or the one whose own a Telegram topic is; any other
    topic may hold several and much else.
    """
    where = act.event.where
    if where.platform == "telegram":
        return await _of_topic(act, partner)
    if not where.thread:
        return None
    ticket = await tickets.latest_at(act.session, str(where), partner.id)
    return await tickets.whole(act.session, ticket) if ticket is not None else None


async def _of_topic(act: Act, partner: Partner) -> Ticket | None:
    slot = await topics.at(act.session, act.event.where)
    if not slot:
        return None
    ticket = await tickets.reach(act.session, row_id(slot.split(":")[1]))
    return ticket if ticket is not None and ticket.partner_id == partner.id else None


async def _ask_which(act: Act, said: Said, live: list[Ticket]) -> None:
    reader = reader_of(act.identity, act.room, act.config)
    newest = list(reversed(live))[:WHICH]
    named = [(one.id, quote_title(await _as_they_know_it(act, one, said))) for one in newest]
    message = texts.render("tickets/which.html.j2", reader, said=said.id, tickets=named)
    slot = f"which:{said.id}"
    await outbox.owe(act, act.event.where, message, key=slot, subject=slot, cls=Class.INTERACTIVE,
                     slot=slot)  # fmt: skip
    await opening.decide_later(act, said, act.now + WHICH_WAIT)


async def _as_they_know_it(act: Act, ticket: Ticket, said: Said) -> Ticket:
    """Of one that a colleague brought up, the part that is their own."""
    if ticket.contact_id == said.contact_id:
        return ticket
    parts = await tickets.parts(act.session, ticket.id)
    return next((one for one in parts if one.contact_id == said.contact_id), ticket)


def quote_title(ticket: Ticket) -> str:
    """Short enough for a button."""
    return ticket.title if len(ticket.title) <= 30 else f"{ticket.title[:29]}…"


def _answer_address(act: Act) -> Address:
    """In Slack the thread of what was written; in Telegram the group or its topic."""
    where = act.event.where
    if where.platform == "telegram" or where.thread:
        return where
    return Address(where.platform, where.chat, act.event.message_id or None)


async def chosen(act: Act, said: Said, ticket: Ticket) -> None:
    """The question "Which one?" is answered: it says so and loses its buttons."""
    await close_question(act, said, act.event.where, f"T-{ticket.id}")


async def close_question(act: Act, said: Said, where: Address, ref: str) -> None:
    reader = reader_of(act.identity, act.room, act.config)
    slot = f"which:{said.id}"
    message = texts.render("tickets/chosen.html.j2", reader, ref=ref, ours=act.is_ours)
    await outbox.owe(act, where, message, key=f"{slot}:chosen", subject=slot,
                     cls=Class.INTERACTIVE, slot=slot)  # fmt: skip

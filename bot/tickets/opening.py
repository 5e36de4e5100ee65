"""A ticket begins: opened from words, joined by more words, marked urgent or only a remark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import due, markup, outbox, texts
from bot.chat import Address
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import reader_of_team
from bot.partners.reach import tell
from bot.routes import Act
from bot.tickets import cards, closing, handing, kinds, products, solving, topics, voices
from bot.tickets.greetings import courtesy
from bot.tickets.together import WITHIN
from bot.tickets.words import quote
from bot.turn import Turn
from storage import messages, people, tickets
from storage.models_delivery import DueWork
from storage.models_people import Contact, Partner
from storage.models_work import Said, Ticket

TITLE = 300  # characters
NO_LONGER = _m("T-{id} is closed already. Just write if there is something new.")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who brings it up, and where they are answered. `by` is for the log.

    `new` = we only learn now who they are, by a name that anybody could take.
    """

    partner: Partner
    contact: Contact | None
    address: Address | None
    name: str
    by: str
    new: bool = False


def asker_of(act: Act, partner: Partner, address: Address) -> Asker:
    name = act.contact.name if act.contact is not None else act.identity.name
    return Asker(partner, act.contact, address, name, act.by)


async def open_ticket(
    turn: Turn,
    asker: Asker,
    *,
    title: str,
    at: datetime,
    said: Said | None = None,
    follows: int = 0,
) -> Ticket:
    """Record the ticket, put its clock under watch, owe confirmation and card: one transaction.

    `at` is when the partner wrote, so that an outage of ours does not shorten their wait.
    `follows`: the ticket, solved long ago, to which they come back.
    """
    if not title.strip():
        raise Refused(_m("A ticket needs a few words."))
    ticket = Ticket(
        partner_id=asker.partner.id, contact_id=asker.contact.id if asker.contact else None,
        address=str(asker.address) if asker.address is not None else "",
        title=title.strip()[:TITLE], kind=kinds.guess(title), status="open", opened_at=at,
        product=products.guess(products.known(turn.config), title),
        settings_version=turn.config.version,
    )  # fmt: skip
    await tickets.add(turn.session, ticket)
    await topics.give(turn, ticket)
    data: dict[str, Any] = {"name": asker.name, "version": turn.config.version,
                            "guess": ticket.kind, "tier": asker.partner.tier,
                            "zone": asker.partner.zone}  # fmt: skip
    data |= {"new": True} if asker.new else {}
    data |= {"follows": follows} if follows else {}
    data |= {"product": ticket.product} if ticket.product else {}
    if said is not None:
        data["said"] = said.id
    await tickets.log(turn.session, ticket, "opened", at=at, by=asker.by, **data)
    routed = await handing.route(turn, ticket, at)
    state = await cards.follow(turn, ticket)
    if routed is not None:
        await handing.told(turn, ticket, state, routed)
    if await cards.triage(turn) is None:
        await _tell_owner(turn, ticket, state)
    if said is not None:
        await messages.decide(turn.session, said, ticket.id)
        speaker = voices.speaker_of(asker.contact, asker.partner, asker.name)
        await cards.mirror(turn, ticket, said, speaker, words=_is_cut(said))
    return ticket


async def _tell_owner(turn: Turn, ticket: Ticket, state: cards.State) -> None:
    """Without a room for cards the owner gets the card privately, else the admins."""
    data = cards.facts(turn, ticket, state, reader_of_team(turn.config))
    data.pop("now")
    await tell(turn, ticket.partner.owner, "tickets/card.html.j2", f"ticket:{ticket.id}:new",
               **data)  # fmt: skip


def _is_cut(said: Said) -> bool:
    """Whether the card shows less than what was written."""
    return quote(said.html).endswith("…")


def title_of(said: Said) -> str:
    """The first words, or what was sent instead."""
    words = quote(said.html, TITLE)
    return words or ", ".join(str(file["name"]) for file in said.files) or "…"


async def join(
    turn: Turn, ticket: Ticket, said: Said, asker: Asker, *, starts: bool = True
) -> None:
    """More from the partner: it goes to the card's thread; a clock that runs is never reset.

    `starts` = False for a mere thanks, which nobody has to answer.
    """
    await messages.decide(turn.session, said, ticket.id)
    await cards.mirror(
        turn, ticket, said, voices.speaker_of(asker.contact, asker.partner, asker.name)
    )
    if not starts:
        return
    before, again = await cards.state_of(turn, ticket), ticket.status not in tickets.LIVE
    # Telegram counts whole seconds: what follows a solution must not stand before it in the log
    at = max(said.at, ticket.resolved_at or said.at) if again else said.at
    row = await tickets.log(turn.session, ticket, "heard", at=at, by=asker.by, said=said.id,
                            **{"again": True} if again else {})  # fmt: skip
    if ticket.status == "waiting":  # what is on hold waits for somebody else still
        ticket.status = "open"
    if again:
        ticket.status, ticket.resolved_at = "open", None
        await due.drop(turn, subject=f"ticket:{ticket.id}")
    state = await cards.follow(turn, ticket, fresh=before.story.waiting_since is None,
                               where=asker.address)  # fmt: skip
    if again:
        await solving.tell_reopened(turn, ticket, state, "heard", row.id)


async def mark(act: Act, ticket: Ticket, kind: str) -> None:
    """The partner says how much it matters: "urgent", "calm", "remark", "problem"."""
    state = await cards.state_of(act, ticket)
    closed_as_remark = ticket.status == "closed" and state.has("remark")
    if kind == "problem":
        if not closed_as_remark:
            raise Refused(_m("T-{id} is open: it is being looked after."), id=ticket.id)
        ticket.status, ticket.resolved_at = "open", None
        key = next(row.data["key"] for row in reversed(state.log) if row.kind == "remark")
        await tickets.log(act.session, ticket, "unsent", at=act.event.at, by=act.by, key=key)
    elif ticket.status not in tickets.LIVE:
        raise Refused(NO_LONGER, id=ticket.id)
    elif kind == "remark":
        ticket.status, ticket.resolved_at = "closed", act.event.at
        await tickets.log(act.session, ticket, "remark", at=act.event.at, by=act.by,
                          key=f"remark:{state.revision}")  # fmt: skip
    elif (kind == "urgent") == state.story.urgent:
        return
    else:
        await tickets.log(act.session, ticket, kind, at=act.event.at, by=act.by)
    await cards.follow(act, ticket)
    if kind == "urgent":
        await _tell_triage(act, ticket)


async def _tell_triage(act: Act, ticket: Ticket) -> None:
    """An edit makes no sound: say it in the card's thread, where those who care are told."""
    state = await cards.state_of(act, ticket)
    meets = await cards.thread_of(act, ticket)
    if meets is None:
        return
    data = cards.facts(act, ticket, state, meets.reader)
    message = texts.render("tickets/urgent.html.j2", meets.reader, **data)
    key = f"ticket:{ticket.id}:urgent:{state.revision}"
    await outbox.owe(act, meets.address, message, key=key,
                     subject=f"ticket:{ticket.id}:thread", cls=Class.TICKET)  # fmt: skip


async def decide_later(turn: Turn, said: Said, at: datetime) -> None:
    """If nobody presses which ticket was meant, it joins the newest: nothing is left unheard."""
    await due.put(turn, key=f"which:{said.id}", kind="ticket.which", due_at=at, said=said.id)


async def settle(turn: Turn, said: Said, ticket: Ticket | None) -> None:
    """It is said which ticket was meant; None = the contact's newest one, else a new one."""
    await due.drop(turn, key=f"which:{said.id}")
    contact = await people.contact(turn.session, said.contact_id or 0)
    if contact is None:
        return
    address = Address(said.platform, said.chat, said.thread or None)  # type: ignore[arg-type]
    asker = Asker(contact.partner, contact, address, contact.name, f"contact:{contact.id}")
    live = await tickets.live_of_contact(turn.session, contact.id, str(address))
    solved = await closing.just_solved(turn, contact.id, str(address), said.at)
    meant = ticket or next(reversed(live or solved), None)
    if meant is not None:
        await join(turn, meant, said, asker)
    else:
        meant = await begin(turn, said, asker)
    await take_along(turn, said, meant, asker, asked=True)


async def hear_before(turn: Turn, items: Sequence[DueWork]) -> None:
    """A stranger became a contact: what they wrote until then is one ticket from their first word.

    Mere greetings are left alone. The clock runs from when they wrote.
    """
    for item in items:
        where = Address.parse(item.payload["address"])
        for said in await messages.without_ticket(turn.session, item.payload["contact"], where):
            if said.ticket_id is None and not _is_courtesy(said):
                await settle(turn, said, None)


async def take_along(
    turn: Turn, said: Said, ticket: Ticket, asker: Asker, *, asked: bool = False
) -> None:
    """What the same person said within minutes of it goes where it goes.

    In a room that is talk which nobody has decided about; in a private chat (`asked`) what was
    written while the question which ticket was meant stood open.
    """
    for other in await messages.near(turn.session, said, WITHIN):
        open_ = other.undecided or (asked and other.ticket_id is None)
        if open_ and not _is_courtesy(other):
            await join(turn, ticket, other, asker)


def _is_courtesy(said: Said) -> bool:
    return not said.files and bool(courtesy(markup.plain(said.html)))


async def begin(turn: Turn, said: Said, asker: Asker, follows: int = 0) -> Ticket:
    """A new ticket from what was said."""
    return await open_ticket(turn, asker, title=title_of(said), at=said.at, said=said,
                             follows=follows)  # fmt: skip

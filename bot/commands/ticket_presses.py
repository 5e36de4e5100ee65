"""The buttons about tickets that partners press, and those about talk nobody has decided about."""

from typing import Any

from bot.commands.pressed import own_ticket_of, ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.surveys import service as surveys
from bot.tickets import (
    fixed,
    hearing,
    making,
    moving,
    opening,
    ours,
    replies,
    solving,
    today,
    topic_faults,
    translation,
)
from storage import messages, tickets
from storage.ids import row_id
from storage.models_work import Said, Ticket

routes = Routes()

GONE = _m("That is decided already.")
NOTHING = _m("Nothing joined T-{id} since it was opened or answered.")


@routes.button("ticket.urgent", role=Role.PARTNER)
async def urgent(act: Act, value: str) -> Reply:
    await opening.mark(act, await own_ticket_of(act, value), "urgent")
    return None


@routes.button("ticket.calm", role=Role.PARTNER)
async def calm(act: Act, value: str) -> Reply:
    await opening.mark(act, await own_ticket_of(act, value), "calm")
    return None


@routes.button("ticket.remark", role=Role.PARTNER)
async def remark(act: Act, value: str) -> Reply:
    """Of what was merged meanwhile only that part was meant: the other one stays open."""
    ticket = await own_ticket_of(act, value)
    if ticket.id != row_id(value):
        raise Refused(opening.NO_LONGER, id=row_id(value))
    await opening.mark(act, ticket, "remark")
    return None


@routes.button("ticket.problem", role=Role.PARTNER)
async def problem(act: Act, value: str) -> Reply:
    await opening.mark(act, await own_ticket_of(act, value), "problem")
    return None


@routes.button("ticket.after_all", role=Role.PARTNER)
async def after_all(act: Act, value: str) -> Reply:
    """Undo of "not solved", pressed or typed: what was asked stands there again."""
    ticket = await own_ticket_of(act, value)
    await solving.solved_after_all(act, ticket)
    await surveys.take_back(act, ticket)
    await fixed.take_back(act, ticket)
    return None


@routes.button("ticket.new_problem", role=Role.PARTNER)
async def new_problem(act: Act, value: str) -> Reply:
    """What joined a ticket is something new: "ticket:message"."""
    number, _, last = value.partition(":")
    await moving.split(act, await _my_ticket(act, number), row_id(last))
    return None


@routes.button("ticket.belongs", role=Role.PARTNER)
async def belongs(act: Act, value: str) -> Reply:
    """A ticket belongs to another one that was open before: "ticket:other"."""
    number, _, other = value.partition(":")
    await moving.belong(act, await _my_ticket(act, number), await _my_ticket(act, other))
    return None


async def _my_ticket(act: Act, number: str) -> Ticket:
    """The presser's own: not even a colleague's."""
    ticket = await own_ticket_of(act, number)
    if act.contact is None or ticket.contact_id != act.contact.id:
        raise Refused(_m("There is no ticket {ref}."), ref=f"T-{number}")
    return ticket


@routes.command("ticket split", role=Role.MANAGER, args="ticket", zh="拆分, 拆出",
                help=_m("What joined a ticket last becomes one of its own"),
                example="ticket T-12 split")  # fmt: skip
async def split(act: Act, ticket: Ticket) -> Reply:
    last = (await moving.offers(act, ticket))["split"]
    if not last:
        raise Refused(NOTHING, id=ticket.id)
    return await _split(act, ticket, last)


@routes.button("ticket.split", role=Role.MANAGER)
async def press_split(act: Act, value: str) -> Reply:
    number, _, last = value.partition(":")
    return await _split(act, await ticket_of(act, number), row_id(last))


async def _split(act: Act, ticket: Ticket, last: int) -> Reply:
    other = await moving.split(act, ticket, last)
    return Notice("tickets/split.html.j2", {"ref": f"T-{other.id}", "ticket": other.id,
                                            "back": ticket.id})  # fmt: skip


@routes.button("ticket.join_to", role=Role.MANAGER)
async def join_to(act: Act, value: str) -> Reply:
    number, _, other = value.partition(":")
    ticket, target = await ticket_of(act, number), await ticket_of(act, other)
    await moving.belong(act, ticket, target)
    return Notice("tickets/joined.html.j2", {"ref": f"T-{ticket.id}", "id": ticket.id,
                                             "other": target.id})  # fmt: skip


@routes.button("ticket.join", role=Role.PARTNER)
async def join(act: Act, value: str) -> Reply:
    """Which of several tickets was meant: "said:ticket", or "said:new"."""
    number, _, choice = value.partition(":")
    said = await messages.get(act.session, row_id(number))
    if said is None or act.contact is None or said.contact_id != act.contact.id:
        raise Refused(_m("This question is for our partner."))
    if said.ticket_id is not None:
        raise Refused(GONE)
    asker = opening.asker_of(act, act.contact.partner, act.event.where)
    if choice == "new":
        ticket = await opening.begin(act, said, asker)
        await opening.take_along(act, said, ticket, asker, asked=True)
    else:
        ticket = await own_ticket_of(act, choice)
        await opening.settle(act, said, ticket)
    await hearing.chosen(act, said, ticket)
    return None


@routes.button("ticket.answered", role=Role.MANAGER)
async def answered(act: Act, value: str) -> Reply:
    """Which ticket a manager's words in a room answered: "said:ticket", or "said:none"."""
    number, _, choice = value.partition(":")
    said = await messages.get(act.session, row_id(number))
    if said is None or said.manager_id != act.identity.manager_id:
        raise Refused(_m("This question is for our own people."))
    if said.ticket_id is not None:
        raise Refused(GONE)
    ticket = await tickets.reach(act.session, row_id(choice))
    if ticket is not None and ticket.partner_id != said.partner_id:
        raise Refused(GONE)
    if ticket is not None:
        await replies.spoken(act, ticket, said)
    await ours.chosen_by_owner(act, said, ticket)
    return None


@routes.reaction("ticket", role=Role.PARTNER)
async def reacted(act: Act) -> Reply:
    """The ticket emoji on a message makes it one, whoever of the two sides puts it there."""
    said = await messages.find(act.session, act.event.where, act.event.message_id)
    if act.event.text == "added" and said is not None and said.ticket_id is None:
        theirs = act.partner is not None and act.partner.id == said.partner_id
        if act.is_ours or theirs:
            await making.make_ticket(act, said)
    return None


@routes.reaction("✍", role=Role.PARTNER)
async def reacted_on_telegram(act: Act) -> Reply:
    """Telegram has no ticket among its reactions; the writing hand stands for "note this"."""
    return await reacted(act)


@routes.shortcut("ticket.of_message", role=Role.MANAGER, help=_m("Make a ticket"))
async def of_message(act: Act) -> Reply:
    ticket = await making.make_ticket(act, await making.pointed_at(act))
    return Notice("tickets/made.html.j2", {"ref": f"T-{ticket.id}", "ticket": ticket})


@routes.button("ticket.make", role=Role.MANAGER)
async def make(act: Act, value: str) -> Reply:
    """In the list each message has a button of its own, so only this one is meant."""
    await making.make_ticket(act, await _undecided(act, value), along=False)
    return await _mine(act)


@routes.button("ticket.nothing", role=Role.MANAGER)
async def nothing(act: Act, value: str) -> Reply:
    await messages.decide(act.session, await _undecided(act, value), None)
    return await _mine(act)


async def _mine(act: Act) -> Reply:
    """In the Home the Home itself changes; in a chat the list is shown again."""
    if act.manager is None:
        return None
    await today.refresh(act, act.manager)
    if act.event.where.chat.startswith("home:"):
        return None
    return Notice("today/mine.html.j2", await today.gather(act, act.manager))


async def _undecided(act: Act, value: str) -> Said:
    said = await messages.get(act.session, row_id(value))
    if said is None or not said.undecided:
        raise Refused(GONE)
    return said


@routes.button("ticket.translate", role=Role.MANAGER)
async def translate(act: Act, value: str) -> Reply:
    """What the partner wrote, in the presser's language; the message itself stays as it is."""
    await translation.ask(act, row_id(value))
    return Notice("tickets/translating.html.j2")


@routes.answer("ticket.translated")
async def translated(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await translation.told(act, value, values, act.event.key)
    return None


@routes.member("opened")
async def topic_opened(act: Act) -> Reply:
    await topic_faults.opened(act)
    return None

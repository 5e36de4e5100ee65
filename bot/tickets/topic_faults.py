"""When Telegram opens no topic for a ticket, or it is gone: the ticket goes on in the group, and
the team reads once what they can do about it.
"""

from collections.abc import Sequence

from bot import outbox, texts
from bot.chat import Address
from bot.due import DueKinds
from bot.errors import NO_RIGHT, NO_TOPICS, TOPIC_GONE
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import Meets
from bot.routes import Act
from bot.tickets import cards, topics
from bot.turn import Turn
from storage import outbox as rows
from storage import slots, tickets
from storage import topics as places
from storage.ids import row_id
from storage.models_delivery import DueWork
from storage.models_work import Ticket

# how a refusal is known; what was only to be said in a topic is told as of any thread
WHY = ((NO_RIGHT, NO_RIGHT), (NO_TOPICS, NO_TOPICS), (TOPIC_GONE, TOPIC_GONE),
       (TOPIC_GONE, "thread not found"))  # fmt: skip

due_kinds = DueKinds()


@due_kinds.kind(topics.KIND, cls=Class.TICKET,
                says=_m("What became of a ticket's topic on Telegram is noticed."))  # fmt: skip
async def settle(turn: Turn, items: Sequence[DueWork]) -> None:
    meets = await cards.triage(turn)
    if meets is None or meets.address.platform != "telegram":
        return
    known = await tickets.many(turn.session, [_number(item) for item in items])
    for item in items:
        ticket = known.get(_number(item))
        if ticket is not None and item.payload["state"] == "dead":
            await _refused(turn, ticket, meets, str(item.payload["reason"]))


def _number(item: DueWork) -> int:
    """Of the subject "ticket:12:topic"."""
    return row_id(str(item.payload["subject"]).split(":")[1])


async def _refused(turn: Turn, ticket: Ticket, meets: Meets, reason: str) -> None:
    stands = await rows.slot_message(turn.session, topics.slot_of(ticket)) is not None
    why = next((mark for mark, part in WHY if part in reason.lower()), "")
    if not stands or why in (NO_TOPICS, TOPIC_GONE):  # else only its title is out of date
        await _leave(turn, ticket, meets.address, stands=stands)
    await _tell(turn, ticket, meets, why, reason=reason, stands=stands)


async def _leave(turn: Turn, ticket: Ticket, room: Address, *, stands: bool) -> None:
    """The ticket goes on in the group; its card is posted anew if it stood in the topic."""
    slot = topics.slot_of(ticket)
    await places.let_go(turn.session, slot)
    await outbox.drop(turn, slot, "its topic is gone")
    await places.leave(turn.session, topics.inside(ticket, room), topics.card_of(ticket),
                       topics.below(ticket, room))  # fmt: skip
    if stands:
        await cards.show_card(turn, ticket, await cards.state_of(turn, ticket), anew=":group")


async def _tell(
    turn: Turn, ticket: Ticket, meets: Meets, why: str, *, reason: str, stands: bool
) -> None:
    """Once until it works again; that the topic of a ticket is gone, once for that ticket."""
    slot = f"{_said(meets.address)}:{ticket.id}" if why == TOPIC_GONE else _said(meets.address)
    message = texts.render("tickets/no_topic.html.j2", meets.reader, ref=f"T-{ticket.id}",
                           why=why, reason=reason, stands=stands)  # fmt: skip
    if not await slots.exists(turn.session, slot):
        await outbox.owe(turn, meets.address, message, key=f"{slot}:{ticket.id}", subject=slot,
                         cls=Class.TICKET, slot=slot)  # fmt: skip


async def _works(turn: Turn, meets: Meets) -> None:
    """What was said of it is over; the next time it is said anew."""
    slot = _said(meets.address)
    if not await slots.exists(turn.session, slot):
        return
    message = texts.render("tickets/topics_again.html.j2", meets.reader)
    await outbox.owe(turn, meets.address, message, key=f"{slot}:{turn.now.isoformat()}",
                     subject=slot, cls=Class.TICKET, slot=slot)  # fmt: skip
    await places.let_go(turn.session, slot)


def _said(room: Address) -> str:
    return f"topics:{room.chat}"


async def opened(act: Act) -> None:
    """A topic that we opened ourselves: Telegram's word of it settles a call in doubt. A second
    one for the same ticket stays empty and is closed.
    """
    where, meets = act.event.where, await cards.triage(act)
    if meets is not None and meets.address.chat == where.chat:
        await _works(act, meets)
    ticket = await tickets.get(act.session, _named(act.event.room_title))
    if ticket is None or await places.heard(act.session, topics.slot_of(ticket), where):
        return
    slot = topics.slot_of(ticket)
    await outbox.close_topic(act, where, closed=True, key=f"{slot}:twice:{where.thread}",
                             subject=f"{slot}:twice")  # fmt: skip


def _named(title: str) -> int:
    """12 of "💬 T-12 Price list · Nordwind"."""
    found = next((word for word in title.split() if word.startswith("T-")), "")
    return row_id(found.removeprefix("T-"))

"""When Telegram opens no topic for a ticket, or it is gone: the ticket goes on in the group, and
the team reads once what they can do about it.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot import outbox, texts
from bot.chat import SLOT_THREAD, Address
from bot.due import DueKinds
from bot.errors import NO_RIGHT, NO_TOPICS, TOPIC_GONE
from bot.marks import _m
from bot.outbox import Class
from bot.partners import reach
from bot.partners.people import Meets
from bot.routes import Act
from bot.tickets import cards, topics
from bot.turn import Turn
from storage import outbox as rows
from storage import people, slots, tickets
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
    known = await tickets.many(turn.session, [_number(item) for item in items])
    meets = await cards.triage(turn)
    for item in items:
        ticket, state = known.get(_number(item)), item.payload["state"]
        if ticket is None or state not in ("sent", "dead"):
            continue
        if str(item.payload["subject"]).endswith(topics.ROOM):
            await (_opened_theirs if state == "sent" else _refused_theirs)(turn, ticket, item)
        elif state == "dead" and meets is not None and meets.address.platform == "telegram":
            await _refused(turn, ticket, meets, str(item.payload["reason"]))


def _number(item: DueWork) -> int:
    """Of the subject "ticket:12:topic"."""
    return row_id(str(item.payload["subject"]).split(":")[1])


def _why(reason: str) -> str:
    return next((mark for mark, part in WHY if part in reason.lower()), "")


async def _refused(turn: Turn, ticket: Ticket, meets: Meets, reason: str) -> None:
    stands = await rows.slot_message(turn.session, topics.slot_of(ticket)) is not None
    why = _why(reason)
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
    if ticket is None:
        return
    own, theirs = topics.slot_of(ticket), topics.slot_of(ticket, topics.ROOM)
    if all([await places.heard(act.session, slot, where) for slot in (own, theirs)]):
        return
    slot = f"{own}:{where.chat}"
    await outbox.close_topic(act, where, closed=True, key=f"{slot}:twice:{where.thread}",
                             subject=f"{slot}:twice")  # fmt: skip


def _named(title: str) -> int:
    """12 of "💬 T-12 Price list · Nordwind"."""
    found = next((word for word in title.split() if word.startswith("T-")), "")
    return row_id(found.removeprefix("T-"))


# in a partner's own group


async def _opened_theirs(turn: Turn, ticket: Ticket, item: DueWork) -> None:
    """Whoever wrote in the group reads there, once, where it goes on; of a ticket that we opened
    for them, that there is one.
    """
    meets = await cards.meets_of(turn, ticket)
    if meets is None or not ticket.address.endswith(topics.ROOM):
        return
    state = await cards.state_of(turn, ticket)
    chat, thread = meets.address.chat.removeprefix("-100"), item.payload["platform_id"]
    message = texts.render(
        "tickets/own_topic.html.j2", meets.reader, called=cards.called(ticket, state.log),
        ref=f"T-{ticket.id}", link=f"https://t.me/c/{chat}/{thread}", title=ticket.title,
        ours=any(row.kind == "opened" and row.by.startswith("manager:") for row in state.log),
    )  # fmt: skip
    key = f"{topics.slot_of(ticket, topics.ROOM)}:told"
    await outbox.owe(turn, replace(meets.address, thread=None), message, key=key, subject=key,
                     cls=Class.INTERACTIVE)  # fmt: skip


async def _refused_theirs(turn: Turn, ticket: Ticket, item: DueWork) -> None:
    """The ticket goes on in the group itself, and so do the next ones until somebody mends it."""
    slot, reason = topics.slot_of(ticket, topics.ROOM), str(item.payload["reason"])
    stands = await rows.slot_message(turn.session, slot) is not None
    why, meets = _why(reason), await cards.meets_of(turn, ticket)
    if meets is None:
        return
    chat = replace(meets.address, thread=None)
    if not stands or why in (NO_TOPICS, TOPIC_GONE):
        await _leave_theirs(turn, ticket, chat, slot, stands=stands)
    room = await people.room(turn.session, chat)
    if room is None or not (room.topics or why == TOPIC_GONE):
        return
    room.topics = room.topics and why == TOPIC_GONE
    await reach.tell(
        turn, ticket.partner.owner, "tickets/no_topic_there.html.j2", f"{slot}:{why}",
        ref=f"T-{ticket.id}", room=room.title or room.chat, why=why, reason=reason,
        command=f"/{turn.config.command_prefix}partner topics {ticket.partner.name} on",
    )  # fmt: skip


async def _leave_theirs(
    turn: Turn, ticket: Ticket, chat: Address, slot: str, *, stands: bool
) -> None:
    topic = replace(chat, thread=f"{SLOT_THREAD}{slot}")
    ticket.address = str(chat)
    await places.let_go(turn.session, slot)
    await outbox.drop(turn, slot, "its topic is gone")
    await places.leave(turn.session, topic, f"ticket:{ticket.id}:confirmation", chat)
    if stands:
        state = await cards.state_of(turn, ticket)
        await cards.show_confirmation(turn, ticket, state, fresh=True)

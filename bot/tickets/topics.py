"""A ticket's own topic on Telegram, in the team's group or in the partner's; its title says how
the ticket stands.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import outbox
from bot.chat import SLOT_THREAD, TOPIC_SLOT, Address
from bot.markup import size
from bot.tickets.words import quote
from bot.turn import Turn
from storage import outbox as rows
from storage import people, slots
from storage import topics as places
from storage.models_work import Ticket, TicketLog

KIND = "ticket.topic"  # the due kind that hears what became of each call
HOLD = timedelta(seconds=15)  # each new title is a line in the topic: quick changes are one
ROOM = f":room{TOPIC_SLOT}"  # end of the slot of a topic in the partner's own group
LONGEST = 128  # characters of a title
PARTNER = 40
CLOSES = ("closed", "remark", "not_a_ticket", "merged", "belongs")  # what ends it for good


def slot_of(ticket: Ticket, end: str = TOPIC_SLOT) -> str:
    """Of the topic in our group; with ROOM of that in the partner's."""
    return f"ticket:{ticket.id}{end}"


def card_of(ticket: Ticket) -> str:
    return f"ticket:{ticket.id}:card"


def inside(ticket: Ticket, room: Address) -> Address:
    return replace(room, thread=f"{SLOT_THREAD}{slot_of(ticket)}")


def below(ticket: Ticket, room: Address) -> Address:
    return replace(room, thread=f"{SLOT_THREAD}{card_of(ticket)}")


def sign(
    ticket: Ticket, *, waits: bool, solved: bool, late: bool = False, ours: bool = True
) -> str:
    """How a ticket stands, in one sign; each has a shape of its own, for those who see no red.

    Who has it, and that it is late, is our own affair.
    """
    if ticket.status == "resolved" or (ticket.status == "closed" and solved):
        return "✅"
    if ticket.status == "closed":
        return "⚪"
    if ours and late:
        return "❗"
    if ticket.status in ("waiting", "hold"):
        return "⏳"
    if ours and ticket.owner_id is None:
        return "🆕"
    return "💬" if waits else "🟢"


def title(mark: str, ticket: Ticket, *, partner: bool = True) -> str:
    """ "💬 T-12 Price list · Nordwind"; what is too long is cut in the middle."""
    start = f"{mark} T-{ticket.id} "
    end = f" · {quote(ticket.partner.name, PARTNER)}" if partner else ""
    words = quote(ticket.title, LONGEST)
    while size(start + words + end) > LONGEST:
        words = f"{words[:-2].rstrip()}…"
    return start + words + end


def standing(status: str, log: Sequence[TicketLog], *, closes: bool) -> tuple[bool, int]:
    """Whether the topic is to be closed, and the row that last closed it (0 = it never was).

    `closes`: a solved ticket closes by itself later; else its topic closes once it is solved.
    """
    ends = CLOSES if closes else (*CLOSES, "resolved")
    last = max((row.id for row in log if row.kind in ends), default=0)
    return status == "closed" or (status == "resolved" and not closes), last


async def place(turn: Turn, ticket: Ticket, room: Address) -> Address:
    """Where colleagues talk about a ticket: in its topic, else below its card."""
    own = room.platform == "telegram" and await slots.exists(turn.session, slot_of(ticket))
    return inside(ticket, room) if own else below(ticket, room)


async def show(
    turn: Turn, ticket: Ticket, room: Address, mark: str, log: Sequence[TicketLog], key: str
) -> Address:
    """Bring the topic up to date; a new ticket gets one. Returns where the card stands."""
    there = room.platform == "telegram" and await slots.exists(turn.session, slot_of(ticket))
    if not there and not await _wanted(turn, ticket, room):
        return room
    await _bring(turn, ticket, inside(ticket, room), title(mark, ticket), log, key)
    return inside(ticket, room)


async def show_theirs(
    turn: Turn, ticket: Ticket, mark: str, log: Sequence[TicketLog], key: str
) -> None:
    """The same for the topic in the partner's group, if it has one."""
    if ticket.address.endswith(ROOM):
        words = title(mark, ticket, partner=False)
        await _bring(turn, ticket, Address.parse(ticket.address), words, log, key)


async def _bring(
    turn: Turn, ticket: Ticket, topic: Address, words: str, log: Sequence[TicketLog], key: str
) -> None:
    slot = str(topic.thread).removeprefix(SLOT_THREAD)
    stands = await rows.slot_message(turn.session, slot) is not None
    await outbox.owe_topic(
        turn, replace(topic, thread=None), words, key=f"{slot}:{key}", subject=slot, slot=slot,
        not_before=turn.now + HOLD if stands else None, then=KIND,
    )  # fmt: skip
    closed, row = standing(ticket.status, log, closes=bool(turn.config.tickets.close_after))
    if row:
        await outbox.close_topic(
            turn, topic, closed=closed, subject=slot, then=KIND,
            key=f"{slot}:{'closed' if closed else 'open'}:{row}",
        )  # fmt: skip


async def give(turn: Turn, ticket: Ticket) -> None:
    """A partner's new ticket is talked about in its own topic, where their group was told so."""
    where = Address.parse(ticket.address) if ticket.address else None
    if where is None or where.platform != "telegram":
        return
    here = where.thread or ""
    if here and not (here.endswith(ROOM) or await _is_own(turn, where)):
        return
    room = await people.room(turn.session, replace(where, thread=None))
    if room is not None and room.topics and room.partner_id == ticket.partner_id:
        thread = f"{SLOT_THREAD}{slot_of(ticket, ROOM)}"
        ticket.address = str(replace(where, thread=thread))


async def _is_own(turn: Turn, where: Address) -> bool:
    """Whether it is the topic of another ticket, in which this one began."""
    return (await places.at(turn.session, where)).endswith(ROOM)


async def _wanted(turn: Turn, ticket: Ticket, room: Address) -> bool:
    """Only for what is new: a card that stands in the group stays there."""
    wanted = turn.config.telegram.topics and room.platform == "telegram"
    return wanted and not await slots.exists(turn.session, card_of(ticket))

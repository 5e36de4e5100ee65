"""Who reads what of a ticket at which place, and may press what there: each their own."""

from typing import Any

from bot.chat import Address
from bot.tickets import clocks, together
from bot.tickets.clocks import Story
from bot.turn import Turn
from storage import tickets
from storage.models_work import Ticket, TicketLog


def own_words(log: list[TicketLog], contact_id: int | None) -> list[TicketLog]:
    """A ticket's log without what others said, who brought up what was merged into it."""
    by = f"contact:{contact_id}"
    return [row for row in log if row.kind != "heard" or row.by == by]


def heard(log: list[TicketLog], contact_id: int | None) -> int:
    """How many messages one person wrote about a ticket."""
    return sum(row.kind in ("opened", "heard") for row in own_words(log, contact_id))


def meet(one: Ticket, other: Ticket) -> bool:
    """Whether those who brought up one ticket read what is answered to the other."""
    if one.contact_id is not None and one.contact_id == other.contact_id:
        return True
    here, there = (Address.parse(ticket.address) if ticket.address else None
                   for ticket in (one, other))  # fmt: skip
    return (
        here is not None
        and there is not None
        and ((here.platform, here.chat) == (there.platform, there.chat))
    )


def in_whole(
    ticket: Ticket, story: Story, whole: Ticket, log: list[TicketLog], name: str
) -> dict[str, Any]:
    """What is told at the place of a merged ticket: whom we answer, and whether it is over."""
    since = sum(row.kind == "heard" for row in own_words(log, ticket.contact_id))
    return {
        "elsewhere": whole.address != ticket.address, "over": whole.status not in tickets.LIVE,
        "whom": "" if meet(ticket, whole) else name, "heard": story.heard + since,
    }  # fmt: skip


async def parts_elsewhere(turn: Turn, ticket: Ticket, log: list[TicketLog]) -> list[Ticket]:
    """What was merged into a ticket and was said at another place, where nothing else is told."""
    if not any(row.kind == "took_in" for row in log):
        return []
    return [one for one in await tickets.parts(turn.session, ticket.id)
            if one.address != ticket.address]  # fmt: skip


async def may_say(
    turn: Turn, ticket: Ticket, story: Story, log: list[TicketLog]
) -> dict[str, int]:  # fmt: skip
    """What a partner may say by one press: this is something new, or it belongs to that one.

    `split` is the newest message that goes; `other` an older ticket of theirs in this chat.
    """
    if ticket.merged_into:
        end = clocks.last_end(log)
        back = together.counted(log) if end is not None and end.kind == "belongs" else []
        return {"split": max(back, default=0), "other": 0}
    group = together.last_group(own_words(log, ticket.contact_id))
    found = {"split": group[-1] if group else 0, "other": 0}
    if not story.answers and ticket.contact_id is not None:
        live = await tickets.live_of_contact(turn.session, ticket.contact_id, ticket.address)
        found["other"] = max((one.id for one in live if one.id < ticket.id
                              and one.contact_id == ticket.contact_id), default=0)  # fmt: skip
    return found

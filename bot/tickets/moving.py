"""What was said goes to another ticket by one press: split off from one, or joined to another.

Both can be undone. Nothing in a log is changed: rows say what went where, and clocks read them.
"""

from collections.abc import Sequence
from typing import Any

from bot import due, outbox, texts
from bot.chat import Address
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.routes import Act
from bot.tickets import cards, closing, opening, places, together, voices
from bot.tickets.words import quote
from bot.turn import Turn
from storage import messages, people, tickets
from storage.models_work import Said, Ticket, TicketLog

DECIDED = _m("That is decided already.")
CLOSED = _m("T-{id} is closed already.")
ANSWERED = _m("T-{id} has been answered: it stays a ticket of its own.")


async def split(act: Act, ticket: Ticket, last: int) -> Ticket:
    """What joined last is something new; `last` is the newest message that the presser saw.

    If it came from a ticket of its own, that one is back under its old number.
    """
    _live(ticket)
    state = await cards.state_of(act, ticket)
    back = await _came_from(act, state.log, last)
    if back is not None:
        other, ids = back
        await _bring_back(act, other)
    else:
        log = state.log
        if not act.is_ours:
            log = places.own_words(log, act.identity.contact_id)
        ids = together.last_group(log)
        if not ids or ids[-1] != last:
            raise Refused(DECIDED)
        other = await _begin(act, ticket, state, await messages.many(act.session, ids))
    said = await messages.many(act.session, ids)
    for one in said:
        one.ticket_id = other.id
    row = await tickets.log(act.session, ticket, "split_off", at=act.event.at, by=act.by,
                            moved=ids, other=other.id)  # fmt: skip
    state = await cards.state_of(act, ticket)
    if state.story.phase == "waiting" and ticket.status == "open":
        ticket.status = "waiting"  # what had ended the waiting is not part of it any more
    if state.story.phase == "solved" and ticket.status == "open":  # nor what had opened it again
        ticket.status, ticket.resolved_at = "resolved", state.story.phases[-1].since
        await closing.arm(act, ticket, row.id)
    await cards.follow(act, ticket)
    await cards.follow(act, other)
    await _tell(act, ticket, row, "T-" + str(other.id), said)
    return other


async def belong(act: Act, ticket: Ticket, target: Ticket) -> None:
    """What opened `ticket` belongs to `target`: there is one number again."""
    _live(ticket)
    _live(target)
    same = ticket.partner_id == target.partner_id and ticket.contact_id == target.contact_id
    if not same or ticket.id == target.id:
        raise Refused(DECIDED)
    state = await cards.state_of(act, ticket)
    if state.story.answers:
        raise Refused(ANSWERED, id=ticket.id)
    said = await messages.theirs(act.session, ticket.id)
    row = await tickets.log(act.session, ticket, "belongs", at=act.event.at, by=act.by,
                            other=target.id)  # fmt: skip
    row.data = {**row.data, "key": f"belongs:{row.id}"}
    ticket.status, ticket.resolved_at = "closed", act.event.at
    ticket.merged_into = target.id
    await _take_over(act, ticket, target, state, said)
    await tickets.log(act.session, target, "joined", at=act.event.at, by=act.by,
                      moved=[one.id for one in said], other=ticket.id)  # fmt: skip
    if target.status == "waiting":  # what is on hold waits for somebody else still
        target.status = "open"
    await due.drop(act, subject=f"ticket:{ticket.id}")
    await cards.follow(act, target)
    await cards.follow(act, ticket)
    await _tell(act, ticket, row, "T-" + str(target.id), said)


async def newest_of(turn: Turn, ticket: Ticket) -> int:
    """The newest message of a ticket that was joined to another: the handle that undoes it."""
    return max(together.counted((await cards.state_of(turn, ticket)).log), default=0)


async def offers(turn: Turn, ticket: Ticket) -> dict[str, Any]:
    """What one of ours may split off by one press."""
    state = await cards.state_of(turn, ticket)
    group = together.last_group(state.log)
    said = await messages.get(turn.session, group[-1]) if group else None
    return {"split": group[-1] if group else 0,
            "words": quote(said.html, 30) or "📎" if said is not None else ""}  # fmt: skip


async def _came_from(
    act: Act, log: Sequence[TicketLog], last: int
) -> tuple[Ticket, list[int]] | None:
    """The ticket from which these words were joined, if it still is a part of this one."""
    rows = (row for row in reversed(log) if row.kind == "joined" and last in row.data["moved"])
    row = next(rows, None)
    other = await tickets.get(act.session, row.data["other"]) if row is not None else None
    if row is None or other is None or other.merged_into != row.ticket_id:
        return None
    return other, list(row.data["moved"])


async def _bring_back(act: Act, ticket: Ticket) -> None:
    """It never belonged elsewhere: its promise runs from its first word."""
    log = (await cards.state_of(act, ticket)).log
    key = next(row.data["key"] for row in reversed(log) if row.kind == "belongs")
    ticket.status, ticket.resolved_at, ticket.merged_into = "open", None, None
    await tickets.log(act.session, ticket, "unsent", at=act.event.at, by=act.by, key=key)


async def _begin(act: Act, ticket: Ticket, state: cards.State, said: list[Said]) -> Ticket:
    """A ticket of these words, which waits since they were written."""
    first = said[0]
    contact = await people.contact(act.session, first.contact_id or 0)
    name = contact.name if contact is not None else cards.name_of(ticket, state.log)
    by = f"contact:{contact.id if contact is not None else 0}"
    asker = opening.Asker(ticket.partner, contact, _address(ticket, first), name, by)
    other = await opening.begin(act, first, asker)
    for one in said[1:]:
        await opening.join(act, other, one, asker)
    return other


def _address(ticket: Ticket, said: Said) -> Address:
    """In a Slack channel each ticket has a thread of its own, if it began outside of any."""
    address = Address.parse(ticket.address)
    if not address.thread or address.platform != "slack":
        return address
    return Address(address.platform, said.chat, said.thread or said.platform_id)


async def _take_over(
    act: Act, ticket: Ticket, target: Ticket, state: cards.State, said: list[Said]
) -> None:
    """The words stand with the target, dated when they were written."""
    counted = together.counted(state.log)
    log = (await cards.state_of(act, target)).log
    known = {row.data.get("said") for row in log if row.kind in ("opened", "heard")}
    speaker = voices.speaker_of(ticket.contact, ticket.partner, cards.name_of(ticket, state.log))
    for one in said:
        one.ticket_id = target.id
        if one.id in counted and one.id not in known:
            await tickets.log(act.session, target, "heard", at=one.at,
                              by=f"contact:{one.contact_id or 0}", said=one.id)  # fmt: skip
        await cards.mirror(act, target, one, speaker)


async def _tell(
    act: Act, ticket: Ticket, row: TicketLog, ref: str, said: Sequence[Said]
) -> None:  # fmt: skip
    """Colleagues below the card read where these words are now."""
    meets = await cards.thread_of(act, ticket)
    if meets is None or not said:
        return
    message = texts.render("tickets/moved.html.j2", meets.reader, ref=ref, what=row.kind,
                           words=quote(said[-1].html, 60) or "📎")  # fmt: skip
    await outbox.owe(act, meets.address, message, key=f"ticket:{ticket.id}:moved:{row.id}",
                     subject=f"ticket:{ticket.id}:thread", cls=Class.TICKET)  # fmt: skip


def _live(ticket: Ticket) -> None:
    if ticket.status not in tickets.LIVE:
        raise Refused(CLOSED, id=ticket.id)

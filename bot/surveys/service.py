"""The question after a solved ticket, in one message that changes with the answers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot import due, late, outbox, texts
from bot.chat import Address
from bot.clock import new_id
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import people as who
from bot.partners.people import Meets, reader_of_contact, reader_of_partner
from bot.routes import Act, Notice
from bot.surveys import alerts, occasion
from bot.surveys.occasion import WORDS_FOR
from bot.surveys.scoring import SCALE, asks_why
from bot.turn import Turn
from storage import messages, people, slots, surveys, tickets
from storage.models_delivery import DueWork
from storage.models_work import Said, SurveyInvite, Ticket
from storage.surveys import COMMENT, SCORE

OPEN_FOR = timedelta(days=7)  # an answer can be changed so long
UNSOLVED = "unsolved"
CLOSED = _m("This question is closed. Thank you.")


async def close(turn: Turn, items: Sequence[DueWork]) -> None:
    """The time for answers is over: the buttons go. An outage of ours does not count."""
    for item in items:
        until = late.extended(item.due_at, turn.now)
        if until is not None:
            await due.put(turn, key=item.key, kind=item.kind, due_at=until, **item.payload)
            continue
        row = await surveys.get(turn.session, item.payload["invite"])
        ticket = await _ticket(turn, row) if row is not None else None
        if row is not None and ticket is not None and row.state != "closed":
            row.state = "closed"
            await show(turn, row, ticket)


async def score(act: Act, row: SurveyInvite, value: int) -> Notice | None:
    """A score was pressed: kept, shown, and if it is low told to those who can help."""
    ticket = await _answerable(act, row)
    if value not in SCALE:
        raise Refused(CLOSED)
    await surveys.answer(act.session, row.id, SCORE, str(value), act.event.at)
    private = await is_private(act, row)
    row.state = "comment" if private and asks_why(value) else "answered"
    await show(act, row, ticket)
    await due.put(act, key=f"survey.scored:{row.id}", kind="ticket.noted", due_at=act.now,
                  ticket=ticket.id, what="scored")  # fmt: skip
    await alerts.show(act, row, ticket)
    if private:
        return None
    facts = await _facts(act, row, ticket, await _meets(act, row))
    return Notice("surveys/in_private.html.j2", facts)


async def unsolved(act: Act, row: SurveyInvite) -> None:
    """It is not solved: the ticket comes back with a new promise."""
    ticket = await _answerable(act, row)
    await surveys.answer(act.session, row.id, SCORE, UNSOLVED, act.event.at)
    row.state = "closed"
    await show(act, row, ticket)
    await due.put(act, key=f"ticket.reopen:survey:{row.id}:{act.event.key}", kind="ticket.reopen",
                  due_at=act.now, ticket=ticket.id, at=act.event.at.isoformat(),
                  by=act.by)  # fmt: skip


async def take_back(act: Act, ticket: Ticket) -> None:
    """That a ticket is not solved was taken back: the question stands there again."""
    row = await surveys.newest(act.session, ticket.id)
    given = (await surveys.answers(act.session, row.id)).get(SCORE) if row is not None else None
    if row is not None and given is not None and given.value == UNSOLVED:
        await surveys.answer(act.session, row.id, SCORE, "", act.event.at)
        row.state = "open"
        await show(act, row, ticket)


async def skip(act: Act, row: SurveyInvite) -> None:
    ticket = await _answerable(act, row)
    row.state = "answered"
    await show(act, row, ticket)


async def change(act: Act, row: SurveyInvite) -> None:
    """Show the scale again; the old answer counts until a new one is pressed."""
    ticket = await _answerable(act, row)
    row.state = "open"
    await show(act, row, ticket)


async def ask_words(act: Act, row: SurveyInvite) -> None:
    """They want to say more to a good score."""
    ticket = await _answerable(act, row)
    value = (await surveys.answers(act.session, row.id))[SCORE].value
    await surveys.answer(act.session, row.id, SCORE, value, act.event.at)
    row.state = "comment"
    await show(act, row, ticket)


async def take_words(act: Act) -> bool:
    """What is written soon after a score is its comment; False when no comment is awaited."""
    contact = act.contact
    if contact is None or not act.event.text.strip():
        return False
    row = await surveys.awaiting_words(act.session, contact.id, str(act.event.where))
    if row is None or await _answers_something_else(act, row):
        return False
    given = (await surveys.answers(act.session, row.id)).get(SCORE)
    ticket = await _ticket(act, row)
    if given is None or ticket is None or act.event.at > given.at + WORDS_FOR:
        row.state = "answered"
        return False
    said = await messages.record_in(
        act.session, act.event, partner_id=contact.partner_id, contact_id=contact.id,
        ticket_id=ticket.id,
    )  # fmt: skip
    await surveys.answer(act.session, row.id, COMMENT, str(said.id), act.event.at)
    row.state = "answered"
    await show(act, row, ticket)
    await alerts.show(act, row, ticket)
    return True


async def _answers_something_else(act: Act, row: SurveyInvite) -> bool:
    """They replied to another message of ours, so it is not about the score."""
    if not act.event.reply_to:
        return False
    return await slots.answered(act.session, act.event) != f"survey:{row.id}"


async def not_a_comment(act: Act, row: SurveyInvite) -> Said:
    """What was taken for a comment is something new; the caller opens a ticket from it."""
    ticket = await _answerable(act, row)
    said = await surveys.comment(act.session, row.id)
    if said is None:
        raise Refused(CLOSED)
    if said.ticket_id not in (None, ticket.id):  # one of ours has made a ticket of it already
        raise Refused(_m("T-{id} is about this already."), id=said.ticket_id)
    await surveys.answer(act.session, row.id, COMMENT, "", act.event.at)
    said.ticket_id = None
    await show(act, row, ticket)
    await alerts.show(act, row, ticket)
    return said


async def talk(act: Act, row: SurveyInvite) -> Notice:
    """Somebody in a shared room wants to talk: the owner hears of it privately."""
    ticket = await _answerable(act, row)
    meets = await _meets(act, row)
    await alerts.wants_to_talk(act, row, ticket, act.contact.name if act.contact else "")
    return Notice("surveys/talk_soon.html.j2", await _facts(act, row, ticket, meets))


async def show(
    turn: Turn, row: SurveyInvite, ticket: Ticket, *, key: str = "", cls: Class = Class.INTERACTIVE
) -> None:
    """The question as it stands now, in its one message."""
    meets = await _meets(turn, row)
    message = texts.render("surveys/question.html.j2", meets.reader,
                           **await _facts(turn, row, ticket, meets))  # fmt: skip
    slot = f"survey:{row.id}"
    await outbox.owe(turn, meets.address, message, key=key or f"{slot}:{new_id()}",
                     subject=f"ticket:{ticket.id}", cls=cls, slot=slot)  # fmt: skip


async def is_private(turn: Turn, row: SurveyInvite) -> bool:
    room = await people.room(turn.session, Address.parse(row.address))
    return room is not None and room.contact_id == row.contact_id


async def _meets(turn: Turn, row: SurveyInvite) -> Meets:
    address = Address.parse(row.address)
    if await is_private(turn, row):
        return Meets(address, reader_of_contact(row.contact))
    room = await people.room(turn.session, address)
    return Meets(address, reader_of_partner(row.contact.partner, room))


async def _facts(turn: Turn, row: SurveyInvite, ticket: Ticket, meets: Meets) -> dict[str, Any]:
    given = await surveys.answers(turn.session, row.id)
    value = given[SCORE].value if SCORE in given else ""
    owner = ticket.owner or ticket.partner.owner
    lead = await who.lead_of(turn, owner)
    words = await alerts.comment(turn, row)
    telegram = meets.address.platform == "telegram" and turn.config.telegram_bot
    return {
        "invite": row.id, "state": row.state, "ref": f"T-{ticket.id}", "scale": SCALE,
        "solution": ticket.solution.rstrip(".。 "), "unsolved": value == UNSOLVED,
        "score": int(value) if value.isdecimal() else 0, "comment": words,
        "private": not meets.reader.several, "called": who.called(row.contact),
        "owner": who.manager_called(owner, meets.reader) if owner is not None else "",
        "lead": lead is not None and (owner is None or lead.id != owner.id),
        "link": f"https://t.me/{turn.config.telegram_bot}" if telegram else "",
        "company": turn.config.company_in(texts.language_of(meets.reader)),
    }  # fmt: skip


async def _ticket(turn: Turn, row: SurveyInvite) -> Ticket | None:
    return await tickets.get(turn.session, row.ticket_id) if row.ticket_id else None


async def _answerable(act: Act, row: SurveyInvite) -> Ticket:
    """The ticket asked about, if this person may answer and it is not too late."""
    ticket = await _ticket(act, row)
    if act.partner is None or ticket is None or act.partner.id != ticket.partner_id:
        raise Refused(_m("This question is for our partner."))
    if not await _is_asked(act, row):
        raise Refused(_m("This question is for {name}."), name=row.contact.name)
    if row.state == "closed":
        raise Refused(CLOSED)
    if ticket.status in tickets.LIVE:
        raise Refused(_m("T-{id} is open: it is being looked after."), id=ticket.id)
    log = (await tickets.logs(act.session, [ticket.id]))[ticket.id]
    if occasion.unasked(log) not in ("", "closed", "fixed"):  # it was asked before that end
        raise Refused(CLOSED)
    return ticket


async def _is_asked(act: Act, row: SurveyInvite) -> bool:
    """Whoever was asked answers; in a room others may while we cannot tell who that is."""
    if act.contact is not None and act.contact.id == row.contact_id:
        return True
    known = await people.identities_of(act.session, contact_id=row.contact_id)
    there = any(identity.platform == act.event.platform for identity in known)
    return not act.event.private and not there

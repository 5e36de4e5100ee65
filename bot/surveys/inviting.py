"""Asking how it was: whether somebody is asked at all, and when it is a good moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import due
from bot.chat import Address
from bot.outbox import Class
from bot.partners import gate, policy, quiet, why
from bot.partners.people import asked_at, reader_of_contact
from bot.surveys import occasion, service
from bot.turn import Turn
from storage import decisions, people, surveys, talks, tickets
from storage.models_delivery import DueWork
from storage.models_people import Contact, Room
from storage.models_work import SurveyInvite, Ticket

FRESH = timedelta(days=5)  # later nobody knows any more how it was


async def invite(turn: Turn, items: Sequence[DueWork]) -> None:
    """Ask, if the ticket is still solved and the contact policy lets us; else say why not."""
    for item in items:
        ticket = await tickets.get(turn.session, item.payload["ticket"])
        if ticket is not None and ticket.address and ticket.contact is not None:
            await _invite(turn, item, ticket, ticket.contact)


async def _invite(turn: Turn, item: DueWork, ticket: Ticket, contact: Contact) -> None:
    lasts = (ticket.resolved_at or turn.now) + FRESH
    thing = gate.Thing(item.key, "survey", f"T-{ticket.id}", lasts)
    key = f"{item.key}:asked"
    address = Address.parse(ticket.address)
    meets = await asked_at(turn, address, ticket.partner, contact)
    address = meets.address if meets is not None else address
    facts = await _facts(turn, item.key, ticket, contact, address)
    (verdict,) = await gate.decide(turn, thing, [gate.Approach(facts, (contact.id,), key)])
    if isinstance(verdict, policy.Defer):
        await due.put(turn, key=item.key, kind=item.kind, due_at=verdict.until,
                      subject=item.subject, **item.payload)  # fmt: skip
    elif isinstance(verdict, policy.Send):
        await _ask(turn, ticket, contact, address, key)
    elif facts.reachable and not facts.moot:
        awake = quiet.after(turn.now, facts.zone, *facts.quiet)
        await due.put(turn, key=f"{item.key}:told", kind="ticket.solved", due_at=awake,
                      subject=item.subject, ticket=ticket.id)  # fmt: skip


async def _facts(
    turn: Turn, key: str, ticket: Ticket, contact: Contact, to: Address
) -> policy.Facts:
    """What the contact policy asks; a room that others share keeps nobody's quiet hours."""
    room = await people.room(turn.session, to)
    gone = room.unreachable_reason if room is not None and room.unreachable_at else None
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    return policy.Facts(
        contact.id, contact.wants_surveys, gone is None, reader_of_contact(contact).zone,
        _quiet_hours(contact, room), policy.gone(gone), moot=occasion.unasked(log),
        rests=await _rests(turn, key, ticket, contact), busy=await _busy(turn, ticket, contact),
    )  # fmt: skip


def _quiet_hours(contact: Contact, room: Room | None) -> tuple[str, str]:
    private = room is not None and room.contact_id == contact.id
    return (contact.quiet_from, contact.quiet_to) if private else policy.NEVER_QUIET


async def _rests(turn: Turn, key: str, ticket: Ticket, contact: Contact) -> datetime | None:
    """Until when they are asked nothing; `key`: the question that is decided about."""
    days = turn.config.contact.cooldown
    since = turn.now - timedelta(days=days)
    asked = await decisions.asked(turn.session, contact.id, key, since, turn.now)
    unsolved = await surveys.last_score(turn.session, ticket.id) == service.UNSOLVED
    return occasion.rests(asked, f"T-{ticket.id}", days, unsolved=unsolved)


async def _busy(turn: Turn, ticket: Ticket, contact: Contact) -> policy.Busy | None:
    """What they are in the middle of, on whichever platform."""
    session, since = turn.session, turn.now - service.OPEN_FOR
    standing: list[tuple[occasion.Question, datetime]] = [
        ("words" if state == "comment" else "score", at)
        for state, at in await talks.scores(session, contact.id, ticket.id, since)
    ]
    known = await people.identities_of(session, contact_id=contact.id)
    form = await talks.form(session, [f"{one.platform}:{one.external_id}" for one in known])
    fix = await talks.fix(session, contact.id)
    standing += [("form", form)] if form is not None else []
    standing += [("fix", fix)] if fix is not None else []
    said = await talks.last_word(session, contact, turn.now - occasion.CALM)
    return occasion.busy(said, standing, turn.now)


async def _ask(turn: Turn, ticket: Ticket, contact: Contact, to: Address, key: str) -> None:
    row = await surveys.add(turn.session, SurveyInvite(
        kind="csat", contact_id=contact.id, ticket_id=ticket.id, address=str(to),
        round=await surveys.rounds(turn.session, ticket.id) + 1, state="open", sent_at=turn.now,
    ))  # fmt: skip
    await service.show(turn, row, ticket, key=key, cls=Class.SURVEY)
    await due.put(turn, key=f"survey.close:{row.id}", kind="survey.close",
                  due_at=turn.now + service.OPEN_FOR, invite=row.id)  # fmt: skip


async def foreseen(turn: Turn, ticket: Ticket) -> str:
    """What whoever solves a ticket is told: its contact is "asked", was asked in the "recent"
    past, or is not asked at all: "".
    """
    contact = ticket.contact
    if contact is None or not contact.wants_surveys or not ticket.address:
        return ""
    rests = await _rests(turn, "", ticket, contact)
    return "recent" if rests is not None and rests > turn.now else "asked"


async def never_asked(turn: Turn, contact: Contact) -> list[why.Line]:
    """The tickets of a contact whose end was no occasion to ask, as lines of "why": their logs
    say so, there is no decision.
    """
    ended = await tickets.ended_since(turn.session, contact.id, turn.now - why.PERIOD, why.LISTED)
    logs = await tickets.logs(turn.session, [ticket.id for ticket in ended])
    refs = [f"T-{ticket.id}" for ticket in ended]
    decided = await decisions.last_about(turn.session, contact.id, refs)
    lines = []
    for ticket, ref in zip(ended, refs, strict=True):
        end, reason = occasion.end_of(logs[ticket.id]), occasion.unasked(logs[ticket.id])
        if end is not None and reason and (ref not in decided or decided[ref] < end.at):
            lines.append(why.line_of("survey", ref, reason, end.at, contact))
    return lines

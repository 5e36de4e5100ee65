"""A low score: the owner and the lead hear of it privately, and one of them calls."""

from bot import due, outbox, texts
from bot.clock import new_id
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import people as who
from bot.partners.people import manager_meets
from bot.partners.reach import tell
from bot.routes import Act
from bot.surveys.scoring import is_low
from bot.tickets.clocks import next_day_at
from bot.tickets.words import quote
from bot.turn import Turn
from storage import known, people, slots, surveys, tickets
from storage.models_people import Manager
from storage.models_work import SurveyInvite, Ticket
from storage.surveys import SCORE

CALL_HOUR = 17  # of the next working day


async def comment(turn: Turn, row: SurveyInvite) -> str:
    """The words to a score, as plain text."""
    said = await surveys.comment(turn.session, row.id)
    return quote(said.html) if said is not None else ""


async def show(turn: Turn, row: SurveyInvite, ticket: Ticket) -> None:
    """Tell, or bring up to date, what those who help know of a low score."""
    given = await surveys.answers(turn.session, row.id)
    value = given[SCORE].value if SCORE in given else ""
    score = int(value) if value.isdecimal() else 0
    opened = await tickets.of_score(turn.session, ticket.id, row.id)
    issue, others = await _same_cause(turn, ticket)
    for manager in await _helpers(turn, row, ticket):
        slot = f"survey:{row.id}:alert:{manager.id}"
        if not is_low(score) and not await slots.exists(turn.session, slot):
            continue
        meets = await manager_meets(turn, manager)
        if meets is None:
            continue
        caller = await people.manager(turn.session, row.caller_id) if row.caller_id else None
        message = texts.render(
            "surveys/alert.html.j2", meets.reader, invite=row.id, ref=f"T-{ticket.id}",
            partner=ticket.partner.name, called=who.called(row.contact), score=score,
            low=is_low(score), comment=await comment(turn, row), now=turn.now,
            by=next_day_at(turn.config, ticket.partner.tier, given[SCORE].at, CALL_HOUR),
            caller=who.manager_called(caller, meets.reader) if caller is not None else "",
            opened=opened, known=issue, others=others,
        )  # fmt: skip
        await outbox.owe(turn, meets.address, message, key=f"{slot}:{new_id()}", subject=slot,
                         cls=Class.TICKET, slot=slot)  # fmt: skip


async def _same_cause(turn: Turn, ticket: Ticket) -> tuple[int, int]:
    """The known issue behind a ticket, and how many other partners have it too; 0 = none."""
    issue = await known.of_ticket(turn.session, ticket.id)
    if issue is None:
        return 0, 0
    return issue.id, (await known.counts(turn.session, [issue.id]))[issue.id].partners - 1


async def promise(act: Act, row: SurveyInvite, caller: Manager) -> None:
    """Somebody calls: both messages say who, and the ticket keeps the promise."""
    who.check_receives(caller)
    ticket = await tickets.get(act.session, row.ticket_id or 0)
    if ticket is None:
        raise LookupError(f"invite {row.id} has no ticket")
    if row.caller_id == caller.id:
        raise Refused(_m("{name} does that already."), name=caller.name)
    if row.caller_id is not None and act.manager is not None and caller.id == act.manager.id:
        first = await people.manager(act.session, row.caller_id)
        raise Refused(_m("{name} does that already."), name=first.name if first else "?")
    row.caller_id = caller.id
    await act.session.flush()
    await show(act, row, ticket)
    await due.put(act, key=f"survey.promise:{row.id}:{act.event.key}", kind="ticket.noted",
                  due_at=act.now, ticket=ticket.id, what="promise", caller=caller.id)  # fmt: skip


async def wants_to_talk(turn: Turn, row: SurveyInvite, ticket: Ticket, name: str) -> None:
    owner = ticket.owner or ticket.partner.owner
    await tell(turn, owner, "surveys/wants_to_talk.html.j2", f"survey:{row.id}:talk",
               who=name or who.called(row.contact), partner=ticket.partner.name,
               ref=f"T-{ticket.id}", ticket=ticket.id)  # fmt: skip


async def _helpers(turn: Turn, row: SurveyInvite, ticket: Ticket) -> list[Manager]:
    """The owner, the lead, and whoever promised to call, but nobody who only looks on; else the
    admins.
    """
    owner = ticket.owner or ticket.partner.owner
    caller = await people.manager(turn.session, row.caller_id) if row.caller_id else None
    found = [owner, await who.lead_of(turn, owner), caller]
    there = {one.id: one for one in found if one is not None and one.role != "viewer"}
    return list(there.values()) or await who.admins(turn)

"""What partners say to "Is it solved for you?", by a press or in words, each for themselves.

Who says nothing keeps the ticket solved, as they were told.
"""

from datetime import timedelta

from bot import outbox
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.routes import Act
from bot.tickets import cards, fixes, hearing, solving
from bot.tickets.greetings import courtesy
from bot.tickets.verdicts import verdict_of
from storage import known, tickets
from storage.ids import row_id
from storage.models_known import KnownFix, KnownTold
from storage.models_work import Ticket

ANSWERED_FOR = timedelta(days=14)  # later words are about something new
CLOSED = _m("This question is closed. Thank you.")


async def pressed(act: Act, value: str, *, solved: bool) -> None:
    """[Yes, solved] or [No, not yet] below the message: of their own company, and once."""
    fix_id, _, lead_id = value.partition(":")
    rows = await known.told(act.session, row_id(fix_id), row_id(lead_id))
    fix = await known.fix(act.session, row_id(fix_id))
    ticket = await tickets.get(act.session, row_id(lead_id))
    mine = ticket is not None and act.partner is not None and act.partner.id == ticket.partner_id
    if fix is None or ticket is None or not rows or not mine:
        raise Refused(_m("There is no ticket {ref}."), ref=f"T-{lead_id}")
    if any(row.answer for row in rows) or rows[0].at < act.now - ANSWERED_FOR:
        raise Refused(CLOSED)
    await _answered(act, fix, rows, solved=solved)


async def take_words(act: Act) -> bool:
    """Words after the question answer it: a plain yes or no is taken as the press, all else opens
    it again and is heard as usual.
    """
    plain = verdict_of(act.event)
    solved = plain == "yes"
    if not plain and not act.event.files and courtesy(act.event.text):
        return False
    row = await _awaited(act)
    fix = await known.fix(act.session, row.fix_id) if row is not None else None
    if row is None or fix is None:
        return False
    rows = await known.told(act.session, row.fix_id, row.lead_id)
    await _answered(act, fix, rows, solved=solved)
    if plain and act.partner is not None:
        await hearing.record(act, act.partner, ticket_id=row.ticket_id)
    return bool(plain)


async def take_back(act: Act, ticket: Ticket) -> None:
    """A "no" was taken back: the question stands there again, unless others said no as well."""
    row = await known.denied(act.session, ticket.id)
    fix = await known.fix(act.session, row.fix_id) if row is not None else None
    if row is None or fix is None:
        return
    rows = await known.told(act.session, row.fix_id, row.lead_id)
    row.answer = ""
    await act.session.flush()
    if not any(one.answer for one in rows):
        found = await tickets.many(act.session, [one.ticket_id for one in rows])
        await _show_answer(act, fix, [found[one.ticket_id] for one in rows], "")
    if not (await known.outcome(act.session, fix.id)).no:
        fix.known.state = "fixed"
    await fixes.show_outcome(act, fix, act.event.key)


async def _awaited(act: Act) -> KnownTold | None:
    """The open question that these words can be about: in private, in the thread, as a reply."""
    event, since = act.event, act.now - ANSWERED_FOR
    if act.partner is None or act.is_guest:
        return None
    if event.private:
        contact_id = act.contact.id if act.contact is not None else 0
        return await known.awaited(act.session, since, contact_id=contact_id,
                                   address=str(event.where))  # fmt: skip
    ticket = await hearing.about(act, act.partner)
    if ticket is None:
        return None
    return await known.awaited(act.session, since, ticket_id=ticket.id)


async def _answered(act: Act, fix: KnownFix, rows: list[KnownTold], *, solved: bool) -> None:
    found = await tickets.many(act.session, [row.ticket_id for row in rows])
    for row in rows:
        row.answer, row.at = ("yes" if solved else "no"), act.event.at
        ticket = found[row.ticket_id]
        if not solved:
            await solving.bring_back(act, ticket, "not_solved", at=act.event.at, by=act.by)
        elif ticket.status in tickets.LIVE:
            await fixes.solve(act, fix, ticket, act.by, act.event.at)
        else:
            await tickets.log(act.session, ticket, "confirmed", at=act.event.at, by=act.by)
            await cards.follow(act, ticket)
    if not solved:
        fix.known.state = "open"
    await act.session.flush()
    theirs = [found[row.ticket_id] for row in rows]
    await _show_answer(act, fix, theirs, "yes" if solved else "no")
    await fixes.show_outcome(act, fix, act.event.key)


async def _show_answer(act: Act, fix: KnownFix, theirs: list[Ticket], how: str) -> None:
    lead = theirs[0]
    meets = await cards.meets_of(act, lead)
    if meets is None:
        return
    slot = fixes.slot_of(fix.id, lead.id)
    message = fixes.asked(act, fix, lead, theirs, meets, how)
    await outbox.owe(act, meets.address, message, key=f"{slot}:{how}:{act.event.key}",
                     subject=slot, cls=Class.INTERACTIVE, slot=slot)  # fmt: skip

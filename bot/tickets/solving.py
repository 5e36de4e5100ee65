"""The end of a ticket, and what brings it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import due
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import check_receives, reader_of_manager, reader_of_team
from bot.partners.reach import tell
from bot.routes import Act
from bot.tickets import cards, clocks, closing, last_words, replies
from bot.turn import Turn
from storage import messages, tickets
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Said, Ticket

NOT_OPEN = _m("T-{id} is closed already.")
TOO_LATE = _m("T-{id} is being looked after already. If it is solved, just write so.")
UNREAD = timedelta(minutes=1)  # whoever types a solution does not see what comes meanwhile
LONGEST = 500  # characters of a solution: it stands in the question that the contact gets


async def take(act: Act, ticket: Ticket) -> None:
    """Mine from now on; the second of two who press is told who was first."""
    manager = _open_for(act, ticket)
    if ticket.owner_id == manager.id:
        raise Refused(_m("T-{id} is yours already."), id=ticket.id)
    if ticket.owner is not None:
        raise Refused(_m("{name} has T-{id} already."), name=ticket.owner.name, id=ticket.id)
    await replies.give(act, ticket, manager)
    await cards.follow(act, ticket)


async def assign(act: Act, ticket: Ticket, to: Manager) -> None:
    """Give it to somebody, who hears of it privately unless they did it themselves."""
    manager = _open_for(act, ticket)
    if ticket.owner_id == to.id:
        raise Refused(_m("{name} has T-{id} already."), name=to.name, id=ticket.id)
    check_receives(to)
    await replies.give(act, ticket, to)
    state = await cards.follow(act, ticket)
    if to.id != manager.id:
        words = await last_words.unanswered(act, [(ticket, state)])
        data = cards.facts(act, ticket, state, reader_of_manager(to)) | {
            "by": manager.name, "words": words.get(ticket.id, "")}  # fmt: skip
        data.pop("now")
        await tell(act, to, "tickets/assigned.html.j2", f"ticket:{ticket.id}:to:{state.revision}",
                   **data)  # fmt: skip


async def not_a_ticket(act: Act, ticket: Ticket) -> None:
    """No real problem: spam, noise, a mistake; no message to the partner, no question, no figure.

    In their chat only the promise goes from what stands there already.
    """
    _open_for(act, ticket)
    ticket.status, ticket.resolved_at = "closed", act.event.at
    await _log_end(act, ticket, "not_a_ticket")
    await cards.follow(act, ticket)


async def resolve(act: Act, ticket: Ticket, solution: str) -> None:
    """Solved: the contact is asked how it was, in words that name the solution."""
    manager = _open_for(act, ticket)
    if len(solution) > LONGEST:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=LONGEST).at(
            "text"
        )
    await replies.own_if_nobody_does(act, ticket, manager)
    ticket.status, ticket.resolved_at = "resolved", act.event.at
    ticket.solution = solution.strip()
    row = await _log_end(act, ticket, "resolved", solution=ticket.solution)
    await due.put(act, key=f"survey.invite:{row}", kind="survey.invite", due_at=act.now,
                  subject=f"ticket:{ticket.id}", ticket=ticket.id, by=manager.id)  # fmt: skip
    await closing.arm(act, ticket, row)
    await cards.follow(act, ticket)


async def just_heard(turn: Turn, ticket: Ticket) -> Said | None:
    """What the partner wrote so shortly before that whoever solved it cannot have read it."""
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    last = next((row for row in reversed(log) if row.kind in ("heard", "answered")), None)
    if last is None or last.kind == "answered" or last.at < turn.now - UNREAD:
        return None
    return await messages.get(turn.session, last.data["said"])


async def _log_end(act: Act, ticket: Ticket, kind: str, **data: str) -> int:
    row = await tickets.log(act.session, ticket, kind, at=act.event.at, by=act.by, **data)
    row.data = {**row.data, "key": f"{kind}:{row.id}"}
    await act.session.flush()
    return row.id


async def reopen(act: Act, ticket: Ticket) -> bool:
    """One of ours opens it again: a new promise runs from now.

    True for what was closed as no ticket: it goes on as if it had never been closed.
    """
    if ticket.status in tickets.LIVE:
        raise Refused(_m("T-{id} is open: it is being looked after."), id=ticket.id)
    if ticket.merged_into:
        raise Refused(_m("T-{id} is part of T-{other} now. To take it out again: "
                         "/ticket unmerge T-{id}"), id=ticket.id,
                      other=ticket.merged_into)  # fmt: skip
    end = clocks.last_end((await cards.state_of(act, ticket)).log)
    if end is not None and end.kind == "not_a_ticket":
        await _take_back_end(act, ticket, end)
        return True
    await bring_back(act, ticket, "reopened", at=act.event.at, by=act.by)
    return False


async def _take_back_end(act: Act, ticket: Ticket, end: clocks.Entry) -> None:
    """Nobody heard of the end, so nobody hears that it is none: the promise runs as before."""
    await tickets.log(act.session, ticket, "unsent", at=max(act.event.at, end.at), by=act.by,
                      key=end.data["key"])  # fmt: skip
    ticket.status, ticket.resolved_at = (await cards.state_of(act, ticket)).story.phase, None
    await cards.follow(act, ticket)


async def bring_back(turn: Turn, ticket: Ticket, kind: str, *, at: datetime, by: str) -> None:
    """Open again with a new promise; the partner and the owner are told.

    Telegram counts whole seconds: what follows a solution must not stand before it in the log.
    """
    ticket = await tickets.whole(turn.session, ticket)  # they mean what it is a part of
    at = max(at, ticket.resolved_at or at)
    if ticket.status not in tickets.LIVE:
        await due.drop(turn, subject=f"ticket:{ticket.id}")
    ticket.status, ticket.resolved_at = "open", None
    row = await tickets.log(turn.session, ticket, kind, at=at, by=by)
    if kind == "not_solved":
        row.data = {**row.data, "key": f"not_solved:{row.id}"}
    state = await cards.follow(turn, ticket, fresh=True)
    owner = ticket.owner or ticket.partner.owner
    if owner is None or by != f"manager:{owner.id}":
        await tell_reopened(turn, ticket, state, kind, row.id)


async def solved_after_all(act: Act, ticket: Ticket) -> None:
    """The partner takes back that it is not solved: it is solved as before, and closes anew."""
    ticket = await tickets.whole(act.session, ticket)
    log = (await cards.state_of(act, ticket)).log
    said = clocks.denied(log)
    end = clocks.last_end(log)
    if said is None or end is None or ticket.status not in tickets.LIVE:
        raise Refused(TOO_LATE, id=ticket.id)
    row = await tickets.log(act.session, ticket, "unsent", at=max(act.event.at, said.at),
                            by=act.by, key=said.data["key"])  # fmt: skip
    ticket.status, ticket.resolved_at = "resolved", end.at
    await closing.arm(act, ticket, row.id)
    state = await cards.follow(act, ticket)
    await tell_reopened(act, ticket, state, "taken_back", row.id)


async def tell_reopened(
    turn: Turn, ticket: Ticket, state: cards.State, how: str, row: int
) -> None:
    """Whoever solved it believes it is over, and an edited card makes no sound."""
    owner = ticket.owner or ticket.partner.owner
    reader = reader_of_manager(owner) if owner is not None else reader_of_team(turn.config)
    data = cards.facts(turn, ticket, state, reader) | {"how": how}
    data.pop("now")
    await tell(turn, owner, "tickets/reopened.html.j2", f"ticket:{ticket.id}:reopened:{row}",
               **data)  # fmt: skip


async def reopen_due(turn: Turn, items: Sequence[DueWork]) -> None:
    """The contact answered "not solved": whatever became of it since counts."""
    for item in items:
        ticket = await tickets.get(turn.session, item.payload["ticket"])
        if ticket is not None and ticket.status not in tickets.LIVE:
            at = datetime.fromisoformat(item.payload["at"])
            await bring_back(turn, ticket, "not_solved", at=at, by=item.payload["by"])


async def note_due(turn: Turn, items: Sequence[DueWork]) -> None:
    """Something that another feature knows about a ticket is written down: a score, a promise."""
    for item in items:
        ticket = await tickets.get(turn.session, item.payload["ticket"])
        if ticket is None:
            continue
        data = {
            name: value for name, value in item.payload.items() if name not in ("ticket", "what")
        }
        await tickets.log(
            turn.session, ticket, item.payload["what"], at=turn.now, by="bot", **data
        )
        await cards.follow(turn, ticket)


def _open_for(act: Act, ticket: Ticket) -> Manager:
    if act.manager is None:
        raise Refused(_m("That is for our own people only."))
    if ticket.status not in tickets.LIVE:
        raise Refused(NOT_OPEN, id=ticket.id)
    return act.manager

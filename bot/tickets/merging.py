"""Two tickets about one thing become one; the number of the other stays as a second name of it.

What was said stays where it was said, so taking it out again needs no guess. Rules: shared
decisions of SLA semantics, 4.7: the merged one's clocks end, the other keeps the earliest
unanswered message, and whatever is said about the merged one is about the other.
"""

from datetime import datetime
from typing import Any

from bot import outbox, texts
from bot.config_tickets import PRIORITIES
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.reach import tell
from bot.routes import Act
from bot.tickets import cards, clocks, closing, moving, places
from bot.tickets.cards import State
from bot.turn import Turn
from storage import known, promises, tickets
from storage.models_work import Ticket, TicketLog

CHOICES = 20  # tickets to choose from
PART = _m("T-{id} is part of T-{other} already.")


async def choices(turn: Turn, ticket: Ticket) -> list[Ticket]:
    """The other open tickets of the same partner."""
    found = await tickets.live(turn.session, partner_id=ticket.partner_id, limit=CHOICES + 1)
    return [one for one in found if one.id != ticket.id][:CHOICES]


async def check(act: Act, ticket: Ticket, said: Ticket) -> Ticket:
    """What it goes into: what was said, or what that is a part of; raises Refused."""
    target = await tickets.whole(act.session, said)
    if ticket.merged_into:
        raise Refused(PART, id=ticket.id, other=ticket.merged_into)
    if target.id == ticket.id and said.id != ticket.id:
        raise Refused(PART, id=said.id, other=ticket.id)
    if target.id == ticket.id:
        raise Refused(_m("T-{id} cannot be merged with itself. Example: /ticket merge T-14 T-12"),
                      id=ticket.id)  # fmt: skip
    if target.partner_id != ticket.partner_id:
        raise Refused(_m("T-{id} and T-{other} are of two partners, so they stay two. "
                         "Link them: /ticket link T-{id} T-{other}. "
                         "One cause of both is a known issue: /ticket T-{id} link K-4"),
                      id=ticket.id, other=target.id)  # fmt: skip
    _check_live(ticket, target)
    if _on_its_way((await cards.state_of(act, ticket)).log):
        raise Refused(_m("An answer to T-{id} is on its way. Merge it once that has arrived."),
                      id=ticket.id)  # fmt: skip
    return target


def _check_live(ticket: Ticket, target: Ticket) -> None:
    """It goes on in one that is open, and where the partner can be answered."""
    live = ticket.status in tickets.LIVE
    if target.status not in tickets.LIVE and live:
        raise Refused(_m("T-{other} is closed. The other way round it works: /ticket merge "
                         "T-{other} T-{id}"), id=ticket.id, other=target.id)  # fmt: skip
    if target.status not in tickets.LIVE:
        raise Refused(_m("T-{other} is closed. Open it first: /ticket T-{other} reopen"),
                      other=target.id)  # fmt: skip
    if live and ticket.address and not target.address:
        raise Refused(_m("Nobody can be answered under T-{other}. The other way round it works: "
                         "/ticket merge T-{other} T-{id}"),
                      id=ticket.id, other=target.id)  # fmt: skip


def _on_its_way(log: list[TicketLog]) -> bool:
    """Whether an answer can still be taken back, so that nobody knows yet who waits."""
    ended = {row.data["key"] for row in log if row.kind in ("sent", "unsent")}
    return any(row.kind == "answered" and row.data.get("held") and row.data["key"] not in ended
               for row in log)  # fmt: skip


async def preview(act: Act, ticket: Ticket, said: Ticket) -> dict[str, Any]:
    """Data of tickets/merge.html.j2: what would happen, and who sees what."""
    target = await check(act, ticket, said)
    state, theirs = await cards.state_of(act, ticket), await cards.state_of(act, target)
    since = _since(ticket, state)
    mine = await known.of_ticket(act.session, ticket.id)
    its = await known.of_ticket(act.session, target.id)
    meets = await cards.meets_of(act, ticket)
    return {
        "ref": f"T-{ticket.id}", "other": f"T-{target.id}", "value": f"{ticket.id}:{target.id}",
        "partner": ticket.partner.name, "title": ticket.title[:120],
        "other_title": target.title[:120], "now": act.now, "live": ticket.status in tickets.LIVE,
        "since": since if _is_longer(since, theirs) else None,
        "told": meets is not None and not _is_ours(state.log),
        "who": cards.name_of(ticket, state.log),
        "elsewhere": ticket.address != target.address,
        "whom": "" if places.meet(ticket, target) else cards.name_of(target, theirs.log),
        "mine": mine.id if mine is not None else 0, "its": its.id if its is not None else 0,
    }  # fmt: skip


def _since(ticket: Ticket, state: State) -> datetime | None:
    return state.story.waiting_since if ticket.status in tickets.LIVE else None


def _is_longer(since: datetime | None, theirs: State) -> bool:
    """Whether somebody waits there, and nobody has waited longer for the other one."""
    waits = theirs.story.waiting_since
    return since is not None and (waits is None or since < waits)


def _is_ours(log: list[TicketLog]) -> bool:
    """Whether we opened it, so that the partner never read its number."""
    return any(row.kind == "opened" and row.by.startswith("manager:") for row in log)


async def merge(act: Act, ticket: Ticket, said: Ticket) -> Ticket:
    """`ticket` is a part of the other one from now on; returns that."""
    target = await check(act, ticket, said)
    state, theirs = await cards.state_of(act, ticket), await cards.state_of(act, target)
    at = max([act.event.at, *(row.at for row in (*state.log, *theirs.log))])
    parts = await tickets.parts(act.session, ticket.id)
    row = await tickets.log(act.session, ticket, "merged", at=at, by=act.by, other=target.id,
                            was=ticket.status, parts=[one.id for one in parts])  # fmt: skip
    row.data = {**row.data, "key": f"merged:{row.id}"}
    took = await _take_in(act, ticket, target, state, theirs, at)
    ticket.status, ticket.resolved_at = "closed", ticket.resolved_at or at
    ticket.merged_into = target.id
    await _go_along(act, parts, target, at)
    await cards.follow(act, ticket, fresh=ticket.address != target.address)
    await cards.follow(act, target)
    await _say(act, ticket, target, took)
    return target


async def _go_along(act: Act, parts: list[Ticket], target: Ticket, at: datetime) -> None:
    """What was merged before goes where that goes now: nobody has to follow a chain."""
    for one in parts:
        one.merged_into = target.id
        await tickets.log(act.session, one, "goes_along", at=at, by=act.by, other=target.id)
        await cards.follow(act, one)


async def _take_in(
    act: Act, ticket: Ticket, target: Ticket, state: State, theirs: State, at: datetime
) -> TicketLog:  # fmt: skip
    """What the target has of it: who waits since when, how much it matters, whose it is."""
    live, since = ticket.status in tickets.LIVE, _since(ticket, state)
    phases = [(one.name, one.since.isoformat()) for one in state.story.phases]
    data: dict[str, Any] = {"other": ticket.id, "phases": phases if live else [],
                            "since": since.isoformat() if since else "",
                            "longer": _is_longer(since, theirs)}  # fmt: skip
    if live and PRIORITIES.index(ticket.priority) > PRIORITIES.index(target.priority):
        data["value"] = ticket.priority
    if live and target.owner_id is None and ticket.owner_id is not None:
        data["owner"] = target.owner_id = ticket.owner_id
    if since and target.status == "waiting":  # what is on hold waits for somebody else still
        target.status = "open"
    row = await tickets.log(act.session, target, "took_in", at=at, by=act.by, **data)
    row.data = {**row.data, "key": f"took_in:{row.id}"}
    await act.session.flush()
    await act.session.refresh(target, ["owner"])
    issue = await known.of_ticket(act.session, ticket.id)
    if issue is not None and await known.of_ticket(act.session, target.id) is None:
        await known.link(act.session, target.id, issue.id)
        await tickets.log(act.session, target, "known", at=at, by=act.by, known=issue.id,
                          key=row.data["key"])  # fmt: skip
    for promise in await promises.open_of_ticket(act.session, ticket.id):
        promise.ticket_id = target.id
        await tickets.log(act.session, target, "promised", at=at, key=row.data["key"],
                          by=f"manager:{promise.manager_id}", promise=promise.id,
                          until=promise.due_at.isoformat())  # fmt: skip
    return row


async def unmerge(act: Act, ticket: Ticket) -> Ticket:
    """Both are again what they were; what was said meanwhile stays with the other one."""
    if ticket.merged_into is None:
        raise Refused(_m("T-{id} is a ticket of its own."), id=ticket.id)
    log = (await cards.state_of(act, ticket)).log
    row = [one for one in clocks.stands(log) if one.kind in ("merged", "belongs")][-1]
    if row.data["other"] != ticket.merged_into:
        raise Refused(_m("T-{id} came into T-{other} with T-{via}. Take that one out first: "
                         "/ticket unmerge T-{via}"), id=ticket.id, other=ticket.merged_into,
                      via=row.data["other"])  # fmt: skip
    target = await tickets.whole(act.session, ticket)
    if row.kind == "belongs":
        await moving.split(act, target, await moving.newest_of(act, ticket))
        return target
    back = await tickets.log(act.session, ticket, "unsent", at=act.event.at, by=act.by,
                             key=row.data["key"], other=target.id)  # fmt: skip
    ticket.status, ticket.merged_into = row.data["was"], None
    ticket.resolved_at = None if ticket.status in tickets.LIVE else ticket.resolved_at
    parts = await tickets.parts(act.session, target.id)
    took = await _let_go(act, ticket, target)
    if ticket.status == "resolved":
        await closing.arm(act, ticket, back.id)
    await _go_along(act, [one for one in parts if one.id in row.data["parts"]], ticket, back.at)
    await cards.follow(act, ticket)
    await cards.follow(act, target)
    await _say(act, ticket, target, took)
    return target


async def _let_go(act: Act, ticket: Ticket, target: Ticket) -> TicketLog:
    """The target is again what it would be without it."""
    log = clocks.stands((await cards.state_of(act, target)).log)
    took = [one.data for one in log if one.kind == "took_in" and one.data["other"] == ticket.id]
    came = [one for one in log if one.data.get("key") in {data["key"] for data in took}]
    for data in took:
        row = await tickets.log(act.session, target, "unsent", at=act.event.at, by=act.by,
                                key=data["key"], other=ticket.id)  # fmt: skip
    if target.owner_id is not None and target.owner_id == took[0].get("owner"):
        target.owner_id = None
    issue = await known.of_ticket(act.session, target.id)
    if issue is not None and any(one.data.get("known") == issue.id for one in came):
        await known.unlink(act.session, target.id)
        await tickets.log(act.session, target, "unknown", at=act.event.at, by=act.by,
                          known=issue.id)  # fmt: skip
    given = [one.data["promise"] for one in came if one.kind == "promised"]
    for promise in (await promises.many(act.session, given)).values():
        promise.ticket_id = ticket.id
        if promise.state != "open":
            await tickets.log(act.session, ticket, f"promise_{promise.state}", at=act.event.at,
                              by=act.by, promise=promise.id)  # fmt: skip
    await act.session.flush()
    await act.session.refresh(target, ["owner"])
    if target.status == "open" and (await cards.state_of(act, target)).story.phase == "waiting":
        target.status = "waiting"  # the word that had ended it is not part of it any more
    return row


async def _say(act: Act, ticket: Ticket, target: Ticket, row: TicketLog) -> None:
    """Below both cards, and to those whose tickets they are if somebody else did it."""
    for one in (ticket, target):
        meets = await cards.thread_of(act, one)
        if meets is None:
            continue
        message = texts.render("tickets/merged_there.html.j2", meets.reader, now=act.now,
                               **_data(act, ticket, target, row), here=one.id)  # fmt: skip
        await outbox.owe(act, meets.address, message, key=f"ticket:{one.id}:merged:{row.id}",
                         subject=f"ticket:{one.id}:thread", cls=Class.TICKET)  # fmt: skip
    owners = {one.owner.id: one.owner for one in (ticket, target) if one.owner is not None}
    for owner in owners.values():
        if act.manager is None or owner.id != act.manager.id:
            await tell(act, owner, "tickets/merged_there.html.j2",
                       f"merged:{row.id}:to:{owner.id}",
                       **_data(act, ticket, target, row), here=0)  # fmt: skip


def _data(act: Act, ticket: Ticket, target: Ticket, row: TicketLog) -> dict[str, Any]:
    since = row.data["since"] if row.data.get("longer") else ""
    return {
        "how": row.kind, "ref": f"T-{ticket.id}", "other": f"T-{target.id}", "id": ticket.id,
        "target": target.id, "partner": ticket.partner.name, "title": ticket.title[:120],
        "by": act.manager.name if act.manager is not None else "",
        "since": datetime.fromisoformat(since) if since else None,
    }  # fmt: skip

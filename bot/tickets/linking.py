"""Two tickets that have to do with each other: whoever looks at one is led to the other.

Only we know of it, since they may be of two partners: no clock, card or message follows from it.
A link stands in both logs and nowhere else. What was merged has its own there still, so it brings
its links along, and takes them with it when it is taken out again.
"""

from collections.abc import Iterable
from typing import Any

from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act
from bot.turn import Turn
from storage import tickets
from storage.models_work import Ticket

SHOWN = 5  # tickets on one line
LINKED, UNLINKED = "linked", "unlinked"
KINDS = (LINKED, UNLINKED)
Pairs = list[tuple[int, int]]


def pairs(rows: Iterable[tickets.Happened]) -> Pairs:
    """Which ticket is linked with which, as their logs tell it."""
    found: dict[tuple[int, int], None] = {}
    for row in rows:
        pair = (row.ticket_id, int(row.data["other"]))
        if row.kind == LINKED:
            found[pair] = None
        else:
            found.pop(pair, None)
    return list(found)


async def link(act: Act, ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """These two have to do with each other; returns the two that are meant."""
    one, two = await _meant(act, ticket, other)
    if await _between(act, one, two):
        raise Refused(_m("T-{id} and T-{other} are linked already."), id=one.id, other=two.id)
    await _note(act, LINKED, one, two)
    return one, two


async def unlink(act: Act, ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """They have not, after all; also if what is linked was merged into one of them."""
    one, two = await _meant(act, ticket, other)
    found = await _between(act, one, two)
    if not found:
        raise Refused(_m("T-{id} and T-{other} are not linked."), id=one.id, other=two.id)
    known = await tickets.many(act.session, [number for pair in found for number in pair])
    for mine, its in found:
        await _note(act, UNLINKED, known[mine], known[its])
    return one, two


async def related(turn: Turn, ticket: Ticket) -> list[Ticket]:
    """What is linked with a ticket, and with what was merged into it: the open, the newest first.

    Of what was merged, the ticket of which it is a part.
    """
    own = await tickets.whole(turn.session, ticket)
    ids = {its for _, its in await _pairs(turn, await _with_parts(turn, ticket))}
    found = await tickets.many(turn.session, sorted(ids))
    wholes = await tickets.many(
        turn.session, sorted({one.merged_into or one.id for one in found.values()})
    )
    others = (one for one in wholes.values() if one.id != own.id)
    return sorted(others, key=lambda one: (one.status not in tickets.LIVE, -one.id))


async def shown(turn: Turn, ticket: Ticket) -> dict[str, Any]:
    """Data of tickets/related.html.j2."""
    found = await related(turn, ticket)
    return {
        "ticket": ticket, "beyond": max(0, len(found) - SHOWN),
        "related": [{"id": one.id, "ref": f"T-{one.id}", "status": one.status,
                     "partner": one.partner.name} for one in found[:SHOWN]],
    }  # fmt: skip


async def _meant(act: Act, ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Of what was merged, the ticket of which it is a part; raises Refused if both are one."""
    one, two = [await tickets.whole(act.session, said) for said in (ticket, other)]
    if ticket.id == other.id:
        raise Refused(_m("T-{id} cannot be linked with itself. Example: /ticket link T-12 T-20"),
                      id=ticket.id)  # fmt: skip
    if one.id == two.id:
        part = ticket if ticket.merged_into else other
        raise Refused(_m("T-{id} is part of T-{other} now. To take it out again: "
                         "/ticket unmerge T-{id}"), id=part.id, other=one.id)  # fmt: skip
    return one, two


async def _between(act: Act, one: Ticket, two: Ticket) -> Pairs:
    """The links of these two and of what was merged into them."""
    its = await _with_parts(act, two)
    return [pair for pair in await _pairs(act, await _with_parts(act, one)) if pair[1] in its]


async def _with_parts(turn: Turn, ticket: Ticket) -> list[int]:
    return [ticket.id, *(one.id for one in await tickets.parts(turn.session, ticket.id))]


async def _pairs(turn: Turn, ids: list[int]) -> Pairs:
    return pairs(await tickets.happened(turn.session, ids, KINDS))


async def _note(act: Act, kind: str, one: Ticket, two: Ticket) -> None:
    """At one moment in both logs, and never before what was done about these two so far."""
    rows = await tickets.happened(act.session, [one.id, two.id], KINDS)
    at = max([act.event.at, *(row.at for row in rows)])
    for mine, its in ((one, two), (two, one)):
        await tickets.log(act.session, mine, kind, at=at, by=act.by, other=its.id)

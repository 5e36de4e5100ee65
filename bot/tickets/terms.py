"""Other promises or steps are in force: tickets that are open follow them; their logs say so.

By other settings for all of them, by another tier or zone for a partner's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import due
from bot.config import Config
from bot.due import DueKinds
from bot.marks import _m
from bot.partners.service import IMPORT
from bot.tickets import cards, policy, telling
from bot.turn import Turn
from storage import tickets
from storage.models_delivery import DueWork
from storage.models_work import Ticket

SLICE = 50  # tickets of one transaction: each may edit a card
# Raised when the bot plans ahead for a ticket in another way: what was open before the upgrade is
# planned anew at its first start. 2 = somebody is reminded before a promise is due. 3 = partners
# are reminded that we wait for them.
PLAN = 3

due_kinds = DueKinds()


async def arm(turn: Turn) -> None:
    """Look at all open tickets once for each version of the settings, and after an upgrade."""
    version = turn.config.version
    await due.put(turn, key=f"ticket.terms:{version}:{PLAN}", kind="ticket.terms",
                  due_at=turn.now, version=version, after=0)  # fmt: skip


@due_kinds.kind(
    "ticket.terms", says=_m("The settings or a partner changed: promises are looked at again.")
)
async def follow(turn: Turn, items: Sequence[DueWork]) -> None:
    """A slice of the open tickets, by id; then the next one."""
    for item in items:
        if item.payload["version"] != turn.config.version:
            continue  # a newer version looks at all of them anyway
        found = await tickets.live_after(turn.session, item.payload["after"], SLICE,
                                         item.payload.get("partner"))  # fmt: skip
        logs = await tickets.logs(turn.session, [ticket.id for ticket in found])
        states = [(one, cards.read(turn, one, logs[one.id])) for one in found]
        known = {turn.config.version: turn.config}
        await telling.learn(turn, [state.story for _, state in states], known)
        for ticket, state in states:
            await _follow(turn, ticket, state, known, item.payload.get("by", "bot"))
        if len(found) == SLICE:
            payload = {**item.payload, "after": found[-1].id}
            await due.put(turn, key=item.key, kind=item.kind, due_at=turn.now, **payload)


async def _follow(
    turn: Turn, ticket: Ticket, state: cards.State, known: Mapping[int, Config], by: str
) -> None:
    """Recomputed from the log: the pauses served stay, a promise may be broken at once.

    The log says so also where nothing is due now: a clock that ends is judged by what it says.
    """
    terms = policy.terms(turn.config, cards.case_of(ticket, state.story))
    before = telling.terms_in(known, turn.config, ticket, state.story)(turn.now)
    promised = state.promise.due if state.promise is not None else None
    if promised == ticket.due_at and _is_same(before, terms):
        await cards.watch(turn, ticket, state)
        return
    await tickets.log(turn.session, ticket, "policy", at=turn.now,
                      by="bot" if by == IMPORT else by, version=turn.config.version,
                      policy=terms.policy if terms is not None else "",
                      tier=ticket.partner.tier, zone=ticket.partner.zone,
                      **{"cause": IMPORT} if by == IMPORT else {})  # fmt: skip
    await cards.follow(turn, ticket)


def _is_same(before: policy.Terms | None, now: policy.Terms | None) -> bool:
    """Whether the same is promised, in whichever version of the settings."""
    if before is None or now is None:
        return before is now
    return replace(before, version=now.version) == now

"""Handing over: partners, tickets and meetings of one manager go to another, and back if undone.

Shown first, then done in slices as due work, so that nobody waits for a big one.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot import due
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import check_receives, is_away
from bot.partners.reach import tell
from bot.routes import Act, Role
from bot.tickets import cards, today
from bot.turn import Turn
from storage import handovers, settings, tickets
from storage.ids import row_id
from storage.models_delivery import DueWork
from storage.models_people import Manager
from storage.models_work import Handover, Ticket

SLICE = {"partner": 500, "meeting": 500, "ticket": 20}  # each ticket edits a card
UNDO = timedelta(days=1)
GONE = _m("That is decided already.")

due_kinds = DueKinds()


async def draft(act: Act, giver: Manager, taker: Manager) -> tuple[Handover, dict[str, int]]:
    """What would go; nothing happens yet."""
    if act.manager is None or (giver.id != act.manager.id and act.role < Role.LEAD):
        raise Refused(_m("Only a lead can hand over what is somebody else's."))
    if giver.id == taker.id:
        raise Refused(_m("To whom? Example: /liaison hand-over @Lin"))
    check_receives(taker)
    if is_away(act, taker):
        raise Refused(_m("{name} is away too. Who else?"), name=taker.name)
    found = await handovers.owned(act.session, giver.id)
    if not any(found.values()):
        raise Refused(_m("{name} looks after nothing."), name=giver.name)
    handover = Handover(giver_id=giver.id, taker_id=taker.id, by_id=act.manager.id, state="draft",
                        at=act.now)  # fmt: skip
    return await handovers.add(act.session, handover), found


async def begin(act: Act, value: str) -> Handover:
    """[Hand over] was pressed."""
    return await _go(act, value, "draft", "going")


async def undo(act: Act, value: str) -> Handover:
    """What is still the taker's goes back."""
    return await _go(act, value, "done", "undoing")


async def cancel(act: Act, value: str) -> None:
    (await _mine(act, value, "draft")).state = "undone"


async def _go(act: Act, value: str, before: str, after: str) -> Handover:
    handover = await _mine(act, value, before)
    handover.state, handover.at = after, act.now
    await due.put(act, key=f"handover:{handover.id}:{after}", kind="manager.hand_over",
                  due_at=act.now, handover=handover.id)  # fmt: skip
    await settings.note(act.session, who=act.by, what=f"manager.{after}", now=act.now,
                        subject=f"manager:{handover.giver_id}", to=handover.taker_id)  # fmt: skip
    return handover


async def _mine(act: Act, value: str, state: str) -> Handover:
    handover = await handovers.get(act.session, row_id(value))
    mine = handover is not None and act.manager is not None and handover.by_id == act.manager.id
    if handover is None or not mine or handover.state != state:
        raise Refused(GONE)
    if act.now - handover.at > UNDO:
        raise Refused(_m("That was too long ago."))
    return handover


@due_kinds.kind("manager.hand_over", says=_m("Partners, tickets and meetings are handed over."))
async def go_on(turn: Turn, items: Sequence[DueWork]) -> None:
    """The next slice; when nothing is left, those concerned are told."""
    for item in items:
        handover = await handovers.get(turn.session, item.payload["handover"])
        if handover is None or handover.state not in ("going", "undoing"):
            continue
        if await _slice(turn, handover):
            await due.put(turn, key=item.key, kind=item.kind, due_at=turn.now, **item.payload)
        else:
            await _finish(turn, handover)


async def _slice(turn: Turn, handover: Handover) -> bool:
    """Whether there was anything left to do."""
    back = handover.state == "undoing"
    giver, taker = handover.giver, handover.taker
    if back:
        giver, taker = taker, giver
    for kind in handovers.KINDS:
        if back:
            ids = await handovers.handed(turn.session, handover, kind, SLICE[kind])
        else:
            ids = await handovers.next_of(turn.session, kind, giver.id, SLICE[kind])
        if not ids:
            continue
        if kind == "ticket":
            await _give_tickets(turn, handover, ids, giver, taker)
        else:
            await handovers.give(turn.session, kind, ids, giver.id, taker.id)
        record = handovers.forget if back else handovers.keep
        await record(turn.session, handover, kind, ids)
        return True
    return False


async def _give_tickets(
    turn: Turn, handover: Handover, ids: Sequence[int], giver: Manager, taker: Manager
) -> None:
    found = await tickets.many(turn.session, ids)
    for ticket in found.values():
        if ticket.owner_id == giver.id:
            await _give(turn, handover, ticket, taker)


async def _give(turn: Turn, handover: Handover, ticket: Ticket, taker: Manager) -> None:
    ticket.owner_id = taker.id
    await turn.session.flush()
    await turn.session.refresh(ticket, ["owner"])
    which = "handed_back" if handover.state == "undoing" else "handover"
    await tickets.log(turn.session, ticket, "taken", at=turn.now, by=f"manager:{handover.by_id}",
                      owner=taker.id, **{which: handover.id})  # fmt: skip
    await cards.follow(turn, ticket)


async def _finish(turn: Turn, handover: Handover) -> None:
    done = handover.state == "going"
    handover.state, handover.at = ("done" if done else "undone"), turn.now
    counts = await handovers.counted(turn.session, handover)
    concerned = {one.id: one for one in (handover.giver, handover.taker, handover.by)}
    for one in concerned.values():
        await today.refresh(turn, one)
        await tell(turn, one, "tickets/handed_over.html.j2",
                   f"handover:{handover.id}:{handover.state}:{one.id}", done=done, counts=counts,
                   giver=handover.giver.name, taker=handover.taker.name,
                   undo=handover.id if done and one.id == handover.by_id else 0)  # fmt: skip

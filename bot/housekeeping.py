"""Forgets what nobody needs any more, a slice at a time: old marks of events, sent payloads,
old decisions of the contact policy.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot import due as due_work
from bot.due import DueKinds
from bot.outbox import Class
from bot.turn import Turn
from storage import claims, decisions, events
from storage import due_work as rows
from storage.models_delivery import DueWork

KEY = "housekeeping"
EVERY = timedelta(hours=24)
SOON = timedelta(seconds=1)  # between slices, so that no write transaction lasts over 100 ms
SLICE = 1_000  # rows
PAYLOADS_KEPT = timedelta(days=7)  # personal text stands in the messages table, not here
DECISIONS_KEPT = timedelta(days=90)  # of the contact policy; people ask for the last 30

due = DueKinds()


@due.kind("housekeeping", says="", cls=Class.DIGEST)
async def housekeep(turn: Turn, items: Sequence[DueWork]) -> None:
    """One slice; at once again while there is more."""
    forgotten = await events.forget_old(turn.session, turn.now, SLICE)
    emptied = await claims.empty_old(turn.session, turn.now - PAYLOADS_KEPT, SLICE)
    dropped = await decisions.forget_old(turn.session, turn.now - DECISIONS_KEPT, SLICE)
    more = SLICE in (forgotten, emptied, dropped)
    for item in items:
        await due_work.put(turn, key=item.key, kind=item.kind,
                           due_at=turn.now + (SOON if more else EVERY))  # fmt: skip


async def arm(turn: Turn) -> None:
    """Have it run; called at each start, which must not put it off again and again."""
    if not await rows.is_waiting(turn.session, KEY):
        await due_work.put(turn, key=KEY, kind="housekeeping", due_at=turn.now + EVERY)

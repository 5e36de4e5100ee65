"""After an outage of ours the admins are told, unasked: how long it was, what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import due, outbox, texts
from bot.due import DueKinds
from bot.late import TOO_LATE
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import admins, manager_meets
from bot.turn import Turn
from storage import deliveries, due_work
from storage.deliveries import Fate
from storage.models_delivery import DueWork

SUBJECT = "restart"
QUIET = timedelta(seconds=60)  # a stop that was no longer, with nothing in doubt, is not told
LOOK = timedelta(seconds=15)  # Slack is asked not sooner than 10 s after a call
LOOKS = 8  # then it is told as it stands: two minutes

due_kinds = DueKinds()


async def resumed(
    turn: Turn, before: datetime | None, real: datetime, *, clean: bool, doubtful: Sequence[int]
) -> None:
    """A sender begins. `before` is when the last one was seen, `doubtful` what it left open.

    Both platforms' senders begin at about the same time: what they found is told together.
    """
    if before is None or (real - before < QUIET and not doubtful):
        return
    since, until = (turn.now - (real - before)).isoformat(), turn.now.isoformat()
    known = await due_work.waiting_of(turn.session, SUBJECT)
    found: dict[str, Any] = dict(known.payload) if known is not None else {
        "since": since, "until": until, "clean": True, "ids": [], "looks": 0,
    }  # fmt: skip
    found |= {"since": min(found["since"], since), "until": max(found["until"], until),
              "clean": found["clean"] and clean,
              "ids": [*found["ids"], *doubtful]}  # fmt: skip
    key = known.key if known is not None else f"{SUBJECT}:{until}"
    await due.put(turn, key=key, kind="restart.report", subject=SUBJECT, due_at=turn.now + LOOK,
                  **found)  # fmt: skip


@due_kinds.kind("restart.report", says=_m("What an outage left behind is told."))
async def report(turn: Turn, items: Sequence[DueWork]) -> None:
    """Once it is known what became of everything in doubt, or after a while as it stands."""
    for item in items:
        told = item.payload
        fate = await deliveries.fate(turn.session, told["ids"])
        if fate.open and told["looks"] < LOOKS:
            later = told | {"looks": told["looks"] + 1}
            await due.put(turn, key=item.key, kind=item.kind, subject=SUBJECT,
                          due_at=turn.now + LOOK, **later)  # fmt: skip
            continue
        await _tell(turn, item.key, told, fate)


async def _tell(turn: Turn, key: str, told: dict[str, Any], fate: Fate) -> None:
    since, until = (datetime.fromisoformat(told[name]) for name in ("since", "until"))
    late = await deliveries.owed_within(turn.session, since, until)
    caught_up = await due_work.done_late(turn.session, since, until)
    failed = await deliveries.ended_since(turn.session, until, "dead")
    useless = await deliveries.ended_since(turn.session, until, "skipped", TOO_LATE)
    for admin in await admins(turn):
        meets = await manager_meets(turn, admin)
        if meets is None:
            continue
        message = texts.render(
            "partners/restart.html.j2", meets.reader, since=since, until=until, late=late,
            off=until - since, clean=told["clean"], fate=fate, caught_up=caught_up, now=turn.now,
            failed=failed, useless=useless,
        )  # fmt: skip
        await outbox.owe(turn, meets.address, message, key=f"{key}:{admin.id}", subject=SUBJECT,
                         cls=Class.TICKET)  # fmt: skip

"""What could not be delivered, in words: to whom, why, and all of a burst in one message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import due, outbox, texts
from bot.chat import Address
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import admins, manager_meets
from bot.routes import Act
from bot.turn import Turn
from storage import deliveries, due_work, people, settings
from storage.models_delivery import Delivery, DueWork

BUNDLE = timedelta(minutes=15)  # what ends badly so soon after is told in the same message
NAMED = 5  # of a burst; the others are counted
SUBJECT = "trouble"
WHAT = (_m("a message"), _m("a ticket's message"), _m("a reminder"), _m("a survey"), _m("news"))

REASONS = (  # the first that a reason contains; what matches none is shown as it was noted
    ("blocked", _m("They have blocked the bot.")),
    ("unreachable", _m("The chat is gone, or the bot is not in it.")),
    ("rejected", _m("The platform refused it.")),
    ("gave up", _m("It was tried for over an hour, without success.")),
    ("restored from a backup", _m("A backup was put back: it may have gone before.")),
)
NO_ANSWER = _m("No answer came, and it cannot be looked up.")

due_kinds = DueKinds()


@due_kinds.kind("trouble.over", says="")
async def over(turn: Turn, items: Sequence[DueWork]) -> None:
    """The message about a burst is complete: what comes next begins another one."""


async def tell_admins(turn: Turn, rows: Sequence[dict[str, str]]) -> None:
    """Name what the bot cannot mend by itself; a burst is one message that grows.

    A row says {"state", "what", "whom", "reason", "key", "at"}. A word about trouble that could
    not be delivered is not told: the log has it.
    """
    rows = [row for row in rows if not row["key"].startswith(f"{SUBJECT}:")]
    if not rows:
        return
    open_ = await due_work.waiting_of(turn.session, SUBJECT)
    before: dict[str, Any] = open_.payload if open_ is not None else {
        "since": min(row["at"] for row in rows), "count": 0, "rows": [], "unverified": 0,
    }  # fmt: skip
    told: dict[str, Any] = {
        "since": before["since"], "count": before["count"] + len(rows),
        "rows": [*before["rows"], *rows][:NAMED],
        "unverified": before["unverified"] + sum(row["state"] == "unverified" for row in rows),
    }  # fmt: skip
    key = f"{SUBJECT}:{told['since']}"
    await due.put(turn, key=key, kind="trouble.over", subject=SUBJECT,
                  due_at=datetime.fromisoformat(told["since"]) + BUNDLE, **told)  # fmt: skip
    for admin in await admins(turn):
        meets = await manager_meets(turn, admin)
        if meets is None:
            continue
        message = texts.render("partners/trouble.html.j2", meets.reader, **told,
                               more=told["count"] - len(told["rows"]))  # fmt: skip
        slot = f"{key}:{admin.id}"
        await outbox.owe(turn, meets.address, message, key=f"{slot}:{told['count']}",
                         subject=slot, cls=Class.TICKET, slot=slot)  # fmt: skip


def why(state: str, reason: str) -> str:
    """A delivery's bad end in plain words, as a marked sentence; else the reason as it stands."""
    found = next((words for mark, words in REASONS if mark in reason), reason)
    return NO_ANSWER if state == "unverified" and found == reason else found


async def described(turn: Turn, rows: Sequence[Delivery]) -> list[dict[str, str]]:
    """Deliveries in plain words, with few queries however many they are."""
    addresses = {row.address: Address.parse(row.address) for row in rows}
    names = await people.names_at(turn.session, list(addresses.values()))
    return [
        {"state": row.state, "what": WHAT[row.cls], "reason": row.reason, "key": row.key,
         "why": why(row.state, row.reason),
         "at": (row.done_at or turn.now).isoformat(), "whom": names.get(row.address, row.address)}
        for row in rows
    ]  # fmt: skip


async def send_again(act: Act, since: datetime) -> int:
    """What is unverified since then goes once more; returns how many."""
    why = f"sent again by {act.by}"
    found = await deliveries.send_again(act.session, why, states=("unverified",), since=since)
    await settings.note(act.session, who=act.by, what="delivery.again", subject=SUBJECT,
                        now=act.now, keys=found[:NAMED], count=len(found))  # fmt: skip
    return len(found)


def about_work(turn: Turn, key: str, error: str) -> dict[str, str]:
    """Due work that was given up, as a row of tell_admins."""
    return {"state": "given_up", "what": "", "whom": "", "reason": error, "key": key,
            "at": turn.now.isoformat()}  # fmt: skip

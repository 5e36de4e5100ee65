"""A command, a button and a due kind of the test's own: every run of them leaves a row."""

from collections.abc import Sequence

import bot.app
from bot import outbox, texts
from bot.chat import Address
from bot.clock import new_id
from bot.due import DueKind
from bot.outbox import Class
from bot.routes import Act, Reply, Role, Routes, merge
from bot.turn import Turn
from storage.models_delivery import DueWork

DECIDED, PRESSED, NOTED = "decided", "pressed", "noted"
routes = Routes()


@routes.button("probe.press", role=Role.ANYONE)
async def press(act: Act, value: str) -> Reply:
    await leave_row(act, PRESSED, value, act.event.where)
    return None


@routes.command("probe note", role=Role.ANYONE, help="A probe.", args="words:text", default=True)
async def note(act: Act, words: str) -> Reply:
    await leave_row(act, NOTED, words, act.event.where)
    return None


async def decide(turn: Turn, items: Sequence[DueWork]) -> None:
    for item in items:
        await leave_row(turn, DECIDED, item.key, Address.parse(item.payload["to"]))


async def leave_row(turn: Turn, what: str, name: str, to: Address) -> None:
    """A key that a second run would not meet: it would be seen."""
    key = f"{what}:{name}:{new_id()}"
    await outbox.owe(turn, to, texts.plain_message(f"{what} {name}"), key=key, subject=key,
                     cls=Class.TICKET)  # fmt: skip


def install() -> None:
    """Have the bot know them."""
    bot.app.ROUTES = merge([bot.app.ROUTES, routes])
    bot.app.DUE.add(DueKind("probe.decide", "A probe.", decide))

"""What was owed in a test, what stands on a screen, and what the operator's tables say."""

from sqlalchemy import select

from bot import outbox
from bot.chat import Address
from bot.outbox import Class
from bot.texts import plain_message
from storage import outbox as rows
from storage.claims import OPEN_STATES
from storage.models_delivery import Delivery
from tests.conversations.stage import Stage


async def owe(stage: Stage, to: Address, words: str, cls: Class = Class.TICKET) -> None:
    async with stage.turn() as turn:
        await outbox.owe(turn, to, plain_message(words), key=words, subject=words,
                         cls=cls)  # fmt: skip


async def row(stage: Stage, key: str) -> Delivery:
    async with stage.app.database.reading() as session:
        found = await rows.find(session, key)
    assert found is not None
    return found


async def nothing_is_open(stage: Stage) -> bool:
    """Every row that was owed has come to its end."""
    async with stage.app.database.reading() as session:
        found = await session.scalars(
            select(Delivery.key).where(
                Delivery.state.in_(OPEN_STATES), Delivery.not_before.is_(None)
            )
        )
        return not list(found)


async def answers(stage: Stage, platform: str) -> int:
    """How many commands that nobody knows were answered."""
    async with stage.app.database.reading() as session:
        keys = await session.scalars(select(Delivery.key))
        kinds = (f"reply:{platform}:", f"refused::{platform}:")
        return sum(key.startswith(kinds) for key in keys)


def times_said(stage: Stage, platform: str, words: str) -> int:
    """New messages of the bot's with exactly these words."""
    return sum(entry.by_bot and entry.kind == "new" and entry.platform == platform
               and entry.text == words for entry in stage.journal.entries)  # fmt: skip

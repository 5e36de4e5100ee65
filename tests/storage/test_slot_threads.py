"""What goes into the thread of a message waits until that message is posted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.chat import Address, Message, Part
from bot.clock import Clock
from bot.config import load
from bot.outbox import Class, owe
from bot.turn import Turn
from storage import claims, marks
from storage.claims import Mark
from storage.db import Database
from storage.gates import Gates

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
CARD = Address("slack", "C1")
THREAD = Address("slack", "C1", "slot:ticket:12:card")
CONFIG = load(Path(__file__).parents[2] / "liaison.toml")


async def _claim(database: Database) -> list[claims.Claimed]:
    async with database.marking() as session:
        return await claims.claim(session, "slack", now=NOW, real=NOW, limit=8,
                                  gates=Gates(), choose=list,
                                  lease=timedelta(seconds=90), epoch=0)  # fmt: skip


def test_an_address_in_a_named_thread_reads_back() -> None:
    assert Address.parse(str(THREAD)) == THREAD
    assert Address.parse(str(CARD)) == CARD
    assert Address.parse("slack:home:U1:") == Address("slack", "home:U1")


async def test_a_row_waits_for_the_first_message_of_its_thread(database_url: str) -> None:
    database = Database(database_url, Clock())
    async with database.transaction() as (session, _):
        turn = Turn(session, NOW, CONFIG)
        said = Message((Part("below"),))
        await owe(turn, THREAD, said, key="below", subject="a", cls=Class.INTERACTIVE)
    assert await _claim(database) == []
    async with database.reading() as session:
        assert await claims.idle(session, NOW, NOW)
    async with database.transaction() as (session, _):
        turn = Turn(session, NOW, CONFIG)
        await owe(turn, CARD, Message((Part("card"),)), key="card", subject="b",
                  cls=Class.TICKET, slot="ticket:12:card")  # fmt: skip
    (card,) = await _claim(database)
    assert (card.key, await _claim(database)) == ("card", [])
    async with database.marking() as session:
        await marks.mark(session, [Mark(card, "sent", platform_id="171.5")], NOW, 0)
    (below,) = await _claim(database)
    assert Address.parse(below.address) == Address("slack", "C1", "171.5")
    async with database.marking() as session:
        await marks.mark(session, [Mark(below, "in_doubt")], NOW, 0)
        (again,) = await claims.in_doubt(session, "slack", NOW, 8, 0)
    assert again.address == "slack:C1:171.5"
    await database.close()

"""What nobody needs any more is forgotten, a slice at a time."""

from datetime import datetime

from sqlalchemy import select

from bot import housekeeping, outbox
from bot.chat import Address, Message, Part
from bot.outbox import Class
from storage import events
from storage import outbox as rows
from storage.models_delivery import DueWork
from tests.conversations.stage import Stage


async def test_old_marks_and_payloads_go_young_ones_stay(stage: Stage) -> None:
    async with stage.turn() as turn:
        await events.first_time(turn.session, "test:old", turn.now)
        await outbox.owe(turn, Address("slack", "C0TEAM"), Message((Part("hello"),)), key="old",
                         subject="s", cls=Class.TICKET)  # fmt: skip
    await stage.settle()
    await stage.later(days=8)
    async with stage.turn() as turn:
        assert await events.first_time(turn.session, "test:old", turn.now)
        row = await rows.find(turn.session, "old")
        assert row is not None
        assert (row.state, row.payload) == ("sent", {})
        await events.first_time(turn.session, "test:young", turn.now)
    await stage.later(hours=25)
    async with stage.turn() as turn:
        assert not await events.first_time(turn.session, "test:young", turn.now)


async def test_a_restart_does_not_put_it_off(stage: Stage) -> None:
    async def due_at() -> datetime:
        async with stage.app.database.reading() as session:
            row = await session.scalar(select(DueWork).where(DueWork.key == housekeeping.KEY))
            assert row is not None
            return row.due_at

    first = await due_at()
    await stage.later(hours=5)
    async with stage.turn() as turn:
        await housekeeping.arm(turn)
    assert await due_at() == first

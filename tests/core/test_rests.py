"""When a platform asked to wait, the next process waits too, where it was asked to."""

import asyncio
import time

import pytest

from bot import outbox
from bot.chat import Address, Platform
from bot.outbox import Class
from bot.texts import plain_message
from sandbox.faults import Fault
from storage import outbox as rows
from storage.rests import resting
from tests.conversations.stage import Stage

TOLD = 3.0  # seconds
PLACES: dict[Platform, tuple[str, str, str]] = {
    "telegram": ("sendMessage", "700000011", "700137003"),
    "slack": ("chat.postMessage", "C0TEAM", "C0TRIAGE"),
}


async def owe(stage: Stage, to: Address, key: str) -> None:
    async with stage.turn() as turn:
        await outbox.owe(turn, to, plain_message(key), key=key, subject=key, cls=Class.TICKET)


@pytest.mark.parametrize("platform", ["telegram", "slack"])
async def test_a_rest_outlives_the_process_that_was_told(stage: Stage, platform: Platform) -> None:
    method, chat, elsewhere = PLACES[platform]
    if platform == "telegram":
        for name in ("Jo Weber", "王伟"):
            await stage.telegram_person(name).starts()
    await stage.settle()
    emulator = stage.telegram if platform == "telegram" else stage.slack
    emulator.faults.add(Fault("flood", on=method, seconds=TOLD))
    told, here = time.monotonic(), Address(platform, chat)
    await owe(stage, here, "refused")
    async with asyncio.timeout(5):
        while not await asked_to_rest(stage, platform):
            await asyncio.sleep(0.01)
    await stage.outage(hours=0)
    await owe(stage, here, "after the rest")
    await owe(stage, Address(platform, elsewhere), "elsewhere")
    await stage.journal.wait_for(lambda entry: entry.by_bot and entry.text == "elsewhere")
    assert time.monotonic() - told < TOLD  # who was not told to wait does not
    await stage.journal.wait_for(lambda entry: entry.by_bot and entry.text == "after the rest")
    assert time.monotonic() - told >= TOLD - 0.05
    await stage.journal.wait_for(lambda entry: entry.by_bot and entry.text == "refused")
    await stage.settle()
    async with stage.app.database.reading() as session:
        row = await rows.find(session, "refused")
        assert row is not None
        assert (row.state, row.attempts) == ("sent", 2)


async def asked_to_rest(stage: Stage, platform: str) -> bool:
    async with stage.app.database.reading() as session:
        return bool(await resting(session, platform, stage.app.clock.real()))

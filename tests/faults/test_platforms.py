"""Faults of the platforms: what people saw, what the operator saw, and that nothing was lost."""

import time

import pytest

from bot import metrics
from bot.chat import Address
from bot.clock import pause
from bot.outbox import Class
from bot.platforms.telegram import account
from sandbox.faults import Fault, FaultKind
from tests.conversations.stage import Stage, staged
from tests.faults.seen import answers, nothing_is_open, owe, row, times_said

JO = "Jo Weber"
ROOMS = ("C0TEAM", "C0TRIAGE")


async def test_telegram_answers_500_and_jo_sees_it_once(stage: Stage) -> None:
    jo = stage.telegram_person(JO)
    await jo.starts()
    await stage.settle()
    stage.telegram.faults.add(Fault("error_500", on="sendMessage"))
    await owe(stage, Address("telegram", jo.id), "your price list")
    await jo.sees("your price list")
    await stage.settle()
    assert times_said(stage, "telegram", "your price list") == 1
    found = await row(stage, "your price list")
    assert (found.state, found.attempts) == ("sent", 2)


@pytest.mark.parametrize(("kind", "copies"), [("timeout", 1), ("slow_after", 2)])
async def test_telegram_is_silent_for_too_long(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, kind: FaultKind, copies: int
) -> None:
    """Nobody can ask Telegram: what is urgent goes again, and may then stand there twice."""
    monkeypatch.setattr(account, "READ", 0.3)
    async with staged(sqlite_url) as stage:
        jo = stage.telegram_person(JO)
        await jo.starts()
        await stage.settle()
        stage.telegram.faults.add(Fault(kind, on="sendMessage", seconds=1.0))
        await owe(stage, Address("telegram", jo.id), "are you there?")
        await stage.settle()
        await pause(1.0)
        assert times_said(stage, "telegram", "are you there?") == copies
        assert (await row(stage, "are you there?")).state == "sent"


async def test_news_without_an_answer_wait_for_a_person(stage: Stage) -> None:
    """Done, and the answer dropped: the admins are told, and nothing is doubled behind them."""
    jo, chen = stage.telegram_person(JO), stage.manager("Chen")
    await jo.starts()
    await stage.settle()
    stage.telegram.faults.add(Fault("drop_after", on="sendMessage"))
    stage.acted()
    await owe(stage, Address("telegram", jo.id), "the news", Class.DIGEST)
    await stage.settle()
    assert times_said(stage, "telegram", "the news") == 1
    assert (await row(stage, "the news")).state == "unverified"
    await chen.sees("the news")


async def test_slack_without_an_answer_is_looked_up(stage: Stage) -> None:
    """500 before, closed before, closed after: each stands there once, ten seconds later."""
    faults: tuple[FaultKind, ...] = ("error_500", "drop_before", "drop_after")
    began = time.monotonic()
    for number, kind in enumerate(faults):
        stage.slack.faults.add(Fault(kind, on="chat.postMessage"))
        await owe(stage, Address("slack", ROOMS[number % 2]), f"after {kind}")
    while not await nothing_is_open(stage):
        assert time.monotonic() - began < 60
        await pause(0.1)
    assert time.monotonic() - began > 10
    assert [times_said(stage, "slack", f"after {kind}") for kind in faults] == [1, 1, 1]


async def test_a_socket_that_breaks_loses_no_word(stage: Stage) -> None:
    lin = stage.manager("Lin")
    room = stage.slack.dm(lin.id).id
    stage.slack.faults.add(Fault("disconnect", on="socket"))
    for number in range(3):
        await lin.types(f"nosuchword {number}", room=room)
    await stage.slack.delivery.idle(within=30)
    await stage.settle()
    assert await answers(stage, "slack") == 3


@pytest.mark.parametrize("kind", ["redeliver", "reorder"])
async def test_events_twice_or_in_the_wrong_order_are_answered_once(
    stage: Stage, kind: FaultKind
) -> None:
    jo, lin = stage.telegram_person(JO), stage.manager("Lin")
    await jo.starts()
    await stage.settle()
    before = await answers(stage, "telegram")
    for emulator in (stage.slack, stage.telegram):
        emulator.faults.add(Fault(kind, on="event"))
    for number in range(2):
        await jo.writes(f"/nosuchword {number}")
        await lin.types(f"nosuchword {number}", room=stage.slack.dm(lin.id).id)
    await stage.settle()
    assert await answers(stage, "telegram") == before + 2
    assert await answers(stage, "slack") == 2


async def test_a_flood_wait_holds_only_whom_it_concerns(stage: Stage) -> None:
    jo, wang = stage.telegram_person(JO), stage.telegram_person("王伟")
    for person in (jo, wang):
        await person.starts()
    await stage.settle()
    counted = metrics.LIMITED.labels("telegram")._value.get()
    stage.telegram.faults.add(Fault("flood", on="sendMessage", seconds=2))
    began = time.monotonic()
    await owe(stage, Address("telegram", jo.id), "to Jo")
    while metrics.LIMITED.labels("telegram")._value.get() == counted:
        await pause(0.01)
    await owe(stage, Address("telegram", wang.id), "to Wang")
    await wang.sees("to Wang")
    assert time.monotonic() - began < 2
    await jo.sees("to Jo")
    assert time.monotonic() - began >= 2
    await stage.settle()
    assert times_said(stage, "telegram", "to Jo") == 1

"""kill -9 at random moments under load: nothing acknowledged and nothing owed is lost."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.clock import monotonic, pause
from tests.crash.arena import ANSWER_DELAY, Arena, arena
from tests.crash.judge import judge

AIMS = ("a call", "an event", "a call", "any moment")  # what is hit, in turn
KILLS = 16  # for each engine
UNDER_WAY = 10  # of these at least so many with calls or events under way
LONGEST = 0.9  # seconds that a life lasts once the bot is up
AIM_WITHIN = 3.0  # seconds to wait for something to aim at
LOOK_EVERY = 0.001  # seconds
HANDLING = 0.005  # seconds: an event takes longer
OWE_EVERY, WRITE_EVERY = 0.25, 1.0  # seconds
DRAINED_WITHIN = 200.0  # a doubt in Slack is settled not sooner than 10 s after the call, by tier


async def _keep_on(work: Callable[[], Awaitable[None]], every: float, over: asyncio.Event) -> None:
    while not over.is_set():
        await work()
        await pause(every)


async def _moment(place: Arena, number: int, chance: random.Random) -> str:
    """Wait for the moment of a kill: any, within a call, or while an event is handled, in turn."""
    await pause(chance.uniform(0.05, LONGEST))
    traffic, aim = place.traffic, AIMS[number % len(AIMS)]
    if aim == "any moment":
        return aim
    under_way = traffic.events if aim == "an event" else lambda: traffic.calls
    before, deadline = set(under_way()), monotonic() + AIM_WITHIN
    while not set(under_way()) - before and monotonic() < deadline:
        await pause(LOOK_EVERY)
    await pause(chance.uniform(0, HANDLING if aim == "an event" else ANSWER_DELAY))
    return aim


async def _lives(place: Arena, chance: random.Random) -> tuple[int, int]:
    """Start and kill; how many kills hit something under way, and how many rows were claimed."""
    hits = claimed = 0
    for number in range(KILLS):
        await place.start()
        aim = await _moment(place, number, chance)
        calls, events = await place.kill()
        hits += bool(calls or events)
        claimed += await place.claimed()
        print(f"  kill {number + 1} at {aim}: {calls} calls without an answer, "
              f"{events} events in hand")  # fmt: skip
    return hits, claimed


@pytest.mark.crash
@pytest.mark.timeout(420)
async def test_nothing_is_lost_under_kill_9(database_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("LIAISON_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    engine, began = database_url.partition(":")[0], monotonic()
    print(f"\n{engine}, LIAISON_CRASH_SEED={seed}")
    async with arena(database_url, tmp_path / "bot.log", seed) as place:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as loads:
            loads.create_task(_keep_on(place.owe, OWE_EVERY, over))
            loads.create_task(_keep_on(place.write, WRITE_EVERY, over))
            hits, claimed = await _lives(place, random.Random(seed))  # noqa: S311
            over.set()
        await place.start()
        await place.drained(DRAINED_WITHIN)
        assert await place.stop() == 0
        verdict = await judge(place, claimed)
    print(f"{KILLS} kills, {hits} with something under way, {claimed} rows claimed in all; "
          f"owed {place.load.owed}, written {place.load.slack_said + place.load.telegram_said}; "
          f"sent {verdict.sent}, unverified {verdict.unverified}, doubles: Slack "
          f"{verdict.slack_twice}, Telegram {verdict.telegram_twice}; "
          f"{monotonic() - began:.0f} s")  # fmt: skip
    assert verdict.faults == [], f"seed {seed}"
    assert hits >= UNDER_WAY

"""kill -9 at random moments under load: nothing acknowledged and nothing owed is lost."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.clock import monotonic, pause
from tests.crash.arena import Arena, arena
from tests.crash.judge import judge

KILLS = 15  # for each engine
IN_FLIGHT = 11  # of these at least so many with calls or events under way
LONGEST = 0.9  # seconds that a life lasts once the bot is up
OWE_EVERY, WRITE_EVERY = 0.25, 1.0  # seconds
DRAINED_WITHIN = 75.0  # a doubt in Slack is settled not sooner than 10 s after the call


async def _keep_on(work: Callable[[], Awaitable[None]], every: float, over: asyncio.Event) -> None:
    while not over.is_set():
        await work()
        await pause(every)


async def _lives(place: Arena, chance: random.Random) -> tuple[int, int]:
    """Start and kill; how many kills hit something under way, and how many calls in all."""
    hits = calls = 0
    for number in range(KILLS):
        await place.start()
        await pause(chance.uniform(0.05, LONGEST))
        events = place.unacknowledged()
        await place.kill()
        flying = await place.in_flight()
        hits += bool(flying or events)
        calls += flying
        print(f"  kill {number + 1}: {flying} calls and {events} events under way")
    return hits, calls


@pytest.mark.crash
@pytest.mark.timeout(200)
async def test_nothing_is_lost_under_kill_9(database_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("LIAISON_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    engine, began = database_url.partition(":")[0], monotonic()
    print(f"\n{engine}, LIAISON_CRASH_SEED={seed}")
    async with arena(database_url, tmp_path / "bot.log", seed) as place:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as loads:
            loads.create_task(_keep_on(place.owe, OWE_EVERY, over))
            loads.create_task(_keep_on(place.write, WRITE_EVERY, over))
            hits, calls = await _lives(place, random.Random(seed))  # noqa: S311
            over.set()
        await place.start()
        await place.drained(DRAINED_WITHIN)
        assert await place.stop() == 0
        verdict = await judge(place, calls)
    print(f"{KILLS} kills, {hits} with something under way, {calls} calls in flight in all; "
          f"owed {place.load.owed}, written {place.load.slack_said + place.load.telegram_said}; "
          f"sent {verdict.sent}, unverified {verdict.unverified}, doubles: Slack "
          f"{verdict.slack_twice}, Telegram {verdict.telegram_twice}; "
          f"{monotonic() - began:.0f} s")  # fmt: skip
    assert verdict.faults == [], f"seed {seed}"
    assert hits >= IN_FLIGHT

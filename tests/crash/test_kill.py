"""kill -9 at random moments and at failpoints: nothing acknowledged and nothing owed is lost."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import monotonic, pause
from tests.crash.arena import ANSWER_DELAY, LAST_WORDS, Arena, Victim, arena
from tests.crash.failpoints import AT, NTH, PLACES, TOPIC_CALLS
from tests.crash.judge import judge

AIMS = ("a call", "an event", "any moment")  # random moments, in turn
KILLS = int(os.environ.get("LIAISON_CRASH_KILLS", "60"))  # on both engines together
RANDOM = 3  # every third kill is at a random moment, the others at failpoints
UNDER_WAY = 0.4  # of all kills at least so many hit calls or events under way; 0.6 to 0.7 seen
LONGEST = 0.6  # seconds that a life lasts once the bot is up, before the aim is taken
PASSAGES = {"commit": 12}  # of a failpoint: dies at the first to this one
FEW_PASSAGES = 2  # of the others, which are rarer
AIM_WITHIN = 2.0  # seconds to wait for something to aim at
LOOK_EVERY = 0.001  # seconds
HANDLING = 0.005  # seconds: an event takes longer
OWE_EVERY, WRITE_EVERY, PRESS_EVERY = 0.3, 1.2, 0.3  # seconds
DRAINED_WITHIN = 200.0  # a doubt in Slack is settled not sooner than 10 s after the call, by tier
TIMEOUT = 240 + 8 * KILLS  # seconds


@dataclass
class Toll:
    """What the kills hit: `under_way` of them calls or events, `claimed` rows in all."""

    under_way: int = 0
    claimed: int = 0
    places: Counter[str] = field(default_factory=Counter)


async def _keep_on(work: Callable[[], Awaitable[None]], every: float, over: asyncio.Event) -> None:
    while not over.is_set():
        await work()
        await pause(every)


async def _moment(place: Arena, aim: str, chance: random.Random) -> None:
    """Wait for the moment of a kill: any, within a call, or while an event is handled."""
    await pause(chance.uniform(0.05, LONGEST))
    if aim == "any moment":
        return
    traffic = place.traffic
    under_way = traffic.events if aim == "an event" else lambda: traffic.calls
    before, deadline = set(under_way()), monotonic() + AIM_WITHIN
    while not set(under_way()) - before and monotonic() < deadline:
        await pause(LOOK_EVERY)
    await pause(chance.uniform(0, HANDLING if aim == "an event" else ANSWER_DELAY))


async def _at_random(place: Arena, victim: Victim, aim: str, chance: random.Random) -> bool:
    """kill -9 from outside; whether calls were without an answer or events in hand.

    An ack that was sent before the death may not be read yet: it is waited for.
    """
    await victim.start()
    await victim.up()
    await _moment(place, aim, chance)
    victim.send(signal.SIGKILL)
    calls, events = len(place.traffic.calls), place.traffic.events()
    await victim.ended()
    await pause(LAST_WORDS)
    return bool(calls or events & place.traffic.events())


async def _at_failpoint(place: Arena, victim: Victim, aim: str, chance: random.Random) -> bool:
    """It kills itself; whether it came to that place in time."""
    nth = chance.randint(1, PASSAGES.get(aim, FEW_PASSAGES))
    if (call := aim.partition(" ")[2]) in TOPIC_CALLS:  # too rare to be waited for
        await place.load.cause(call)
        nth = 1
    await victim.start(**{AT: aim, NTH: str(nth)})
    if await victim.up():
        deadline = monotonic() + AIM_WITHIN
        while not victim.dead and monotonic() < deadline:
            await pause(0.01)
    reached = victim.dead
    victim.send(signal.SIGKILL)
    await victim.ended()
    return reached


async def _lives(place: Arena, victim: Victim, kills: int, chance: random.Random) -> Toll:
    """Start and kill, again and again."""
    toll, places = Toll(), [*PLACES]
    chance.shuffle(places)
    for number in range(kills):
        place.traffic.forget()
        turn = number // RANDOM
        if number % RANDOM == 0:
            aim = AIMS[turn % len(AIMS)]
            hit = await _at_random(place, victim, aim, chance)
        else:
            aim = places[(number - turn - 1) % len(places)]
            hit = await _at_failpoint(place, victim, aim, chance)
        toll.under_way += hit
        toll.places[aim if hit else f"{aim}, nothing under way"] += 1
        toll.claimed += await place.claimed()
    return toll


@pytest.mark.crash
@pytest.mark.timeout(TIMEOUT)
async def test_nothing_is_lost_under_kill_9(database_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("LIAISON_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    engine, kills, began = database_url.partition(":")[0], KILLS // 2, monotonic()
    print(f"\n{engine}, LIAISON_CRASH_SEED={seed}")
    async with arena(database_url, tmp_path, seed) as place:
        over, victim, load = asyncio.Event(), place.victim(), place.load
        async with asyncio.TaskGroup() as loads:
            loads.create_task(_keep_on(load.owe, OWE_EVERY, over))
            loads.create_task(_keep_on(load.write, WRITE_EVERY, over))
            loads.create_task(_keep_on(load.press, PRESS_EVERY, over))
            toll = await _lives(place, victim, kills, random.Random(f"{seed}{engine}"))  # noqa: S311
            over.set()
        killed = monotonic()
        await victim.start()
        await place.drained(DRAINED_WITHIN)
        victim.send(signal.SIGTERM)
        assert await victim.ended() == 0
        verdict = await judge(place, toll.claimed)
    for aim, count in sorted(toll.places.items()):
        print(f"  {count:3} at {aim}")
    print(f"{kills} kills, {toll.under_way} with something under way, {toll.claimed} rows "
          f"claimed in all; {load.number} things done; {verdict}; "
          f"{killed - began:.0f} s and {monotonic() - killed:.0f} s to the end")  # fmt: skip
    assert verdict.faults == [], f"seed {seed}"
    assert toll.under_way >= UNDER_WAY * kills

"""Three `run` on one PostgreSQL, killed, frozen and cut off in turn: nothing is lost."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import monotonic, pause
from storage.election import LEASE
from storage.models_delivery import Held
from tests.crash.arena import Arena, Victim, arena
from tests.crash.judge import judge

ROUNDS = int(os.environ.get("LIAISON_CRASH_ROUNDS", "0"))  # of ALL_BLOWS; 0: each of BLOWS once
REPLICAS = 3
OFFICES = ("sender:slack", "sender:telegram", "poller:telegram")  # what one of them does alone
BLOWS = ("kill the sender of slack", "cut all connections", "freeze the senders",
         "kill the poller")  # fmt: skip
ALL_BLOWS = (*BLOWS, "kill anybody", "kill the sender of telegram", "cut all connections")
TAKEN_OVER_WITHIN = 10.0  # seconds
FROZEN = 2 * LEASE.total_seconds()
BETWEEN = 0.5  # seconds at most of quiet between two blows
LOOK_EVERY = 0.005  # seconds
OWE_EVERY, WRITE_EVERY, PRESS_EVERY = 0.2, 0.8, 0.3  # seconds
DRAINED_WITHIN = 120.0  # a doubt in Slack is settled not sooner than 10 s after the call
TIMEOUT = 180 + 60 * ROUNDS  # seconds


@dataclass
class Toll:
    """What the blows hit."""

    claimed: int = 0  # rows whose sender was taken away from them
    blows: Counter[str] = field(default_factory=Counter)
    takeovers: dict[str, list[float]] = field(default_factory=dict)  # seconds, by office


@dataclass
class Company:
    """The replicas, what they are to do, and who holds which office."""

    place: Arena
    chance: random.Random
    replicas: list[Victim]
    toll: Toll = field(default_factory=Toll)
    quiet: asyncio.Lock = field(default_factory=asyncio.Lock)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def held(self) -> dict[str, tuple[int, Victim | None]]:
        """Each office with its epoch and the replica that holds it."""
        async with self.place.database.reading() as session:
            rows = list(await session.scalars(select(Held)))
        by_pid = {victim.pid: victim for victim in self.replicas if not victim.dead}
        return {row.name: (row.epoch, by_pid.get(int(row.holder.rpartition(":")[2] or 0)))
                for row in rows}  # fmt: skip

    async def holder(self, office: str) -> Victim:
        """Who holds it; waits until somebody does."""
        async with asyncio.timeout(TAKEN_OVER_WITHIN):
            while True:
                found = (await self.held()).get(office, (0, None))[1]
                if found is not None:
                    return found
                await pause(LOOK_EVERY)

    async def keep_on(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        while not self.over.is_set():
            async with self.quiet:
                await work()
            await pause(every)

    async def strike(self, blow: str) -> None:
        """One misfortune, at a moment in which calls are under way."""
        await self._calls_under_way()
        self.toll.blows[blow] += 1
        if blow == "cut all connections":
            await self._cut()
        elif blow == "freeze the senders":
            await self._freeze()
        elif blow == "kill anybody":
            await self._kill(self.chance.choice(self.replicas))
        else:
            office = "poller:telegram" if "poller" in blow else f"sender:{blow.rpartition(' ')[2]}"
            await self._kill(await self.holder(office))

    async def _calls_under_way(self) -> None:
        before, deadline = set(self.place.traffic.calls), monotonic() + 2.0
        while not self.place.traffic.calls - before and monotonic() < deadline:
            await pause(LOOK_EVERY)
        await pause(self.chance.uniform(0, 0.05))

    async def _kill(self, victim: Victim) -> None:
        """kill -9; the two others go on, and it comes back meanwhile."""
        lost = {name: epoch for name, (epoch, who) in (await self.held()).items() if who is victim}
        victim.send(signal.SIGKILL)
        began = monotonic()
        await victim.ended()
        await self._count(lost)
        await self._taken_over(lost, began)
        await victim.start()

    async def _freeze(self) -> None:
        """SIGSTOP for twice the lease: awake again, it must not act on what it still knows."""
        victim = await self.holder("sender:slack")
        lost = {name: epoch for name, (epoch, who) in (await self.held()).items() if who is victim}
        fenced = victim.said("was taken over by another process")
        victim.send(signal.SIGSTOP)
        began = monotonic()
        await self._count(lost)
        await self._taken_over(lost, began)
        await pause(max(0.0, FROZEN - (monotonic() - began)))
        victim.send(signal.SIGCONT)
        deadline = monotonic() + TAKEN_OVER_WITHIN
        while victim.said("was taken over by another process") < fenced + len(lost):
            assert monotonic() < deadline, "it was frozen and does not know that it was replaced"
            await pause(0.05)

    async def _cut(self) -> None:
        """Every connection of the replicas ends at once; ours are closed meanwhile."""
        async with self.quiet:
            await self.place.database.close()
            engine = create_async_engine(self.place.database.url, isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                await connection.execute(text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ))  # fmt: skip
            await engine.dispose()

    async def _count(self, lost: dict[str, int]) -> None:
        senders = tuple(name.partition(":")[2] for name in lost if name.startswith("sender:"))
        self.toll.claimed += await self.place.claimed(senders)

    async def _taken_over(self, lost: dict[str, int], since: float) -> None:
        """Until each of these offices has another holder."""
        waiting = dict(lost)
        while waiting:
            held = await self.held()
            for name, epoch in list(waiting.items()):
                if held[name][0] > epoch:
                    took = monotonic() - since
                    self.toll.takeovers.setdefault(name, []).append(took)
                    del waiting[name]
            assert monotonic() - since < TAKEN_OVER_WITHIN, f"nobody took over {[*waiting]}"
            await pause(LOOK_EVERY)


async def _live(company: Company) -> None:
    """Every blow once a round, in an order of chance."""
    for blows in [ALL_BLOWS] * ROUNDS or [BLOWS]:
        for blow in company.chance.sample(blows, len(blows)):
            for replica in company.replicas:
                await replica.up()
            await pause(company.chance.uniform(0, BETWEEN))
            await company.strike(blow)
    company.over.set()


@pytest.mark.crash
@pytest.mark.timeout(TIMEOUT)
async def test_three_replicas_lose_nothing(postgres_database: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("LIAISON_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    began, chance = monotonic(), random.Random(f"{seed}replicas")  # noqa: S311
    print(f"\n{REPLICAS} replicas, LIAISON_CRASH_SEED={seed}")
    async with arena(postgres_database, tmp_path, seed) as place:
        company = Company(place, chance, [place.victim() for _ in range(REPLICAS)])
        for replica in company.replicas:
            await replica.start()
        for office in OFFICES:
            await company.holder(office)
        load = place.load
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(company.keep_on(load.owe, OWE_EVERY))
            tasks.create_task(company.keep_on(load.write, WRITE_EVERY))
            tasks.create_task(company.keep_on(load.press, PRESS_EVERY))
            await _live(company)
        struck = monotonic()
        await place.drained(DRAINED_WITHIN)
        for replica in company.replicas:
            await replica.up()
            replica.send(signal.SIGTERM)
            assert await replica.ended() == 0
        toll = company.toll
        verdict = await judge(place, toll.claimed)
    for office, took in sorted(toll.takeovers.items()):
        print(f"  {office} taken over {len(took)} times, at worst in {max(took):.1f} s")
    print(f"  {dict(toll.blows)}; {toll.claimed} rows claimed in all; {load.number} things done")
    print(f"{verdict}; {struck - began:.0f} s and {monotonic() - struck:.0f} s to the end")
    assert verdict.faults == [], f"seed {seed}"
    assert set(toll.takeovers) >= set(OFFICES)

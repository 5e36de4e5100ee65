"""Does due work when its moment has come: one kind at a time, in batches, in order of time."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.config import Config
from bot.delivery import backoff
from bot.due import BATCH, DueKind
from bot.turn import Turn
from storage import due_work
from storage.db import Database
from storage.models_delivery import DueWork

log = logging.getLogger(__name__)

HEARTBEAT = 20  # seconds: other processes write beside us (DESIGN.md rule 7)
MAX_ATTEMPTS = 10  # about a quarter of an hour; then a person must look
PAUSE_AFTER_FAULT = 1.0  # seconds

OnDead = Callable[[Turn, str, str], Awaitable[None]]


class Worker:
    """`on_dead(turn, key, error)` owes the operators a word about work that is given up."""

    def __init__(
        self, database: Database, clock: Clock, kinds: Mapping[str, DueKind],
        config: Callable[[], Config], on_dead: OnDead,
        *, chance: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._kinds = database, clock, kinds
        self._config, self._on_dead, self._chance = config, on_dead, chance
        self._wakes = asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._stopping = False
        self.working = False

    def wake(self) -> None:
        self._wakes.set()

    async def run(self) -> None:
        """Work until stop()."""
        self._scheduler.add_job(self.wake, "interval", seconds=HEARTBEAT)
        self._scheduler.start()
        try:
            while not self._stopping:
                await self._round()
        finally:
            self._scheduler.shutdown(wait=False)

    def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def _round(self) -> None:
        self._wakes.clear()
        self.working = True
        try:
            while not self._stopping and await self.work():
                pass
            await self._set_alarm()
        except Exception:
            log.exception("due work: trying again")
            await asyncio.wait([asyncio.ensure_future(self._wakes.wait())],
                               timeout=PAUSE_AFTER_FAULT)  # fmt: skip
            self._wakes.set()
        finally:
            self.working = False
        await self._wakes.wait()

    async def work(self) -> bool:
        """Do one batch of what is due; False when nothing is."""
        real = self._clock.real()
        items: Sequence[DueWork] = ()
        try:
            async with self._database.transaction() as (session, now):
                items = await due_work.due(session, now, real, BATCH)
                if items:
                    await due_work.start(session, items, now)
                    await self._kinds[items[0].kind].handler(Turn(session, now, self._config()), items)
        except Exception as error:
            if not items:
                raise
            await self._one_by_one(items, error)
        return bool(items)

    async def _one_by_one(self, items: Sequence[DueWork], error: Exception) -> None:
        """A batch failed: run each alone, so that a failure harms only itself."""
        if len(items) == 1:
            await self._note_failure(items[0], error)
            return
        for item in items:
            try:
                async with self._database.transaction() as (session, now):
                    await due_work.start(session, [item], now)
                    await self._kinds[item.kind].handler(Turn(session, now, self._config()), [item])
            except Exception as single:
                await self._note_failure(item, single)

    async def _note_failure(self, item: DueWork, error: Exception) -> None:
        log.error("due work %s failed", item.key, exc_info=error)
        dead = item.attempts + 1 >= MAX_ATTEMPTS
        rest = timedelta(seconds=backoff(item.attempts + 1, self._chance()))
        async with self._database.transaction() as (session, now):
            await due_work.fail(
                session, item.id, repr(error), self._clock.real() + rest, dead=dead
            )
            if dead:
                turn = Turn(session, now, self._config())
                await self._on_dead(turn, item.key, repr(error))

    async def _set_alarm(self) -> None:
        """One date job at the next due moment; it only wakes."""
        real = self._clock.real()
        async with self._database.reading() as session:
            due = await due_work.next_due(session, real)
            retry = await due_work.next_retry(session, real)
        moments = [due - self._clock.offset] if due is not None else []
        if retry is not None:
            moments.append(retry)
        if moments:
            self._scheduler.add_job(
                self.wake, "date", run_date=max(min(moments), real), id="next",
                replace_existing=True,
            )  # fmt: skip

"""Does due work when its moment has come: one kind at a time, in batches, in order of time."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import logs, metrics
from bot.calls import backoff
from bot.clock import Clock, wait_for
from bot.config import Config
from bot.due import DueKind
from bot.turn import Turn
from storage import due_work, outbox, restored
from storage.db import Database, Session, is_gone
from storage.models_delivery import DueWork

log = logging.getLogger(__name__)

HEARTBEAT = 20  # seconds: other processes write beside us (DESIGN.md rule 7)
MAX_ATTEMPTS = 10  # about a quarter of an hour; then a person must look
PAUSE_AFTER_FAULT = 1.0  # seconds

OnDead = Callable[[Turn, str, str], Awaitable[None]]


@dataclass(frozen=True)
class Tried:
    """What is known of an item once its transaction is rolled back."""

    id: int
    key: str
    kind: str
    due_at: datetime
    attempts: int

    @classmethod
    def of(cls, item: DueWork) -> "Tried":
        return cls(item.id, item.key, item.kind, item.due_at, item.attempts)


class Worker:
    """`on_dead(turn, key, error)` owes the operators a word about work that is given up."""

    def __init__(
        self, database: Database, clock: Clock, kinds: Mapping[str, DueKind],
        config: Callable[[], Config], on_dead: OnDead,
        *, chance: Callable[[], float] = random.random,  # noqa: TID251 - the default chance
    ) -> None:  # fmt: skip
        self._database, self._clock, self._kinds = database, clock, kinds
        self._config, self._on_dead, self._chance = config, on_dead, chance
        self._wakes = asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._failing = set[str]()  # kinds of which the latest batch failed
        self._stopping = False
        self.working = False

    def wake(self) -> None:
        self._wakes.set()

    async def _alarm(self) -> None:
        """A plain function would run in a thread, which an end in this moment complains about."""
        self.wake()

    async def run(self) -> None:
        """Work until stop()."""
        self._scheduler.add_job(self._alarm, "interval", seconds=HEARTBEAT)
        self._scheduler.start()
        try:
            await self._name_strangers()
            while not self._stopping:
                await self._round()
        finally:
            self._scheduler.shutdown(wait=False)

    def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def _name_strangers(self) -> None:
        """Work that only another version knows waits for it; whoever upgrades must know."""
        try:
            async with self._database.reading() as session:
                strange = await due_work.kinds_waiting(session) - self._kinds.keys()
        except Exception:  # the rounds will find the database when it is there
            log.exception("due work: what kinds wait is not known")
            return
        if strange:
            log.warning("this version knows no due work of kind %s", ", ".join(sorted(strange)))

    async def _round(self) -> None:
        self._wakes.clear()
        self.working = True
        try:
            while not self._stopping and await self.work():
                pass
            await self._set_alarm()
        except Exception:
            log.exception("due work: trying again")
            await wait_for(self._wakes, PAUSE_AFTER_FAULT)
            self._wakes.set()
        finally:
            self.working = False
        await self._wakes.wait()

    async def work(self) -> bool:
        """Do one batch of what is due; False when nothing is."""
        batch: list[Tried] = []
        try:
            async with self._database.transaction() as (session, now):
                items = await due_work.due(session, now, self._clock.real(), self._kinds,
                                           self._failing)  # fmt: skip
                items = await self._perhaps_done(session, items)
                batch = [Tried.of(item) for item in items]
                if items:
                    await self._handle(Turn(session, now, self._config()), items)
        except Exception as error:
            if not batch or is_gone(error):
                raise
            self._failing.add(batch[0].kind)
            await self._parted(batch, error)
        else:
            self._failing.difference_update(one.kind for one in batch)
            self._count(batch)
        return bool(batch)

    def _count(self, done: Sequence[Tried]) -> None:
        now = self._clock.now()
        if done:  # all of one kind
            metrics.DUE.labels(done[0].kind, "done").inc(len(done))
        for one in done:
            metrics.DUE_LATENESS.observe(max(0.0, (now - one.due_at).total_seconds()))

    async def _perhaps_done(self, session: Session, items: list[DueWork]) -> list[DueWork]:
        """After a backup was put back: those whose moment lies before that, by themselves."""
        until = await restored.perhaps_done_before(session) if items else None
        perhaps = [item for item in items if until is not None and item.due_at <= until]
        outbox.perhaps_sent(session, perhaps=bool(perhaps))
        return perhaps or items

    async def _handle(self, turn: Turn, items: Sequence[DueWork]) -> None:
        await due_work.start(turn.session, items, turn.now)
        await self._kinds[items[0].kind].handler(turn, items)

    async def _parted(self, batch: Sequence[Tried], error: Exception) -> None:
        """A batch failed: try its halves, and theirs, so that a failure harms only itself."""
        if len(batch) == 1:
            await self._note_failure(batch[0], error)
            return
        middle = len(batch) // 2
        for part in (batch[:middle], batch[middle:]):
            try:
                await self._again(part)
            except Exception as fault:
                if is_gone(fault):
                    raise
                await self._parted(part, fault)

    async def _again(self, part: Sequence[Tried]) -> None:
        """Looks first: a neighbour or another process may have done, moved or dropped some."""
        async with self._database.transaction() as (session, now):
            ids = [tried.id for tried in part]
            items = await due_work.still_due(session, ids, now, self._clock.real())
            items = await self._perhaps_done(session, items)
            done = [Tried.of(item) for item in items]
            if items:
                await self._handle(Turn(session, now, self._config()), items)
        self._count(done)

    async def _note_failure(self, tried: Tried, error: Exception) -> None:
        dead = tried.attempts + 1 >= MAX_ATTEMPTS
        metrics.DUE.labels(tried.kind, "dead" if dead else "failed").inc()
        with logs.about(due_key=tried.key):
            log.error("due work %s failed", tried.key, exc_info=error)
        try:
            await self._note(tried, error, dead=dead, tell=dead)
        except Exception as fault:  # in the telling: the work must not come back for that
            if not dead or is_gone(fault):
                raise
            log.exception("nobody could be told that %s is given up", tried.key)
            await self._note(tried, error, dead=True, tell=False)

    async def _note(self, tried: Tried, error: Exception, *, dead: bool, tell: bool) -> None:
        rest = timedelta(seconds=backoff(tried.attempts + 1, self._chance()))
        async with self._database.transaction() as (session, now):
            noted = await due_work.fail(
                session, tried.id, repr(error), self._clock.real() + rest, dead=dead
            )
            if noted and tell:
                turn = Turn(session, now, self._config())
                await self._on_dead(turn, tried.key, repr(error))

    async def _set_alarm(self) -> None:
        """One date job at the next due moment; it only wakes."""
        real = self._clock.real()
        async with self._database.reading() as session:
            first, retry = await due_work.next_moments(session, self._kinds)
        moments = [min(first.values()) - self._clock.offset] if first else []
        if retry is not None:
            moments.append(retry)
        if moments:
            self._scheduler.add_job(
                self._alarm, "date", run_date=max(min(moments), real), id="next",
                replace_existing=True,
            )  # fmt: skip

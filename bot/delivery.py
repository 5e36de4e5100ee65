"""The loop that sends what is owed: claim just in time, call, record. One for each bot account."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot import metrics
from bot.calls import FIRST_DELAY, Answered, Calls
from bot.clock import Clock, monotonic, pause, wait_for
from bot.errors import ConfigError
from bot.outbox import Class, Sender
from bot.pace import Pace
from storage import claims, mending, rests
from storage import marks as recorded
from storage.claims import Claimed, Mark
from storage.db import Database, Session, is_gone
from storage.election import ALWAYS, Lease
from storage.gates import Gates

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MARGIN = timedelta(seconds=30)  # by which a lease outlasts the slowest call
ANY_LEASE = timedelta(days=1)  # at a start all leases are over, also if the clock was set back
SHORTEST = 0.01  # seconds: permits that come back together are used together
TOGETHER = 0.002  # seconds in which the answers of many calls are collected for one commit
SOON = 0.5  # seconds that are sooner over than it is worth to look for other moments
WAKE = 0.1  # seconds between looks for rows whose moment has come
JUMP = timedelta(seconds=30)  # by which a clock is set back, rather than slewed
LOOK = 5.0  # seconds between looks for rows whose lease is over; it is minutes long
EVERY = 10  # claims of which one looks first for who starves
LOOKED_UP = 8  # rows in doubt that are settled at once; Slack lets us look up fifty a minute
PATIENT = timedelta(minutes=5)  # nobody of the lower classes waits longer behind the higher ones
IDLE_WAIT = 20.0  # seconds: the heartbeat of DESIGN.md; every real wake-up comes earlier

Claim = Callable[..., Awaitable[list[Claimed]]]
Resumed = Callable[[Lease, list[int]], Awaitable[None]]


class Courier:
    """Sends the rows of one platform; `answered` is called with the answer to an ask.

    `resumed` hears at the beginning what an earlier process left in doubt.
    """

    def __init__(
        self, database: Database, clock: Clock, sender: Sender, answered: Answered, *,
        resumed: Resumed | None = None, pace: Pace | None = None,
        chance: Callable[[], float] = random.random,  # noqa: TID251 - the default chance
    ) -> None:  # fmt: skip
        if timedelta(seconds=sender.slowest) + MARGIN > LEASE:
            raise ConfigError([
                f"{sender.platform}: a call may take {sender.slowest:.0f} s, too long for a lease "
                f"of {LEASE.seconds} s; shorten its time-outs"
            ])  # fmt: skip
        self._database, self._clock, self._sender = database, clock, sender
        self._pace, self._resumed = pace or Pace(), resumed
        self._calls = Calls(sender, clock, answered, self._pace, chance)
        self._wakes = asyncio.Event()
        self._flying: dict[asyncio.Task[Mark], Claimed] = {}
        self._settling = set[int]()  # rows of them whose fate is looked up
        self._stopping = False
        self._claims = 0
        self._lease = ALWAYS
        self._rows_wake_at = 0.0  # when to look again for rows whose moment has come
        self._look_at = 0.0  # when to look for rows in doubt again
        self._unsure = False  # whether a commit may have been made without our hearing of it
        self._set = clock.real() - _since_boot()  # when this machine's clock says that it began

    def wake(self) -> None:
        self._wakes.set()

    @property
    def platform(self) -> str:
        return self._sender.platform

    @property
    def busy(self) -> bool:
        """Whether a call is on its way."""
        return bool(self._flying)

    async def run(self, lease: Lease = ALWAYS) -> None:
        """Send until stop(). No other process may send, so every open call is an orphan."""
        self._lease = self._calls.lease = lease
        resumed = False
        while not self._stopping:
            try:
                if resumed:
                    await self._round()
                else:
                    await self._resume()
                    resumed = True
            except asyncio.CancelledError:  # another process sends now
                self._abandon()
                raise
            except Exception:  # the database may be gone for a while: nothing is lost, try again
                log.exception("outbox of %s: trying again", self._sender.platform)
                self._unsure = True
                await wait_for(self._wakes, FIRST_DELAY)
        await self._drain()

    @property
    def stopping(self) -> bool:
        return self._stopping

    async def _resume(self) -> None:
        """What an earlier process left open is in doubt, whatever its lease says; rests hold."""
        async with self._database.marking() as session:
            real = self._clock.real()
            found = await claims.orphaned(session, self.platform, real + ANY_LEASE,
                                          self._lease.epoch)  # fmt: skip
            for rest in await rests.resting(session, self.platform, real):
                self._pace.told(rest, (rest.until - real).total_seconds())
        if self._resumed is not None:
            await self._resumed(self._lease, found)

    def stop(self) -> None:
        """Claim nothing more, finish what is in flight; run() then returns."""
        self._stopping = True
        self.wake()

    async def _round(self) -> None:
        self._wakes.clear()
        now, real = self._clock.now(), self._clock.real()
        ended = [task for task in self._flying if task.done()]
        doubtful, rows = await self._exchange(ended, now, real)
        for row in doubtful:
            self._look_up(row)
        for row in rows:
            self._fly(row)
        await self._until_something_happens(now, real)

    async def _exchange(
        self, ended: list[asyncio.Task[Mark]], now: datetime, real: datetime
    ) -> tuple[list[Claimed], list[Claimed]]:
        """Record what ended, and take what is in doubt and what is next, in one commit."""
        flying = len(self._flying) - len(ended)
        free = min(self._pace.in_flight - flying, self._pace.free())
        marks = [task.result() for task in ended]
        taken: tuple[list[Claimed], list[Claimed]] = ([], [])
        if marks or free > 0:
            try:
                async with self._database.marking() as session:
                    await self._mend(session)
                    if marks:
                        await recorded.mark(session, marks, now, self._lease.epoch)
                    if free > 0:
                        taken = await self._take(session, now, real, free)
            except Exception as error:
                if is_gone(error) or not marks:
                    raise
                await self._mark_each(marks)
                self.wake()
        self._forget(ended, marks)
        return taken

    async def _mend(self, session: Session) -> None:
        """After an outage, what was taken unheard; after the clock was set back, all moments."""
        if self._unsure:
            await mending.unheard(session, self.platform, self._lease.epoch, self._ids())
            self._unsure = False
        by = self._clock.real() - _since_boot() - self._set
        self._set += by
        if by < -JUMP:  # forward, as after a sleep of the machine, all is only tried sooner
            log.warning("this machine's clock was set back by %.0f s", -by.total_seconds())
            await mending.shift(session, self.platform, by)

    async def _take(
        self, session: Session, now: datetime, real: datetime, free: int
    ) -> tuple[list[Claimed], list[Claimed]]:
        await self._wake_rows(session, now, real)
        doubtful = await self._doubtful(session, real, free)
        claim = partial(claims.claim, session, self.platform, now=now, real=real, lease=LEASE,
                        epoch=self._lease.epoch)  # fmt: skip
        left, gates = free - len(doubtful), self._pace.gates()
        rows = await self._starving(claim, gates, now) if left > 0 else []
        if left > 0 and not rows:
            rows = await claim(limit=left, gates=gates, choose=self._choose)
        return doubtful, rows

    async def _starving(self, claim: Claim, gates: Gates, now: datetime) -> list[Claimed]:
        """At times one that has waited too long goes before all that are more urgent."""
        self._claims += 1
        if self._claims % EVERY:
            return []

        def waited(found: list[Claimed]) -> list[Claimed]:
            return self._choose([row for row in found if now - row.could_go > PATIENT])

        for cls in (Class.DIGEST, Class.SURVEY, Class.REMINDER):
            if rows := await claim(limit=1, gates=gates, choose=waited, cls=cls):
                self.wake()  # for those who would have been next
                return rows
        return []

    async def _wake_rows(self, session: Session, now: datetime, real: datetime) -> None:
        """Looked for a few times a second at most: holds and back-offs are seconds long."""
        if monotonic() < self._rows_wake_at:
            return
        more = await claims.wake_up(session, self.platform, now, real)
        self._rows_wake_at = 0.0 if more else monotonic() + WAKE

    async def _doubtful(self, session: Session, real: datetime, limit: int) -> list[Claimed]:
        """Looked for while there are any, else once in a while: most rounds have none.

        They leave places free: a look-up may wait for its tier, and nobody's answer waits for it.
        """
        if monotonic() < self._look_at:
            return []
        await claims.orphaned(session, self.platform, real, self._lease.epoch)
        if not await claims.any_in_doubt(session, self.platform):
            self._look_at = monotonic() + LOOK
        most = min(LOOKED_UP, self._pace.in_flight // 2) - len(self._settling)
        found = await claims.in_doubt(session, self.platform, real, max(0, min(limit, most)),
                                      self._lease.epoch)  # fmt: skip
        return [row for row in found if row.id not in self._ids()]

    def _choose(self, found: list[Claimed]) -> list[Claimed]:
        """Leave out what has no permit; behind it others may wait that have one."""
        chosen = self._pace.choose(found)
        if 0 < len(chosen) < len(found):
            self.wake()
        return chosen

    def _ids(self) -> set[int]:
        return {row.id for row in self._flying.values()}

    def _fly(self, row: Claimed) -> None:
        rest = self._pace.started(row)
        task = asyncio.create_task(_after(rest, self._calls.send, row))
        task.add_done_callback(lambda _: self._finished(row))
        self._flying[task] = row

    def _finished(self, row: Claimed) -> None:
        self._pace.finished(row)
        self.wake()

    def _look_up(self, row: Claimed) -> None:
        """It takes no permit of its chat: nothing is said there meanwhile."""
        self._settling.add(row.id)
        task = asyncio.create_task(self._calls.settle(row))
        task.add_done_callback(lambda _: self._looked_up(row))
        self._flying[task] = row

    def _looked_up(self, row: Claimed) -> None:
        self._settling.discard(row.id)
        self.wake()

    async def _until_something_happens(self, now: datetime, real: datetime) -> None:
        """A wake-up, an answer, a permit, or the next moment as it was at these moments."""
        soon = self._pace.wait()
        if soon is not None and soon < SOON:
            await wait_for(self._wakes, max(SHORTEST, soon))
        else:
            if self._flying:  # as a rule an answer comes before it is worth to look for moments
                await wait_for(self._wakes, WAKE)
            if not self._wakes.is_set():
                await wait_for(self._wakes, await self._patience(soon, now, real))
        if 2 * sum(not task.done() for task in self._flying) > self._pace.in_flight:
            await pause(TOGETHER)

    async def _patience(self, soon: float | None, now: datetime, real: datetime) -> float:
        async with self._database.reading() as session:
            moment, retry = await claims.next_moment(session, self._sender.platform, now, real)
        waits = [IDLE_WAIT if soon is None else min(IDLE_WAIT, soon)]
        if moment is not None:
            waits.append((moment - self._clock.now()).total_seconds())
        if retry is not None:
            waits.append((retry - self._clock.real()).total_seconds())
        return max(SHORTEST, min(waits))

    def _forget(self, ended: list[asyncio.Task[Mark]], marks: list[Mark]) -> None:
        """What is recorded flies no more."""
        for task in ended:
            del self._flying[task]
        self._count(marks)
        if any(mark.state == "in_doubt" for mark in marks):
            self._look_at = 0.0
            self.wake()

    def _count(self, marks: list[Mark]) -> None:
        now = self._clock.now()
        for mark in marks:
            labels = (self.platform, str(mark.row.cls))
            metrics.DELIVERIES.labels(*labels, mark.state).inc()
            if mark.state == "sent":
                late = (now - mark.row.could_go).total_seconds()
                metrics.LATENESS.labels(*labels).observe(max(0.0, late))

    async def _mark(self, marks: list[Mark]) -> None:
        async with self._database.marking() as session:
            await recorded.mark(session, marks, self._clock.now(), self._lease.epoch)

    async def _mark_each(self, marks: list[Mark]) -> None:
        """One of them cannot be recorded: it must not hold up the rest, nor be sent for ever."""
        for mark in marks:
            try:
                await self._mark([mark])
            except Exception as error:
                if is_gone(error):
                    raise
                log.exception("delivery %s: its end cannot be recorded", mark.row.key)
                reason = f"its end cannot be recorded: {type(error).__name__}"
                await self._mark([Mark(mark.row, "unverified", reason)])

    def _abandon(self) -> None:
        """Leave what is in flight to whoever sends next: to them it is in doubt."""
        for task in self._flying:
            task.cancel()
        self._flying.clear()

    async def _drain(self) -> None:
        if not self._flying:
            return
        await asyncio.wait(self._flying, timeout=15)
        try:
            ended = [task for task in self._flying if task.done()]
            marks = [task.result() for task in ended]
            await self._mark_each(marks)
            self._forget(ended, marks)
        except Exception:  # the next start finds these rows as orphans
            log.exception("outbox of %s: cannot record the last answers", self._sender.platform)


def _since_boot() -> timedelta:
    return timedelta(seconds=monotonic())


async def _after(
    rest: float, act: Callable[[Claimed], Coroutine[Any, Any, Mark]], row: Claimed
) -> Mark:
    """Claimed a moment before its permit is back."""
    if rest > 0:
        await pause(rest)
    return await act(row)

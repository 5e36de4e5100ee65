"""The loop that sends what is owed: claim just in time, call, record. One for each bot account."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot import logs, metrics
from bot.chat import Address, Event, Person
from bot.clock import Clock, monotonic, pause, wait_for
from bot.errors import InDoubt, Rejected, TryLater, Unreachable
from bot.outbox import Class, Parcel, Receipt, Sender, from_json
from bot.pace import Pace
from storage import claims
from storage import marks as recorded
from storage.claims import VERIFIED, Claimed, Mark
from storage.db import Database, Session, is_gone
from storage.election import ALWAYS, Lease
from storage.gates import EDIT, Gates

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any call of ours, tests/platforms/test_leases.py
ANY_LEASE = timedelta(days=1)  # at a start all leases are over, also if the clock was set back
MAX_ATTEMPTS = 12  # with the back-off below about an hour and a half; then a person must look
FIRST_DELAY = 1.0  # seconds
MAX_DELAY = 900.0  # seconds
SHORTEST = 0.01  # seconds: permits that come back together are used together
SOON = 0.5  # seconds that are sooner over than it is worth to look for other moments
WAKE = 0.1  # seconds between looks for rows whose moment has come
LOOK = 5.0  # seconds between looks for rows whose lease is over; it is minutes long
EVERY = 10  # claims of which one looks first for who starves
PATIENT = timedelta(minutes=5)  # nobody of the lower classes waits longer behind the higher ones
IDLE_WAIT = 20.0  # seconds: the heartbeat of DESIGN.md; every real wake-up comes earlier
REPEATABLE = Class.REMINDER  # in doubt and unknowable: up to this class it is sent again

Claim = Callable[..., Awaitable[list[Claimed]]]
Answered = Callable[[Event], Any]
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
        self._database, self._clock, self._sender = database, clock, sender
        self._answered, self._pace, self._chance = answered, pace or Pace(), chance
        self._resumed = resumed
        self._wakes = asyncio.Event()
        self._flying: dict[asyncio.Task[Mark], Claimed] = {}
        self._stopping = False
        self._claims = 0
        self._lease = ALWAYS
        self._rows_wake_at = 0.0  # when to look again for rows whose moment has come
        self._look_at = 0.0  # when to look for rows in doubt again

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
        self._lease, resumed = lease, False
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
                await wait_for(self._wakes, FIRST_DELAY)
        await self._drain()

    @property
    def stopping(self) -> bool:
        return self._stopping

    async def _resume(self) -> None:
        """What an earlier process left open is in doubt, whatever its lease says."""
        async with self._database.marking() as session:
            real = self._clock.real() + ANY_LEASE
            found = await claims.orphaned(session, self.platform, real, self._lease.epoch)
        if self._resumed is not None:
            await self._resumed(self._lease, found)

    def stop(self) -> None:
        """Claim nothing more, finish what is in flight; run() then returns."""
        self._stopping = True
        self.wake()

    async def _round(self) -> None:
        self._wakes.clear()
        now, real = self._clock.now(), self._clock.real()
        for row in await self._take(now, real):
            self._fly(row, self._send)
        waker = asyncio.ensure_future(self._wakes.wait())
        waiting: list[asyncio.Future[Any]] = [*self._flying, waker]
        try:
            done, _ = await asyncio.wait(
                waiting,
                timeout=await self._patience(now, real),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            waker.cancel()
        await self._record([task for task in done if task in self._flying])

    async def _take(self, now: datetime, real: datetime) -> list[Claimed]:
        free = min(self._pace.in_flight - len(self._flying), self._pace.free())
        if free <= 0:
            return []
        platform = self._sender.platform
        async with self._database.marking() as session:
            await self._wake_rows(session, now, real)
            doubtful = await self._doubtful(session, real, free)
            claim = partial(claims.claim, session, platform, now=now, real=real, lease=LEASE,
                            epoch=self._lease.epoch)  # fmt: skip
            left, gates = free - len(doubtful), self._pace.gates()
            rows = await self._starving(claim, gates, now) if left > 0 else []
            if left > 0 and not rows:
                rows = await claim(limit=left, gates=gates, choose=self._choose)
        for row in doubtful:
            self._fly(row, self._settle)
        return rows

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
        """Looked for while there are any, else once in a while: most rounds have none."""
        if monotonic() < self._look_at:
            return []
        await claims.orphaned(session, self.platform, real, self._lease.epoch)
        if not await claims.any_in_doubt(session, self.platform):
            self._look_at = monotonic() + LOOK
        found = await claims.in_doubt(session, self.platform, real, limit, self._lease.epoch)
        return [row for row in found if row.id not in self._ids()]

    def _choose(self, found: list[Claimed]) -> list[Claimed]:
        """Leave out what has no permit; behind it others may wait that have one."""
        chosen = self._pace.choose(found)
        if 0 < len(chosen) < len(found):
            self.wake()
        return chosen

    def _ids(self) -> set[int]:
        return {row.id for row in self._flying.values()}

    def _fly(self, row: Claimed, act: Callable[[Claimed], Coroutine[Any, Any, Mark]]) -> None:
        rest = self._pace.started(row)
        task = asyncio.create_task(_after(rest, act, row))
        task.add_done_callback(lambda _: self._pace.finished(row))
        self._flying[task] = row

    async def _patience(self, now: datetime, real: datetime) -> float:
        """How long nothing can happen but a wake-up or an answer, as it was at these moments."""
        soon = self._pace.wait()
        if soon is not None and soon < SOON:
            return max(SHORTEST, soon)
        async with self._database.reading() as session:
            moment, retry = await claims.next_moment(session, self._sender.platform, now, real)
        waits = [IDLE_WAIT if soon is None else min(IDLE_WAIT, soon)]
        if moment is not None:
            waits.append((moment - self._clock.now()).total_seconds())
        if retry is not None:
            waits.append((retry - self._clock.real()).total_seconds())
        return max(SHORTEST, min(waits))

    async def _send(self, row: Claimed) -> Mark:
        with logs.about(delivery_key=row.key):
            mark = await self._attempt(row)
            log.log(logging.DEBUG if mark.state == "sent" else logging.INFO,
                    "attempt %d: %s %s", row.attempts, mark.state, mark.reason)  # fmt: skip
        return mark

    async def _attempt(self, row: Claimed) -> Mark:
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            return Mark(row, "skipped", "too late to be of use")
        try:
            return await self._call(row)
        except TryLater as error:
            return self._later(row, error)
        except InDoubt as error:
            return Mark(row, "in_doubt", error.reason, retry_at=self._clock.real())
        except Unreachable as error:
            return Mark(row, "dead", f"unreachable: {error.reason}")
        except Rejected as error:
            return _rejected(row, error)
        except Exception as error:
            log.exception("delivery %s: a bug in its sender", row.key)
            return self._later(row, TryLater(f"bug: {error!r}"))

    async def _call(self, row: Claimed) -> Mark:
        parcel = _parcel(row)
        await self._lease.sure()
        with metrics.CALL.labels(self.platform).time():
            return await self._talk(row, parcel)

    async def _talk(self, row: Claimed, parcel: Parcel) -> Mark:
        if row.kind == "ask":
            values = await self._sender.ask(parcel)
            await self._answered(_answer(row, values, self._clock.now()))
            return Mark(row, "sent")
        if row.kind == "delete":
            await self._sender.delete(parcel)
            return Mark(row, "sent", platform_id=row.message_id)
        if row.kind == EDIT and not row.message_id:
            return Mark(row, "skipped", "nothing stands there to edit")
        receipt = await (
            self._sender.edit(parcel) if row.message_id else self._sender.post(parcel)
        )
        return Mark(row, "sent", platform_id=receipt.message_id)

    def _later(self, row: Claimed, error: TryLater) -> Mark:
        if row.attempts >= MAX_ATTEMPTS and error.after is None:
            return Mark(row, "dead", f"gave up after {row.attempts} attempts: {error.reason}")
        delay = (
            error.after.total_seconds() if error.after else backoff(row.attempts, self._chance())
        )
        if error.wide or error.limited:
            metrics.LIMITED.labels(self.platform).inc()
        if error.wide:
            self._pace.rest(delay)
        elif error.limited:
            self._pace.refused(row, delay)
        retry_at = self._clock.real() + timedelta(seconds=delay)
        return Mark(row, "queued", error.reason, retry_at=retry_at)

    async def _settle(self, row: Claimed) -> Mark:
        """Decide what became of a call whose answer never came (DESIGN.md rule 4)."""
        if row.kind != "message" or row.message_id:
            return Mark(row, "queued", row_reason("repeated"))
        try:
            receipt = await self._sender.verify(_parcel(row))
        except InDoubt as error:
            return self._unknowable(row, error.reason)
        except TryLater as error:
            rest = error.after or timedelta(seconds=FIRST_DELAY)
            return Mark(row, "in_doubt", error.reason, retry_at=self._clock.real() + rest)
        except (Unreachable, Rejected) as error:
            return Mark(row, "dead", f"{type(error).__name__.lower()}: {error.reason}")
        except Exception:
            log.exception("delivery %s: cannot be verified yet", row.key)
            rest = timedelta(seconds=backoff(row.attempts, self._chance()))
            return Mark(
                row, "in_doubt", "cannot be verified yet", retry_at=self._clock.real() + rest
            )
        if isinstance(receipt, Receipt):
            return Mark(row, "sent", VERIFIED, receipt.message_id)
        return Mark(row, "queued", row_reason("not there, sent again"))

    def _unknowable(self, row: Claimed, reason: str) -> Mark:
        useful = row.expires_at is None or row.expires_at > self._clock.now()
        if row.cls <= REPEATABLE and useful:
            return Mark(row, "queued", row_reason(f"repeated: {reason}"))
        return Mark(row, "unverified", reason)

    async def _record(self, tasks: list[asyncio.Task[Mark]]) -> None:
        if not tasks:
            return
        marks = [task.result() for task in tasks]
        try:
            await self._mark(marks)
        except Exception as error:
            if is_gone(error):
                raise
            await self._mark_each(marks)
        self._count(marks)
        if any(mark.state == "in_doubt" for mark in marks):
            self._look_at = 0.0
        for task in tasks:
            del self._flying[task]
        self._wakes.set()

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
            await self._record([task for task in self._flying if task.done()])
        except Exception:  # the next start finds these rows as orphans
            log.exception("outbox of %s: cannot record the last answers", self._sender.platform)


async def _after(
    rest: float, act: Callable[[Claimed], Coroutine[Any, Any, Mark]], row: Claimed
) -> Mark:
    """Claimed a moment before its permit is back."""
    if rest > 0:
        await pause(rest)
    return await act(row)


def backoff(attempt: int, chance: float) -> float:
    """Seconds before attempt + 1: doubling, capped, up to half of it left to chance (0 to 1)."""
    whole: float = min(MAX_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
    return whole * (0.5 + chance / 2)


def _rejected(row: Claimed, error: Rejected) -> Mark:
    """Where the message of a slot is gone it is posted anew, unless it was only to be edited."""
    if error.gone and row.kind == EDIT:
        return Mark(row, "skipped", error.reason)
    if error.gone and row.message_id and row.slot_id is not None:
        return Mark(row, "queued", error.reason, forget_target=True)
    return Mark(row, "dead", f"rejected: {error.reason}")


def row_reason(text: str) -> str:
    return f"in doubt, {text}"


def _parcel(row: Claimed) -> Parcel:
    message = from_json(row.payload) if row.kind in ("message", EDIT) else None
    question = row.payload if row.kind == "ask" else {}
    address = Address.parse(row.address)
    return Parcel(row.id, row.key, address, message, question, row.message_id, row.delivery_id,
                  row.started_at, row.progress)  # fmt: skip


def _answer(row: Claimed, values: dict[str, Any], now: datetime) -> Event:
    address = Address.parse(row.address)
    return Event(
        key=f"ask:{row.id}", at=now.astimezone(UTC), platform=address.platform, kind="answer",
        who=Person(address.platform, ""), where=address, route=str(row.payload["route"]),
        value=str(row.payload.get("value", "")), values=values,
    )  # fmt: skip

"""Due work happens once, in order of time, in batches; what fails harms only itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import due, outbox
from bot.chat import Address, Message, Part
from bot.clock import Clock
from bot.config import Config, load
from bot.due import DueHandler, DueKind
from bot.outbox import Class
from bot.partners.reach import given_up
from bot.turn import Turn
from bot.worker import MAX_ATTEMPTS, Worker
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from tests.conversations.stage import Stage
from tests.factories import due_rows

ROOT = Path(__file__).parents[2]


class LateClock(Clock):
    """A clock whose real time can be moved too, for back-off."""

    late = timedelta(0)

    def real(self):  # type: ignore[no-untyped-def]
        return super().real() + self.late


@dataclass
class Works:
    """A database with a worker whose kinds are the test's own."""

    database: Database
    clock: LateClock
    config: Config
    kinds: dict[str, DueKind] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    ran: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.worker = self.another(self.database)

    def another(self, database: Database) -> Worker:
        return Worker(database, self.clock, self.kinds, lambda: self.config, self._gave_up,
                      chance=lambda: 1.0)  # fmt: skip

    async def _gave_up(self, turn: Turn, key: str, error: str) -> None:
        assert turn.session.in_transaction()
        self.given_up.append(f"{key}: {error}")

    def kind(self, name: str, also: Callable[[Turn, Sequence[DueWork]], object] | None = None,
             *, cls: Class = Class.INTERACTIVE) -> None:  # fmt: skip
        """A kind that notes which keys it got, and then does `also`."""

        async def handler(turn: Turn, items: Sequence[DueWork]) -> None:
            self.ran.append([item.key for item in items])
            if also is not None:
                await also(turn, items)  # type: ignore[misc]

        self.kinds[name] = DueKind(name, "for a test", handler, cls)

    async def put(self, key: str, kind: str = "a", seconds: float = 0, **more: object) -> None:
        async with self.database.transaction() as (session, now):
            turn = Turn(session, now, self.config)
            at = now + timedelta(seconds=seconds)
            await due.put(turn, key=key, kind=kind, due_at=at, **more)  # type: ignore[arg-type]

    async def work(self) -> None:
        while await self.worker.work():
            pass

    async def row(self, key: str) -> DueWork:
        async with self.database.reading() as session:
            return (await session.scalars(select(DueWork).where(DueWork.key == key))).one()


@pytest.fixture
async def works(database_url: str) -> AsyncIterator[Works]:
    clock = LateClock()
    database = Database(database_url, clock)
    yield Works(database, clock, load(ROOT / "liaison.toml"))
    await database.close()


async def test_a_waiting_key_moves_and_runs_once(works: Works) -> None:
    works.kind("a")
    await works.put("k", seconds=3_600)
    await works.work()
    assert works.ran == []
    await works.put("k")
    await works.work()
    assert works.ran == [["k"]]


async def test_a_done_key_stays_done(works: Works) -> None:
    works.kind("a")
    await works.put("k")
    await works.work()
    await works.put("k")
    await works.work()
    assert works.ran == [["k"]]
    assert (await works.row("k")).state == "done"


async def test_a_handler_arms_its_own_key_again_with_its_cursor(works: Works) -> None:
    cursors: list[int] = []

    async def slice_(turn: Turn, items: Sequence[DueWork]) -> None:
        cursor = items[0].payload["cursor"]
        cursors.append(cursor)
        if cursor < 3:
            await due.put(turn, key="k", kind="a", due_at=turn.now, cursor=cursor + 1)

    works.kind("a", slice_)
    await works.put("k", cursor=0)
    await works.work()
    assert cursors == [0, 1, 2, 3]
    assert (await works.row("k")).state == "done"


async def test_dropped_work_never_runs(works: Works) -> None:
    works.kind("a")
    await works.put("k1", subject="ticket:1")
    await works.put("k2", subject="ticket:1")
    await works.put("k3", subject="ticket:2")
    await works.put("k4", subject="ticket:3")
    async with works.database.transaction() as (session, now):
        turn = Turn(session, now, works.config)
        await due.drop(turn, subject="ticket:1")
        await due.drop(turn, key="k3")
    await works.work()
    assert works.ran == [["k4"]]


async def test_batches_hold_at_most_a_hundred_in_order_of_time(works: Works) -> None:
    works.kind("a")
    async with works.database.transaction() as (session, now):
        await due_rows(session, *(
            {"key": f"k{n:03}", "kind": "a", "due_at": now - timedelta(seconds=n)}
            for n in range(250)
        ))  # fmt: skip
    await works.work()
    assert [len(batch) for batch in works.ran] == [100, 100, 50]
    assert [*chain(*works.ran)] == [f"k{n:03}" for n in reversed(range(250))]


async def test_kinds_take_turns_by_their_oldest_item(works: Works) -> None:
    works.kind("a")
    works.kind("b")
    await works.put("second", "a", -20)
    await works.put("first", "b", -30)
    await works.put("third", "b", -10)
    await works.work()
    assert works.ran == [["first", "third"], ["second"]]


async def test_a_failing_item_harms_only_itself(works: Works) -> None:
    async def fails(turn: Turn, items: Sequence[DueWork]) -> None:
        for item in items:
            say = Message((Part(item.key),))
            await outbox.owe(turn, Address("telegram", "1"), say, key=item.key, subject="s",
                             cls=Class.TICKET)  # fmt: skip
            if item.key == "k3":
                raise ValueError("a bug")

    works.kind("a", fails)
    for n in range(6):
        await works.put(f"k{n}", seconds=-n)
    await works.work()
    async with works.database.reading() as session:
        owed = set(await session.scalars(select(Delivery.key)))
    assert owed == {"k0", "k1", "k2", "k4", "k5"}, "what the failing item wrote is rolled back"
    failed = await works.row("k3")
    assert (failed.state, failed.attempts, failed.error) == ("waiting", 1, "ValueError('a bug')")
    assert (await works.row("k4")).state == "done"


async def test_what_a_neighbour_withdraws_or_moves_after_a_failed_batch_does_not_run(
    works: Works,
) -> None:
    async def alone(turn: Turn, items: Sequence[DueWork]) -> None:
        if len(items) > 1:
            raise ValueError("this batch is broken")
        if items[0].key == "k1":
            await due.drop(turn, key="k2")
            later = turn.now + timedelta(hours=1)
            await due.put(turn, key="k3", kind="a", due_at=later)

    works.kind("a", alone)
    for n in (1, 2, 3):
        await works.put(f"k{n}", seconds=n - 10)
    await works.work()
    assert works.ran == [["k1", "k2", "k3"], ["k1"]]
    assert (await works.row("k2")).state == "dropped"
    assert (await works.row("k3")).state == "waiting"


async def test_a_failing_item_backs_off_and_is_given_up_in_the_end(works: Works) -> None:
    async def fails(_turn: Turn, _items: Sequence[DueWork]) -> None:
        raise ValueError("always")

    works.kind("a", fails)
    await works.put("k")
    rests = []
    for _ in range(MAX_ATTEMPTS):
        before = len(works.ran)
        await works.work()
        assert len(works.ran) == before + 1, "in back-off it is left alone"
        row = await works.row("k")
        assert row.retry_at is not None
        rest = row.retry_at - works.clock.real()
        rests.append(round(rest.total_seconds()))
        works.clock.late += rest
    assert rests == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    await works.work()
    assert len(works.ran) == MAX_ATTEMPTS
    assert (await works.row("k")).state == "dead"
    assert works.given_up == ["k: ValueError('always')"]


async def test_what_fails_goes_behind_all_that_is_as_urgent(works: Works) -> None:
    async def fails(_turn: Turn, _items: Sequence[DueWork]) -> None:
        raise ValueError("always")

    works.kind("bad", fails)
    works.kind("good")
    for n in range(3):
        await works.put(f"b{n}", "bad", -10)
    await works.work()
    works.clock.late += timedelta(seconds=1)
    await works.put("g", "good")
    works.ran.clear()
    await works.work()
    assert works.ran[0] == ["g"]
    assert (await works.row("b0")).attempts == 2, "it is tried again all the same"


async def test_many_that_fail_keep_nobody_waiting(works: Works) -> None:
    """A kind whose latest batch failed goes behind its equals."""

    async def fails(_turn: Turn, items: Sequence[DueWork]) -> None:
        raise ValueError(f"{len(items)} fail")

    works.kind("bad", fails)
    works.kind("good")
    works.kinds["bad"] = replace(works.kinds["bad"], most=2)
    for n in range(6):
        await works.put(f"b{n}", "bad", n - 20)
    await works.put("g", "good", -10)
    await works.work()
    assert works.ran.index(["g"]) < works.ran.index(["b2", "b3"])
    assert (await works.row("b5")).attempts == 1


async def test_a_kind_that_only_another_version_knows_waits_for_it(
    works: Works, caplog: pytest.LogCaptureFixture
) -> None:
    works.kind("a")
    await works.put("new", "of-the-next-version", -10)
    await works.put("k")
    running = asyncio.create_task(works.worker.run())
    async with asyncio.timeout(10):
        while works.ran != [["k"]]:
            await asyncio.sleep(0.01)
    works.worker.stop()
    await running
    row = await works.row("new")
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "")
    assert "knows no due work of kind of-the-next-version" in caplog.text
    works.kind("of-the-next-version")
    await works.work()
    assert works.ran == [["k"], ["new"]]


async def test_the_most_urgent_class_is_caught_up_with_first(works: Works) -> None:
    works.kind("digest", cls=Class.DIGEST)
    works.kind("ticket", cls=Class.TICKET)
    works.kind("reminder", cls=Class.REMINDER)
    await works.put("monday", "digest", -3_000)
    await works.put("meeting", "reminder", -2_000)
    await works.put("promise", "ticket", -1_000)
    await works.work()
    assert works.ran == [["promise"], ["meeting"], ["monday"]]


async def test_one_that_fails_among_a_hundred_costs_a_few_transactions(works: Works) -> None:
    async def fails(_turn: Turn, items: Sequence[DueWork]) -> None:
        if any(item.key == "k42" for item in items):
            raise ValueError("a bug")

    works.kind("a", fails)
    async with works.database.transaction() as (session, now):
        await due_rows(
            session, *({"key": f"k{n}", "kind": "a", "due_at": now} for n in range(100))
        )
    await works.work()
    assert (await works.row("k42")).error == "ValueError('a bug')"
    assert (await works.row("k41")).state == (await works.row("k43")).state == "done"
    assert len(works.ran) <= 15  # twice the halvings of a hundred, and the first


async def test_two_processes_do_each_thing_once(works: Works) -> None:
    works.kind("a")
    async with works.database.transaction() as (session, now):
        await due_rows(session, *(
            {"key": f"k{n}", "kind": "a", "due_at": now} for n in range(400)
        ))  # fmt: skip
    other = Database(works.database.url.render_as_string(hide_password=False), works.clock)
    try:
        second = works.another(other)
        both = [asyncio.gather(*(w.work() for _ in range(4))) for w in (works.worker, second)]
        await asyncio.gather(*both)
    finally:
        await other.close()
    ran = [*chain(*works.ran)]
    assert len(ran) == len(set(ran)) == 400


async def test_the_worker_wakes_at_the_very_moment(works: Works) -> None:
    done = asyncio.Event()

    async def note(_turn: Turn, _items: Sequence[DueWork]) -> None:
        done.set()

    works.kind("a", note)
    running = asyncio.create_task(works.worker.run())
    works.database.on_wake("worker", works.worker.wake)
    await works.put("k", seconds=0.4)
    due_at = (await works.row("k")).due_at
    async with asyncio.timeout(5):
        await done.wait()
    late = (works.clock.now() - due_at).total_seconds()
    works.worker.stop()
    await running
    assert 0 <= late < 0.5


async def test_admins_hear_of_work_that_is_given_up(stage: Stage) -> None:
    async def fails(_turn: Turn, _items: Sequence[DueWork]) -> None:
        raise ValueError("beyond repair")

    await stage.settle()  # what each start puts is done by the stage's own worker
    handler: DueHandler = fails
    ahead = timedelta(hours=1)  # where the stage's own worker does not look yet
    clock = LateClock(stage.app.clock.offset + ahead)
    beside = Database(stage.app.database.url.render_as_string(hide_password=False), clock)
    worker = Worker(beside, clock, {"test.fails": DueKind("test.fails", "x", handler)},
                    lambda: stage.app.config, given_up)  # fmt: skip
    async with beside.transaction() as (session, now):
        last = {"attempts": MAX_ATTEMPTS - 1}
        row = {"key": "broken:1", "kind": "test.fails", "due_at": now, **last}
        await due_rows(session, row)
    await worker.work()
    await beside.close()
    stage.app.wake()
    await stage.manager("Chen").sees("broken:1", "beyond repair")

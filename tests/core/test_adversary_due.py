"""Due work under hostile conditions: nothing is stuck, lost for ever, or in the way of others."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update

from bot import due
from bot.errors import Refused
from bot.turn import Turn
from bot.worker import MAX_ATTEMPTS, Worker
from storage.models_delivery import DueWork
from tests.core.test_due import Works, works

__all__ = ["works"]  # the fixture


async def _almost_dead(works: Works, key: str) -> None:
    async with works.database.transaction() as (session, _):
        await session.execute(
            update(DueWork).where(DueWork.key == key).values(attempts=MAX_ATTEMPTS - 1)
        )


async def _fails(_turn: Turn, _items: Sequence[DueWork]) -> None:
    raise ValueError("a bug")


async def test_dropped_work_that_is_put_again_happens(works: Works) -> None:
    works.kind("a")
    await works.put("k", seconds=60, subject="ticket:1")
    async with works.database.transaction() as (session, now):
        await due.drop(Turn(session, now, works.config), subject="ticket:1")
    await works.work()
    assert (await works.row("k")).state == "dropped"
    await works.put("k", subject="ticket:1")
    await works.work()
    assert works.ran == [["k"]]


async def test_work_that_was_given_up_can_be_put_again(works: Works) -> None:
    """Else what stands for ever, such as housekeeping, never runs again after a bad hour."""
    works.kind("a", _fails)
    await works.put("k")
    await _almost_dead(works, "k")
    await works.work()
    assert (await works.row("k")).state == "dead"
    works.kind("a")
    works.ran.clear()
    await works.put("k")
    await works.work()
    assert works.ran == [["k"]]
    assert (await works.row("k")).state == "done"


async def test_a_fault_in_telling_of_dead_work_stops_nobody(works: Works) -> None:
    async def cannot_tell(_turn: Turn, _key: str, _error: str) -> None:
        raise KeyError("no template")

    worker = Worker(works.database, works.clock, works.kinds, lambda: works.config, cannot_tell)
    works.kind("a", _fails)
    works.kind("b")
    await works.put("broken")
    await _almost_dead(works, "broken")
    await works.put("fine", kind="b", seconds=0)
    while await worker.work():
        pass
    assert (await works.row("broken")).state == "dead"
    assert works.ran[-1] == ["fine"]


async def test_a_refusal_in_a_batch_harms_only_its_item(works: Works) -> None:
    async def handler(_turn: Turn, items: Sequence[DueWork]) -> None:
        if any(item.key == "bad" for item in items):
            raise Refused("Not like {this}.", this="that")

    works.kind("a", handler)
    for key in ("one", "bad", "two"):
        await works.put(key)
    await works.work()
    assert [(await works.row(key)).state for key in ("one", "bad", "two")] == [
        "done", "waiting", "done",
    ]  # fmt: skip


async def test_armed_twice_in_one_batch_is_one_next_time(works: Works) -> None:
    times = 0

    async def handler(turn: Turn, items: Sequence[DueWork]) -> None:
        nonlocal times
        times += 1
        if times > 1:
            return
        for _ in items:
            for item in items:
                await due.put(turn, key=item.key, kind="a",
                              due_at=turn.now + timedelta(seconds=-1), said="again")  # fmt: skip

    works.kind("a", handler)
    for key in ("k1", "k2"):
        await works.put(key, n=1)
    await works.work()
    assert works.ran == [["k1", "k2"], ["k1", "k2"]]

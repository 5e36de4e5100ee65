"""One process at a time: who takes over, when, and what the one before may still do."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot import outbox
from bot.chat import Address
from bot.clock import Clock, monotonic
from bot.config import load
from bot.outbox import Class
from bot.texts import plain_message
from bot.turn import Turn
from storage import claims, election, marks
from storage import outbox as rows
from storage.claims import Mark
from storage.db import Database, wake
from storage.election import Lease, alone
from storage.gates import Gates
from tests.core.walls import ROOT

JO = Address("telegram", "4001")


@pytest.fixture
async def two(postgres_database: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' views of one database."""
    first, second = Database(postgres_database, Clock()), Database(postgres_database, Clock())
    yield first, second
    await first.close()
    await second.close()


class Job:
    """Work that runs until it is told to end."""

    def __init__(self) -> None:
        self.leases: list[Lease] = []
        self.running = asyncio.Event()
        self.over = asyncio.Event()
        self.cancelled = False

    async def work(self, lease: Lease) -> None:
        self.leases.append(lease)
        self.running.set()
        try:
            await self.over.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def _start(database: Database, job: Job) -> asyncio.Task[None]:
    return asyncio.create_task(alone(database, "job", job.work, lambda: False))


async def _ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_hands_back_is_followed_at_once(two: tuple[Database, Database]) -> None:
    first, second = Job(), Job()
    one = _start(two[0], first)
    await first.running.wait()
    other = _start(two[1], second)
    await asyncio.sleep(2.5)
    assert not second.running.is_set(), "two at a time"
    first.over.set()
    await one
    await asyncio.wait_for(second.running.wait(), 2 * election.RENEW)
    assert second.leases[0].epoch == first.leases[0].epoch + 1
    assert second.leases[0].clean
    await _ended(other)


async def test_who_is_not_seen_is_replaced_within_ten_seconds(
    two: tuple[Database, Database],
) -> None:
    frozen = await election._take(two[0], "job", "frozen")  # and never seen again
    assert frozen is not None
    began, second = monotonic(), Job()
    other = _start(two[1], second)
    await asyncio.wait_for(second.running.wait(), 10)
    assert monotonic() - began > election.SURE
    assert not second.leases[0].clean
    with pytest.raises(TimeoutError):  # awake again, it does nothing in the name of the account
        await asyncio.wait_for(frozen.sure(), 0.5)
    await _ended(other)


async def test_a_dead_process_of_this_machine_is_replaced_at_once(
    two: tuple[Database, Database],
) -> None:
    gone = await asyncio.create_subprocess_exec("true")
    await gone.wait()
    holder = f"x@{election.ROOM}:{gone.pid}"
    assert await election._take(two[0], "job", holder) is not None
    assert await election._take(two[1], "job", "other") is not None


@pytest.mark.skipif(not election.ROOM, reason="this system does not name its processes' room")
@pytest.mark.parametrize("room", [socket.gethostname(), f"{election.ROOM}1", ""])
@pytest.mark.parametrize("whose", ["gone", "ours"])
async def test_a_number_in_another_room_tells_nothing(
    two: tuple[Database, Database], room: str, whose: str
) -> None:
    """Containers that share a host's name would else take the lease from each other for ever."""
    gone = await asyncio.create_subprocess_exec("true")
    await gone.wait()
    pid = gone.pid if whose == "gone" else os.getpid()
    assert await election._take(two[0], "job", f"x@{room}:{pid}") is not None
    assert await election._take(two[1], "job", "other") is None


async def test_a_frozen_holder_is_told_when_it_wakes(
    two: tuple[Database, Database],
) -> None:
    first = Job()
    one = _start(two[0], first)
    await first.running.wait()
    async with two[1].marking() as session:  # as another process does after LEASE
        await session.execute(text("UPDATE held SET seen_at = seen_at - interval '1 hour'"))
    lease = await election._take(two[1], "job", "other")
    assert lease is not None
    for _ in range(60):
        if first.cancelled:
            break
        await asyncio.sleep(0.1)
    assert first.cancelled
    await _ended(one)


async def test_an_outage_of_the_database_is_waited_out(two: tuple[Database, Database]) -> None:
    job = Job()
    one = _start(two[0], job)
    await job.running.wait()
    for _ in range(3):
        await _cut(two[0])
        await asyncio.sleep(1.2)
    await asyncio.wait_for(job.leases[0].sure(), 5)
    assert len(job.leases) == 1
    assert not job.cancelled
    await _ended(one)


async def _cut(database: Database) -> None:
    """End every other connection to the database."""
    engine = create_async_engine(database.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip
    await engine.dispose()


async def test_what_an_earlier_sender_records_counts_no_more(
    two: tuple[Database, Database],
) -> None:
    database, config = two[0], load(ROOT / "liaison.toml")
    async with database.transaction() as (session, now):
        await outbox.owe(Turn(session, now, config), JO, plain_message("hello"), key="k",
                         subject="k", cls=Class.TICKET)  # fmt: skip
    real = database.clock.real()

    async def claim(epoch: int) -> list[claims.Claimed]:
        async with database.marking() as session:
            return await claims.claim(
                session, "telegram", now=database.clock.now(), real=real, limit=9,
                lease=timedelta(seconds=90), gates=Gates(), choose=lambda found: found,
                epoch=epoch,
            )  # fmt: skip

    [frozen] = await claim(1)
    async with database.marking() as session:
        await claims.orphaned(session, "telegram", real, 2)
        [doubtful] = await claims.in_doubt(session, "telegram", real, 9, 2)
        await marks.mark(session, [Mark(doubtful, "queued", "repeated")], real, 2)
    [again] = await claim(2)
    async with database.marking() as session:
        await marks.mark(session, [Mark(frozen, "queued", "try later")], real, 1)
        await marks.mark(session, [Mark(frozen, "sent", "", "77")], real, 1)
    async with database.reading() as session:
        row = await rows.find(session, "k")
    assert row is not None
    assert (row.state, row.epoch) == ("sending", 2)
    async with database.marking() as session:
        await marks.mark(session, [Mark(again, "sent", "", "78")], real, 2)
    async with database.reading() as session:
        row = await rows.find(session, "k")
    assert row is not None
    assert (row.state, row.platform_id) == ("sent", "78")


async def test_a_commit_wakes_the_other_process_at_once(two: tuple[Database, Database]) -> None:
    heard = asyncio.Event()
    two[1].on_wake("outbox", heard.set)
    listening = asyncio.create_task(two[1].listen())
    await asyncio.sleep(0.3)
    for _ in range(2):
        async with two[0].transaction() as (session, _now):
            wake(session, "outbox")
        began = monotonic()
        await asyncio.wait_for(heard.wait(), 1)
        assert monotonic() - began < 0.1
        await _cut(two[0])  # it listens again by itself
        await asyncio.sleep(1.5)
        heard.clear()
    await _ended(listening)


@pytest.mark.parametrize("option", ["ssl=prefer", "prepared_statement_cache_size=0"])
async def test_whoever_connects_with_options_is_woken_too(
    two: tuple[Database, Database], option: str
) -> None:
    url = two[0].url.update_query_string(option).render_as_string(hide_password=False)
    other, heard = Database(url, Clock()), asyncio.Event()
    other.on_wake("outbox", heard.set)
    listening = asyncio.create_task(other.listen())
    async with asyncio.timeout(5):
        while not heard.is_set():  # until it listens
            async with two[0].transaction() as (session, _now):
                wake(session, "outbox")
            await asyncio.sleep(0.1)
    await _ended(listening)
    await other.close()


async def test_what_is_rolled_back_wakes_nobody(two: tuple[Database, Database]) -> None:
    heard = asyncio.Event()
    two[1].on_wake("outbox", heard.set)
    listening = asyncio.create_task(two[1].listen())
    await asyncio.sleep(0.3)

    async def fails() -> None:
        async with two[0].transaction() as (session, _now):
            wake(session, "outbox")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    await asyncio.sleep(0.3)
    assert not heard.is_set()
    await _ended(listening)

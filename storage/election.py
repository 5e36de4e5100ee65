"""What only one process may do at a time, such as sending in the name of a bot account.

A row says who does it and when they were last seen. On PostgreSQL others take over once the holder
has not been seen for LEASE; a holder that is not sure of having been seen (frozen, cut off) does
nothing until it knows (`Lease.sure`), and what it records is guarded by its epoch. On SQLite one
`run` holds the file anyway: the row only tells the next one when the last was seen.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.clock import monotonic, new_id, pause
from storage.db import Database, Session
from storage.models_delivery import Held

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=5)  # unseen for so long, a holder is replaced
SURE = (
    4.0  # seconds after being seen in which a holder may act: less than LEASE, whatever clocks do
)
RENEW = 1.0  # seconds between two looks
SEEN = 30.0  # seconds between two on SQLite, where nobody waits to take over
LOOK_AGAIN = 0.05  # seconds


@dataclass
class Lease:
    """Our right to do something alone. `epoch` rises with every holder.

    `before` is when the last holder was seen (real time), None for the first one; `clean` whether
    they handed it back.
    """

    epoch: int = 0
    before: datetime | None = None
    clean: bool = True
    until: float = float("inf")  # on the monotonic clock, which runs on while a process is frozen

    async def sure(self) -> None:
        """Returns while nobody else can have taken over; at once, unless we were away."""
        while monotonic() >= self.until:
            await pause(LOOK_AGAIN)


def _room() -> str:
    """Where this process's number means this process; "" where the system does not say.

    The host's name is not enough: copied machines and containers may share it, and each container
    counts its processes from 1.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        numbers = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return f"{socket.gethostname()}.{boot}.{numbers}"


ROOM = _room()
HERE: set[str] = set()  # holders within this process
ALWAYS = Lease()  # of whoever is alone by construction

Work = Callable[[Lease], Coroutine[Any, Any, None]]


async def alone(database: Database, name: str, work: Work, stopping: Callable[[], bool]) -> None:
    """Do `work` while no other process does; it is cancelled when another has taken over."""
    me = f"{new_id()}@{ROOM}:{os.getpid()}"
    HERE.add(me)
    try:
        await _run_for(database, name, me, work, stopping)
    finally:
        HERE.discard(me)


async def _run_for(
    database: Database, name: str, me: str, work: Work, stopping: Callable[[], bool]
) -> None:
    while not stopping():
        try:
            lease = await _take(database, name, me)
            if lease is not None and await _hold(database, name, me, lease, work):
                return
        except Exception:  # the database may be gone for a while
            log.exception("%s: trying again", name)
        await pause(RENEW)


async def _hold(database: Database, name: str, me: str, lease: Lease, work: Work) -> bool:
    """Whether the work came to its own end; then the next process need not wait."""
    log.info("%s is ours, epoch %d", name, lease.epoch)
    doing = asyncio.create_task(work(lease))
    watching = asyncio.create_task(_watch(database, name, me, lease))
    try:
        await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended = doing.done() and not doing.cancelled()
        for task in (doing, watching):
            task.cancel()
        await asyncio.gather(doing, watching, return_exceptions=True)
        await _hand_back(database, name, me)
    if ended:
        doing.result()
    return ended


async def _watch(database: Database, name: str, me: str, lease: Lease) -> None:
    """Stay seen. Returns when another holds the lease; an outage of the database is waited out."""
    while True:
        await pause(SEEN if database.sqlite else RENEW)
        began = monotonic()
        try:
            async with database.marking() as session:
                if not await _seen(session, name, me, await _now(database, session)):
                    log.warning("%s was taken over by another process", name)
                    return
        except Exception as error:  # noqa: BLE001 - `sure` holds us back until it is over
            log.warning("%s: not seen: %s", name, type(error).__name__)
        else:
            _extend(database, lease, began)


async def _take(database: Database, name: str, me: str) -> Lease | None:
    """Become the holder if there is none, or none who was seen of late."""
    began = monotonic()
    async with database.marking() as session:
        now = await _now(database, session)
        insert = sqlite.insert if database.sqlite else postgresql.insert
        first = insert(Held).values(name=name, holder="", epoch=0, seen_at=None, clean=True)
        await session.execute(first.on_conflict_do_nothing())
        row = (
            await session.scalars(select(Held).where(Held.name == name).with_for_update())
        ).one()
        seen = row.seen_at is not None and not row.clean and now - row.seen_at < LEASE
        there = seen and not _is_dead(row.holder)
        if there and not database.sqlite:
            return None
        lease = Lease(row.epoch + 1, row.seen_at, row.clean)
        row.holder, row.epoch, row.seen_at, row.clean = me, lease.epoch, now, False
    _extend(database, lease, began)
    return lease


def _is_dead(holder: str) -> bool:
    """Whether it was a process of this machine that is no more: a restart resumes at once."""
    room, _, pid = holder.partition("@")[2].rpartition(":")
    if holder in HERE or not ROOM or room != ROOM or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return True  # its number is ours now
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _extend(database: Database, lease: Lease, seen: float) -> None:
    if not database.sqlite:
        lease.until = seen + SURE


async def _seen(
    session: Session, name: str, me: str, now: datetime, *, clean: bool = False
) -> bool:
    found = await session.scalar(
        update(Held)
        .where(Held.name == name, Held.holder == me)
        .values(seen_at=now, clean=clean)
        .returning(Held.epoch)
    )
    return found is not None


async def _hand_back(database: Database, name: str, me: str) -> None:
    """Best effort: who cannot say so is replaced after LEASE."""
    try:
        async with database.marking() as session:
            await _seen(session, name, me, await _now(database, session), clean=True)
    except Exception as error:  # noqa: BLE001 - the database may be the reason why we end
        log.warning("%s is not handed back: %s", name, type(error).__name__)


async def _now(database: Database, session: Session) -> datetime:
    """One clock for all replicas: the database's."""
    if database.sqlite:
        return database.clock.real()
    now: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return now

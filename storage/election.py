"""What only one process may do at a time, such as sending in the name of a bot account."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import pause
from storage.db import WRITER_LOCK, Database

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds between looks at a lock that another holds, or that we hold
TRY = text(f"SELECT pg_try_advisory_lock({WRITER_LOCK % 2**31}, :number)")
HOLDS = text("SELECT 1")

Work = Callable[[], Coroutine[Any, Any, None]]


async def alone(
    database: Database, name: str, work: Work, stopping: Callable[[], bool]
) -> None:  # fmt: skip
    """Do `work` while no other process does; it is cancelled when our claim to it is lost.

    On PostgreSQL a lock decides that dies with its holder's connection. SQLite has one `run`.
    """
    if database.sqlite:
        await work()
        return
    while not stopping():
        try:
            if await _held(database, name, work):
                return
        except Exception:  # the database may be gone for a while
            log.exception("%s: trying again", name)
        await pause(LOOK_EVERY)


async def _held(database: Database, name: str, work: Work) -> bool:
    """Whether the work came to its own end."""
    async with database.connection() as connection:
        number = crc32(name.encode()) - 2**31
        if not (await connection.execute(TRY, {"number": number})).scalar_one():
            return False
        log.info("%s is ours", name)
        doing, watching = asyncio.create_task(work()), asyncio.create_task(_watch(connection))
        try:
            await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = doing.done()
            for task in (doing, watching):
                task.cancel()
            await asyncio.gather(doing, watching, return_exceptions=True)
            await connection.invalidate()  # the lock goes with the connection
        if ended:
            doing.result()
        return ended


async def _watch(connection: AsyncConnection) -> None:
    """Returns when the connection, and with it the lock, is lost."""
    while True:
        await pause(LOOK_EVERY)
        try:
            await connection.execute(HOLDS)
        except Exception:
            log.exception("a lock is lost")
            return

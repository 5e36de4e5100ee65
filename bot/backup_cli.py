"""`main.py backup`, `restore`, `db copy`: what an operator does with the database as a whole."""

from collections.abc import Awaitable
from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.config import Environment
from bot.errors import ConfigError
from bot.serve import single_run
from storage import restored
from storage.backup import BackupError, backup, put_in_force, unpacked
from storage.copying import copy
from storage.db import Database
from storage.models_delivery import Held
from storage.revision import is_current
from storage.upgrade import upgrade

console = Console(soft_wrap=True)
BUSY = 10  # seconds in which a sender that runs was surely seen


async def make(environment: Environment, file: Path) -> int:
    """Copy the database into a file; a running bot goes on."""
    return await _told(backup(environment.database_url, file), f"{file} holds everything.")


async def put_back(environment: Environment, file: Path) -> int:
    """Put a backup in the place of the database; `run` must be stopped."""
    url, clock = environment.database_url, Clock()
    try:
        with single_run(url):
            async with unpacked(url, file) as there:
                await upgrade(there)
                outcome = await _settle(there, clock)
                kept = put_in_force(url, clock.real())
    except (BackupError, ConfigError) as error:
        console.print(str(error), style="red")
        return 1
    if kept is not None:
        console.print(f"The database that was there before is {kept}.")
    console.print(
        f"{file} is in force. Of what was owed in it, {outcome.looked_up} are looked up in Slack "
        f"at the next start, and {outcome.unverified} perhaps arrived: "
        "main.py outbox list --state unverified. What fell due since the backup is written down "
        "as perhaps sent, too, and not sent again by itself.",
    )
    return 0


async def _settle(url: str, clock: Clock) -> restored.Outcome:
    database = Database(url, clock)
    try:
        async with database.transaction() as (session, now):
            made_at = await restored.made_at(session, now)
            return await restored.mark(session, made_at, now)
    finally:
        await database.close()


async def move(source: str, target: str) -> int:
    """Copy all rows from one database into another, empty one."""
    for url in (source, target):
        if not url.startswith(("sqlite+aiosqlite:", "postgresql+asyncpg:")):
            console.print(f"{url.partition(':')[0]}: is no database of ours; it begins with "
                          "sqlite+aiosqlite: or postgresql+asyncpg:", style="red")  # fmt: skip
            return 2
    try:
        with single_run(source):
            if not await is_current(source):
                raise BackupError("The source has older tables: run main.py db upgrade first.")
            await _nobody(source)
            await upgrade(target)
            counts = await copy(source, target, lambda *_: None)
    except (BackupError, ConfigError) as error:
        console.print(str(error), style="red")
        return 1
    for table, count in counts.items():
        console.print(f"{table}: {count}")
    console.print("All rows are there, and read back as they were. Now set DATABASE_URL.")
    return 0


async def _nobody(url: str) -> None:
    """Refuse while somebody sends from a PostgreSQL source."""
    database = Database(url, Clock())
    try:
        async with database.reading() as session:
            row = await session.get(Held, "sender:slack") or await session.get(
                Held, "sender:telegram"
            )
    finally:
        await database.close()
    if not database.sqlite and row is not None and not row.clean and row.seen_at is not None:
        age = database.clock.real() - row.seen_at
        if age.total_seconds() < BUSY:
            raise BackupError("The bot runs on the source: stop it first.")


async def _told(work: Awaitable[None], done: str) -> int:
    try:
        await work
    except BackupError as error:
        console.print(str(error), style="red")
        return 1
    console.print(done)
    return 0

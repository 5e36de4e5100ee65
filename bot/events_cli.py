"""`main.py events`: look at what was set aside, handle it again, or give it up."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import App
from bot.clock import Clock
from bot.config import Config, Environment
from bot.errors import DeliveryError
from storage import events
from storage.db import Database
from storage.models_delivery import SetAside

console = Console()
SHOWN = 50


async def show_all(environment: Environment) -> int:
    """A table of the open ones; says so when there are none."""
    database = Database(environment.database_url, Clock())
    async with database.reading() as session:
        rows = await events.list_aside(session, SHOWN)
    await database.close()
    if not rows:
        console.print("Nothing is set aside.")
        return 0
    table = Table("id", "when (UTC)", "from", "what went wrong")
    for row in rows:
        table.add_row(
            row.error_id, f"{row.at:%Y-%m-%d %H:%M}", row.platform, _last_line(row.error)
        )
    console.print(table)
    console.print("main.py events show ID, retry ID (or all), drop ID (or all)", style="dim")
    return 0


async def show(environment: Environment, error_id: str, raw: bool) -> int:
    """Everything that is known of one; what came in, people's words among it, only when asked."""
    database = Database(environment.database_url, Clock())
    async with database.reading() as session:
        row = await events.find_aside(session, error_id)
    await database.close()
    if row is None:
        console.print(f"Nothing was ever set aside under {error_id}.")
        return 1
    table = Table(show_header=False)
    for name, value in (("id", row.error_id), ("state", row.state), ("from", row.platform),
                        ("when", f"{row.at:%Y-%m-%d %H:%M:%S} UTC"), ("event", row.key),
                        ("what went wrong", row.error.strip())):  # fmt: skip
        table.add_row(name, Text(value))  # a traceback has brackets that are no markup
    console.print(table)
    if raw:
        console.print(Text(_readable(row.raw)))
    else:
        console.print(f"main.py events show {error_id} --raw shows what came in.", style="dim")
    return 0


def _readable(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except ValueError:
        return raw


async def count(environment: Environment) -> int:
    """How many wait for a decision."""
    database = Database(environment.database_url, Clock())
    async with database.reading() as session:
        found = await events.count_aside(session)
    await database.close()
    return found


async def retry(environment: Environment, config: Config, error_id: str) -> int:
    """Handle one again, or all; what fails again is set aside anew under a new id."""
    app = App(environment, config)
    await app.prepare()
    try:
        rows = await _chosen(app.database, error_id)
        if not rows:
            console.print(f"Nothing is set aside under {error_id}.")
            return 1
        for row in rows:
            await _again(app, row)
        return 0
    finally:
        await app.database.close()


async def drop(environment: Environment, error_id: str) -> int:
    """Give one up, or all."""
    database = Database(environment.database_url, Clock())
    try:
        async with database.transaction() as (session, _now):
            dropped = await events.drop_aside(session, None if error_id == "all" else error_id)
    finally:
        await database.close()
    if not dropped:
        nothing = "." if error_id == "all" else f" under {error_id}."
        console.print(f"Nothing is set aside{nothing}")
        return 1
    console.print(f"{dropped} dropped." if error_id == "all" else f"{error_id} is dropped.")
    return 0


async def _chosen(database: Database, error_id: str) -> list[SetAside]:
    async with database.reading() as session:
        rows = await events.list_aside(session, 10_000)
    return [row for row in rows if error_id in ("all", row.error_id)]


async def _again(app: App, row: SetAside) -> None:
    platform = app.platforms.get(row.platform)
    if platform is None:
        console.print(f"{row.error_id}: {row.platform} is not configured.")
        return
    try:
        found = await platform.reread(row.raw)
    except (ValueError, TypeError, KeyError, DeliveryError) as error:
        console.print(f"{row.error_id}: cannot be read: {error}")
        return
    async with app.database.transaction() as (session, _now):
        for event in found:
            await events.forget(session, event.key)
    for event in found:
        await app.dispatch.handle(event, row.raw)
    async with app.database.transaction() as (session, _now):  # last: nothing kept is ever lost
        kept = await events.find_aside(session, row.error_id)
        if kept is not None and kept.state == "open":
            kept.state = "retried"
    console.print(f"{row.error_id}: handled again ({len(found)} events).")


def _last_line(error: str) -> str:
    lines = error.strip().splitlines()
    return lines[-1] if lines else ""

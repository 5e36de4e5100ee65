"""`main.py due`: what will be decided next and why, what failed, what was given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clock import Clock
from bot.commands.table import DUE
from bot.config import Environment
from storage import due_work
from storage.db import Database, Session
from storage.models_delivery import DueWork

console = Console()


async def show(environment: Environment, limit: int) -> int:
    """Three tables: given up, failed and tried again, next."""
    clock = Clock()
    database = Database(environment.database_url, clock)
    async with database.reading() as session:
        dead = await due_work.given_up(session, limit)
        failed = await due_work.in_backoff(session, clock.real(), limit)
        coming = await due_work.coming(session, limit)
        about = await _about(session, [*dead, *failed, *coming])
    await database.close()
    _table("Given up", dead, about, "error")
    _table("Failed, tried again", failed, about, "error")
    _table("Next", coming, about, "why")
    if not (dead or failed or coming):
        console.print("Nothing is due, now or later.")
    if dead or failed:
        console.print("main.py due retry KEY, main.py due drop KEY", style="dim")
    return 0


async def _about(session: Session, rows: list[DueWork]) -> dict[str, str]:
    """What each is about, by its key: "T-12 (Nordwind GmbH)"."""
    refs = {row.key: ref_of(row.subject, row.payload) for row in rows}
    partners = await due_work.partners_of(session, list(refs.values()))
    return {key: f"{ref} ({partners[ref]})" if ref in partners else ref
            for key, ref in refs.items()}  # fmt: skip


def ref_of(subject: str, payload: Mapping[str, Any]) -> str:
    """ "T-12", "M-3", "N-5", by what work says of itself; else its subject as it stands."""
    for name, letter in (("ticket", "T"), ("meeting", "M"), ("item", "N")):
        if isinstance(payload.get(name), int):
            return f"{letter}-{payload[name]}"
    noun, _, rest = subject.partition(":")
    number = rest.rpartition(":")[2] if noun == "digest" else rest.partition(":")[0]
    letter = {"ticket": "T", "meeting": "M", "news": "N"}.get(noun, "")
    if noun == "digest" and rest.startswith("urgent:"):
        letter = "N"
    return f"{letter}-{number}" if letter and number.isdecimal() else subject.replace(":", " ", 1)


def _table(title: str, rows: list[DueWork], about: Mapping[str, str], last: str) -> None:
    if not rows:
        return
    table = Table("key", "about", "kind", "due", "attempts", last, title=title,
                  title_justify="left")  # fmt: skip
    for row in rows:
        why = DUE.all[row.kind].says if row.kind in DUE.all else "unknown to this version"
        table.add_row(row.key, about[row.key], row.kind, _at(row.due_at), str(row.attempts),
                      row.error if last == "error" else why)  # fmt: skip
    console.print(table)


def _at(moment: datetime) -> str:
    """In this machine's own time, which the operator reads elsewhere too."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"


async def retry(environment: Environment, key: str) -> int:
    """Do it now: one that failed, was given up, or waits for its moment."""
    return await _change(environment, key, again=True)


async def drop(environment: Environment, key: str) -> int:
    """Give one up."""
    return await _change(environment, key, again=False)


async def _change(environment: Environment, key: str, *, again: bool) -> int:
    database = Database(environment.database_url, Clock())
    try:
        async with database.transaction() as (session, _now):
            done = await (due_work.again if again else due_work.give_up)(session, key)
    finally:
        await database.close()
    if not done:
        console.print(f"No work waits or failed under {key}; see main.py due list.")
        return 1
    console.print(f"{key} is tried again now." if again else f"{key} is dropped.")
    return 0

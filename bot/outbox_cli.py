"""`main.py outbox`: look at what is owed to the platforms, send it again, or give it up."""

from rich.console import Console
from rich.table import Table

from bot import markup
from bot.clock import Clock
from bot.commands.args import partner_named
from bot.config import Environment
from bot.errors import Refused
from bot.outbox import from_json
from storage import deliveries, people
from storage import outbox as rows
from storage.db import Database
from storage.models_delivery import Delivery

console = Console(soft_wrap=True)
CLASSES = ("interactive", "ticket", "reminder", "survey", "digest")
STATES = ("queued", "stopped", "sending", "in_doubt", "sent", "skipped", "dead", "unverified")
NEEDING_A_LOOK = ("queued", "stopped", "sending", "in_doubt", "dead", "unverified")


async def show_all(
    environment: Environment, state: str, platform: str, where: str, limit: int, partner: str = ""
) -> int:
    """A table, newest first: without a state whatever has not arrived; of one partner, or all."""
    if state and state not in STATES:
        console.print(f"There is no state {state}; there are {', '.join(STATES)}.")
        return 2
    states = (state,) if state else NEEDING_A_LOOK
    database = Database(environment.database_url, Clock())
    try:
        async with database.reading() as session:
            theirs = await partner_named(session, partner) if partner else None
            chats = people.chats_of_partner(theirs.id) if theirs is not None else None
            found = await deliveries.listed(session, states=states, platform=platform,
                                            where=where, chats=chats, limit=limit)  # fmt: skip
            names = await people.names_at(session, [rows.address_of(row) for row in found])
    except Refused as error:
        console.print(error.message.format(**error.data))
        for button in error.data.get("buttons", ()):
            console.print(f"- {button.label}")
        return 1
    finally:
        await database.close()
    if not found:
        console.print("All is delivered. Nothing waits." if not state else "There is none.")
        return 0
    table = Table("key", "state", "class", "to", "waits until (UTC)", "attempts", "why")
    for row in found:
        until = row.retry_at or row.not_before
        table.add_row(
            row.key, row.state, CLASSES[row.cls], names.get(row.address, row.address),
            f"{until:%Y-%m-%d %H:%M:%S}" if until and row.state == "queued" else "",
            str(row.attempts), row.reason,
        )  # fmt: skip
    console.print(table)
    console.print("main.py outbox show KEY, retry KEY (or all), drop KEY", style="dim")
    return 0


async def show(environment: Environment, key: str, text: bool) -> int:
    """Everything that is known of one; people's words only when asked for."""
    database = Database(environment.database_url, Clock())
    async with database.reading() as session:
        row = await rows.find(session, key)
    await database.close()
    if row is None:
        console.print(f"There is no delivery {key}; see main.py outbox list.")
        return 1
    table = Table(show_header=False)
    for name, value in _facts(row, text):
        table.add_row(name, value)
    console.print(table)
    return 0


def _facts(row: Delivery, text: bool) -> list[tuple[str, str]]:
    facts = [
        ("key", row.key), ("state", row.state), ("why", row.reason), ("kind", row.kind),
        ("class", CLASSES[row.cls]), ("address", row.address), ("subject", row.subject),
        ("owed at", _at(row.created_at)), ("not before", _at(row.not_before)),
        ("expires at", _at(row.expires_at)), ("attempts", str(row.attempts)),
        ("last attempt", _at(row.started_at)), ("next attempt", _at(row.retry_at)),
        ("ended at", _at(row.done_at)), ("id on the platform", row.platform_id),
    ]  # fmt: skip
    if text and row.kind == "message":
        said = markup.plain(from_json(row.payload).html) if row.payload else "(thrown away)"
        facts.append(("text", said))
    return [(name, value) for name, value in facts if value]


def _at(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment is not None else ""


async def retry(environment: Environment, key: str) -> int:
    """Send what ended badly again: one, or all. A running bot sends it within its heartbeat."""
    database = Database(environment.database_url, Clock())
    try:
        async with database.transaction() as (session, _now):
            keys = None if key == "all" else [key]
            sent = await deliveries.send_again(session, "sent again by the operator", keys=keys)
    finally:
        await database.close()
    if sent:
        console.print(f"{len(sent)} will be sent again.")
        return 0
    why_not = "it waits already, arrived, was withdrawn, is not there, or something newer is"
    refusal = f"{key} cannot be sent again: {why_not}."
    console.print("Nothing ended badly." if key == "all" else refusal)
    return 1


async def drop(environment: Environment, key: str) -> int:
    """Withdraw one that still waits."""
    database = Database(environment.database_url, Clock())
    try:
        async with database.transaction() as (session, now):
            done = await rows.skip_key(session, key, "withdrawn by the operator", now)
    finally:
        await database.close()
    console.print(f"{key} is withdrawn." if done else f"{key} does not wait: it is not there, on "
                  "its way, or has ended.")  # fmt: skip
    return 0 if done else 1

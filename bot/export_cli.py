"""`main.py export`: tickets into a file on this machine, for whoever runs the bot."""

from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import Clock
from bot.commands.args import partner_named
from bot.config import Config, Environment
from bot.errors import Refused
from bot.exporter import TooBig, write
from bot.settings import adopt
from bot.sheets import MIMES
from bot.texts import Reader
from bot.tickets import finding, periods
from bot.tickets.exporting import TicketRows
from bot.tickets.finding import Filters
from storage.db import Database

console = Console(soft_wrap=True)
MOST = 1_000_000  # rows: a spreadsheet has no more


async def export(
    environment: Environment, config: Config, file: Path, words: str, since: str, until: str
) -> int:
    """Tickets that fit, solved ones too, in the company's language and clock; the exit code."""
    kind, fault = file.suffix.removeprefix(".").lower(), _fault(file)
    if fault:
        console.print(f"{file} {fault}: name another file.")
        return 2
    database = Database(environment.database_url, Clock())
    try:
        config = await adopt(database, config, "export", replace=False)
        asked = await _asked(database, config, words, since, until)
        return await _into(database, config, file, kind, asked)
    except Refused as error:
        console.print(error.message.format(**error.data))
        return 2
    finally:
        await database.close()


async def _asked(
    database: Database, config: Config, words: str, since: str, until: str
) -> dict[str, Any]:
    """The order that a chat's would be; words that are no filter name a partner."""
    now = database.clock.now()
    period, rest = periods.named(words, since, until, now, config.zone, date(2000, 1, 1))
    said, names = finding.understood(rest.split())
    said.pop("mine", None)  # nobody: an operator has no tickets
    if names:
        async with database.reading() as session:
            said["partner_id"] = (await partner_named(session, " ".join(names))).id
    filters = Filters(**({"status": "any"} | said))
    asked: dict[str, Any] = {"filters": filters.code()}
    if period is not None:
        begin, end = period.moments(config.tzinfo)
        asked |= {"since": begin.isoformat(), "until": end.isoformat()}
    return asked


async def _into(
    database: Database, config: Config, file: Path, kind: str, asked: dict[str, Any]
) -> int:
    reader = Reader(config.language, config.zone)
    source = TicketRows(asked, None, reader)
    rows = 0
    try:
        with file.open("xb") as stream:
            rows = await write(database, config, source, kind, stream, reader,
                               database.clock.now(), most=MOST)  # fmt: skip
    except TooBig:
        console.print(f"More than {MOST:,} tickets do not fit into a spreadsheet: name days.")
        return 1
    finally:
        if not rows:
            _forget(file)
    console.print(f"{file}: {rows:,} tickets." if rows else "No ticket fits: there is no file.")
    return 0


def _fault(file: Path) -> str:
    if file.exists():
        return "is there already"
    return "" if file.suffix.removeprefix(".").lower() in MIMES else "should end in .xlsx or .csv"


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)

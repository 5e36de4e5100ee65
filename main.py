"""Liaison's command line. Each command imports what it needs, so that --help is quick."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.config import Config, Environment

cli = typer.Typer(help="Liaison looks after sales partners, in Slack and Telegram.",
                  no_args_is_help=True, pretty_exceptions_enable=False)  # fmt: skip
events = typer.Typer(help="Events that were set aside because something went wrong.",
                     no_args_is_help=True)  # fmt: skip
outbox = typer.Typer(help="What is owed to Slack and Telegram.", no_args_is_help=True)
due = typer.Typer(help="What will be decided next, and why.", no_args_is_help=True)
db = typer.Typer(help="The database's tables.", no_args_is_help=True)
cli.add_typer(events, name="events")
cli.add_typer(outbox, name="outbox")
cli.add_typer(due, name="due")
cli.add_typer(db, name="db")


@cli.command()
def run() -> None:
    """Run the bot against the platforms that the environment names."""
    environment, config = _configured()
    from bot.serve import serve

    _main(serve(environment, config))


@cli.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where the page is served.", min=1, max=65535)] = 8765,
    fresh: Annotated[bool, typer.Option(help="Forget what was played before.")] = False,
    tour: Annotated[bool, typer.Option(help="Play the story by itself and check it.")] = False,
    at: Annotated[str, typer.Option(help="Start business time here (ISO, with offset).")] = "",
) -> None:
    """A local Slack and Telegram with 80 demo partners, to play both sides in the browser."""
    from bot.playground import Playground

    sys.exit(_main(Playground(port=port, fresh=fresh, tour=tour, start=_moment(at)).run()))


@cli.command()
def check() -> None:
    """Look at the configuration, tokens, scopes and rights; name every fault and its fix."""
    from bot.check import check_all
    from bot.config import Environment

    sys.exit(asyncio.run(check_all(Environment.read)))


@cli.command()
def manifest(
    socket: Annotated[bool, typer.Option(help="For Socket Mode; --no-socket for HTTP.")] = True,
    url: Annotated[str, typer.Option(help="With --no-socket: where Slack reaches the bot.")] = "",
) -> None:
    """Print the Slack app manifest that fits this version and liaison.toml."""
    from bot.manifests import slack_manifest

    _, config = _configured()
    if not socket and not url.startswith("https://"):
        _give_up(
            ["--no-socket: say where Slack reaches the bot: --url https://liaison.example.com"]
        )
    print(slack_manifest(config, socket=socket, url=url))


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV; see sandbox/demo/partners.csv.")],
    only_good: Annotated[bool, typer.Option(help="Take the good rows, leave the bad.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say what would happen.")] = False,
) -> None:
    """Import partners and their contacts; nothing is taken while a row is bad."""
    from bot.imports_cli import import_file

    if not file.is_file():
        _give_up([f"There is no file {file}."])
    environment, config = _configured()
    work = import_file(environment, config, file, only_good, dry_run)
    sys.exit(_with_tables(environment, work))


@cli.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file that ends in .xlsx or .csv.")],
    words: Annotated[list[str] | None, typer.Argument(help="As for /ticket list.")] = None,
    since: Annotated[str, typer.Option("--from", help="The first day, 2026-11-01.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day.")] = "",
) -> None:
    """Write tickets into a spreadsheet, solved ones too: all, or those that the words name."""
    from bot.export_cli import export as write

    environment, config = _configured()
    work = write(environment, config, file, " ".join(words or ()), since, until)
    sys.exit(_with_tables(environment, work))


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy goes; a new file.")]) -> None:
    """Copy the whole database into a file, while the bot runs."""
    from bot.backup_cli import make

    sys.exit(asyncio.run(make(_environment(), file)))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` made.")]) -> None:
    """Put a backup in force; what may have been sent since is not sent again by itself."""
    from bot.backup_cli import put_back

    sys.exit(asyncio.run(put_back(_environment(), file)))


@events.command("list")
def events_list() -> None:
    """What was set aside, oldest first."""
    from bot.events_cli import show_all

    sys.exit(_with_tables(environment := _environment(), show_all(environment)))


@events.command("show")
def events_show(
    error_id: Annotated[str, typer.Argument(help="The id that the person saw.")],
    raw: Annotated[bool, typer.Option("--raw", help="Show what came in, too.")] = False,
) -> None:
    """All that is known of one, with what went wrong."""
    from bot.events_cli import show

    sys.exit(_with_tables(environment := _environment(), show(environment, error_id, raw)))


@events.command("retry")
def events_retry(error_id: Annotated[str, typer.Argument(help='An id, or "all".')]) -> None:
    """Handle a set-aside event again."""
    from bot.events_cli import retry

    environment, config = _configured()
    sys.exit(_with_tables(environment, retry(environment, config, error_id)))


@events.command("drop")
def events_drop(
    error_id: Annotated[str, typer.Argument(help='The id that the person saw, or "all".')],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before all are dropped.")] = False,
) -> None:
    """Give a set-aside event up; its row stays for the record."""
    from bot.events_cli import count, drop

    environment = _environment()
    if error_id == "all" and not yes:
        number = _with_tables(environment, count(environment))
        typer.confirm(f"Drop all {number} events that are set aside?", abort=True)
    sys.exit(_with_tables(environment, drop(environment, error_id)))


@outbox.command("list")
def outbox_list(
    state: Annotated[str, typer.Option(help="Only these: queued, sent, dead, …")] = "",
    platform: Annotated[str, typer.Option(help="slack or telegram.")] = "",
    to: Annotated[str, typer.Option(help="Part of an address.")] = "",
    partner: Annotated[str, typer.Option(help="Only to this partner and its people.")] = "",
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
) -> None:
    """What has not arrived, newest first; with --state what is in that state."""
    from bot.outbox_cli import show_all

    environment = _environment()
    shown = show_all(environment, state, platform, to, limit, partner)
    sys.exit(_with_tables(environment, shown))


@outbox.command("show")
def outbox_show(
    key: Annotated[str, typer.Argument(help="The key in `outbox list`.")],
    text: Annotated[bool, typer.Option("--text", help="Show what it says, too.")] = False,
) -> None:
    """All that is known of one delivery."""
    from bot.outbox_cli import show

    sys.exit(_with_tables(environment := _environment(), show(environment, key, text)))


@outbox.command("retry")
def outbox_retry(key: Annotated[str, typer.Argument(help='A key, or "all".')]) -> None:
    """Send what was not delivered once more."""
    from bot.outbox_cli import retry

    sys.exit(_with_tables(environment := _environment(), retry(environment, key)))


@outbox.command("drop")
def outbox_drop(key: Annotated[str, typer.Argument(help="A key.")]) -> None:
    """Withdraw a delivery that still waits."""
    from bot.outbox_cli import drop

    sys.exit(_with_tables(environment := _environment(), drop(environment, key)))


@due.command("list")
def due_list(
    limit: Annotated[int, typer.Option(help="How many at most of each.")] = 20,
) -> None:
    """What comes next and why, what failed, what was given up."""
    from bot.due_cli import show

    sys.exit(_with_tables(environment := _environment(), show(environment, limit)))


@due.command("retry")
def due_retry(key: Annotated[str, typer.Argument(help="A key.")]) -> None:
    """Do it now: what failed, was given up, or waits."""
    from bot.due_cli import retry

    sys.exit(_with_tables(environment := _environment(), retry(environment, key)))


@due.command("drop")
def due_drop(key: Annotated[str, typer.Argument(help="A key.")]) -> None:
    """Give it up; its row stays for the record."""
    from bot.due_cli import drop

    sys.exit(_with_tables(environment := _environment(), drop(environment, key)))


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest tables."""
    from storage.upgrade import upgrade

    asyncio.run(upgrade(_environment().database_url))
    print("The database is up to date.")


@db.command("copy")
def db_copy(
    source: Annotated[str, typer.Argument(help="The URL of the database that is in use.")],
    target: Annotated[str, typer.Argument(help="The URL of an empty one.")],
) -> None:
    """Move everything into another database, SQLite to PostgreSQL or back; verified."""
    from bot.backup_cli import move

    sys.exit(asyncio.run(move(source, target)))


def _environment() -> "Environment":
    from bot.config import Environment
    from bot.errors import ConfigError

    try:
        return Environment.read()
    except ConfigError as error:
        _give_up(error.faults)


def _configured() -> "tuple[Environment, Config]":
    from bot.config import load
    from bot.errors import ConfigError
    from bot.rules import faults

    environment = _environment()
    try:
        config = load(Path(environment.liaison_config))
    except ConfigError as error:
        _give_up(error.faults)
    if found := faults(config, environment.liaison_config):
        _give_up(found)
    return environment, config


def _give_up(faults: list[str]) -> NoReturn:
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(2)


def _with_tables(environment: "Environment", work: Coroutine[Any, Any, int]) -> int:
    """Do `work` if the database has the newest tables, else say what to do; the exit code."""
    from storage.revision import is_current

    async def look_first() -> int:
        if await is_current(environment.database_url):
            return await work
        work.close()
        return _give_up(["DATABASE_URL: the tables are not there or old; run main.py db upgrade"])

    return asyncio.run(look_first())


def _moment(typed: str) -> datetime | None:
    """Where business time begins; None for now."""
    if not typed:
        return None
    with suppress(ValueError):
        if (at := datetime.fromisoformat(typed)).tzinfo is not None:
            return at
    _give_up([f"--at: “{typed}” should be a moment like 2026-12-03T15:40:00+08:00"])


def _main(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run until SIGTERM or Ctrl-C; the bot finishes what is in flight."""
    from bot.errors import ConfigError

    try:
        return asyncio.run(coroutine)
    except ConfigError as error:
        _give_up(error.faults)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    cli()

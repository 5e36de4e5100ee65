"""`main.py check`: everything that can be known before going live, all faults at once."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.app import App
from bot.config import NO_PLATFORM, Environment, load
from bot.errors import ConfigError, DeliveryError
from bot.rules import faults
from storage import people
from storage.revision import is_current

console = Console()


async def check_all(read: Callable[[], Environment]) -> int:
    """Print what is well and what is not; 0 when nothing is wrong. Changes nothing."""
    try:
        environment = read()
        config = load(Path(environment.liaison_config))
        if found := faults(config, environment.liaison_config):
            raise ConfigError(found)
    except ConfigError as error:
        return _say(error.faults)
    console.print(f"[green]✓[/] {environment.liaison_config} is well-formed")
    untold = await _database(environment)
    app, wrong = App(environment, config), list(untold)
    try:
        app.make_platforms()
        if not app.platforms:
            wrong.append(NO_PLATFORM)
        if not untold:  # whoever is heard meanwhile needs the tables
            await _people(app)
            for name in app.platforms:
                wrong += await _platform(app, name)
    except ConfigError as error:
        wrong += error.faults
    finally:
        await app.database.close()
    return _say(wrong)


async def _database(environment: Environment) -> list[str]:
    try:
        current = await is_current(environment.database_url)
    except Exception as error:  # noqa: BLE001 - whatever keeps the database away is what we report
        return [f"DATABASE_URL: the database cannot be reached: {error}"]
    if not current:
        return ["DATABASE_URL: the tables are not there or old; run main.py db upgrade first"]
    console.print("[green]✓[/] the database has the newest tables")
    return []


async def _people(app: App) -> None:
    """The file gives first values only: who is taken out of it stays, which one should know."""
    named = {manager.name for manager in app.config.managers}
    async with app.database.reading() as session:
        everyone = await people.managers(session)
    for manager in everyone:
        if manager.key not in named:
            console.print(f"[yellow]![/] {escape(manager.name)} is not among the managers of "
                          f"{app.environment.liaison_config}, but still counts as {manager.role} "
                          "in the database", soft_wrap=True)  # fmt: skip


async def _platform(app: App, name: str) -> list[str]:
    """The token, and the rights that go with it."""
    platform = app.platforms[name]
    try:
        await platform.start()
        missing = await platform.missing_rights(_triage(app, name))
    except ConfigError as error:
        return error.faults
    except DeliveryError as error:
        return [f"{name}: {error.reason}"]
    finally:
        await platform.stop()
    if not missing:
        console.print(f"[green]✓[/] {name}: the token works and no right is missing")
    return [f"{name}: {right}" for right in missing]


def _triage(app: App, name: str) -> str:
    slack, telegram = app.config.slack.triage_channel, app.config.telegram.triage_chat
    return slack if name == "slack" else telegram


def _say(wrong: list[str]) -> int:
    for fault in wrong:
        console.print(f"[red]✗[/] {escape(fault)}", soft_wrap=True)
    return 2 if wrong else 0

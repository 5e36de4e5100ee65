"""`run`: the bot until it is told to stop, one process on SQLite, any number on PostgreSQL."""

import asyncio
import fcntl
import gc
import logging
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from starlette.routing import BaseRoute

from bot import logs
from bot.app import App
from bot.config import NO_PLATFORM, Config, Environment, load
from bot.errors import ConfigError
from bot.rules import faults
from bot.settings import adopt
from storage.revision import is_current

log = logging.getLogger(__name__)


async def serve(environment: Environment, config: Config) -> None:
    """Migrate if needed, start, and stay until SIGTERM or SIGINT; SIGHUP reloads the settings."""
    if not (environment.slack_bot_token or environment.telegram_bot_token):
        raise ConfigError([NO_PLATFORM])
    logs.configure(environment.liaison_log, environment.liaison_log_level)
    with single_run(environment.database_url):
        if not await is_current(environment.database_url):
            from storage.upgrade import upgrade  # Alembic costs 0.2 s and 10 MB

            await upgrade(environment.database_url)
        app = App(environment, config)
        async with listening(_probes(app), environment.liaison_monitor):
            await app.start()
            _settle()
            try:
                async with listening(app.http_routes(), environment.liaison_listen):
                    await _until_told(app)
            finally:
                await app.stop()


def _probes(app: App) -> Sequence[BaseRoute]:
    """What machines look at, for those who want it: it costs some megabytes."""
    if not app.environment.liaison_monitor:
        return ()
    from bot.monitor import Monitor

    return Monitor(app).routes()


@asynccontextmanager
async def listening(routes: Sequence[BaseRoute], address: str) -> AsyncIterator[None]:
    """Serve `routes` at host:port meanwhile; nothing listens without routes or an address."""
    if not routes or not address:
        yield
        return
    import uvicorn  # as for probes: with Socket Mode and polling nothing listens
    from starlette.applications import Starlette

    host, _, port = address.rpartition(":")
    settings = uvicorn.Config(Starlette(routes=routes), host=host, port=int(port),
                              log_config=None, log_level="warning", access_log=False)  # fmt: skip
    server = uvicorn.Server(settings)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _settle() -> None:
    """What starting has made stays: no collection looks through it again, which takes 50 ms."""
    gc.collect()
    gc.freeze()


async def _until_told(app: App) -> None:
    stop, reload = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    while not stop.is_set():
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(reload.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if reload.is_set():
            reload.clear()
            await _reload(app)


async def _reload(app: App) -> None:
    """Put a changed liaison.toml in force; a faulty one changes nothing."""
    path = app.environment.liaison_config
    try:
        config = load(Path(path))
        if found := faults(config, path):
            raise ConfigError(found)
        app.take(await adopt(app.database, config, "SIGHUP"))
        await app.arm()
    except ConfigError as error:
        for fault in error.faults:
            log.error("not reloaded: %s", fault)
        return
    except Exception:  # a file that cannot be read, a database that is away: the bot goes on
        log.exception("not reloaded: %s", path)
        return
    log.info("reloaded %s", path)


def _lock_of(database_url: str) -> Path:
    """Beside the database itself, whatever link or folder it is reached by."""
    name = database_url.partition("///")[2].partition("?")[0]
    if not name:
        raise ConfigError(["DATABASE_URL: SQLite needs a file: sqlite+aiosqlite:///liaison.db"])
    file = Path(name).resolve()
    if not file.parent.is_dir():
        raise ConfigError([f"DATABASE_URL: there is no folder {file.parent}; make it first"])
    return file.with_name(f"{file.name}.lock")


@contextmanager
def single_run(database_url: str) -> Iterator[None]:
    """On SQLite only one `run` may hold the file; a second one is refused with the reason."""
    if not database_url.startswith("sqlite"):
        yield
        return
    path = _lock_of(database_url)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                [f"{path}: another `main.py run` uses this database; stop it first"]
            ) from error
        yield

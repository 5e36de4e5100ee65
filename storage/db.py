"""The database: one writer at a time on both engines, and the only commit in the project."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as SqlTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.clock import Clock, pause
from storage import one_hop
from storage.search_rows import Searched

log = logging.getLogger(__name__)

Session = AsyncSession

WRITER_LOCK = 7_215_533  # any number: the advisory lock that makes PostgreSQL one writer at a time
TAKE_WRITER_LOCK = text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
CHANNEL = "liaison"
NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :names)")
LISTEN_AGAIN = 1.0  # seconds
CHECKPOINT = 200  # pages: in small pieces, so that no commit pays for much of what others wrote
BUSY_MS = 10_000  # a command line beside `run` holds the file for milliseconds, not for 10 s
READERS = 4
IDLE_IN_TRANSACTION_MS = 2_000  # frees the lock of a replica that was frozen (DESIGN.md 3)


class Database:
    """Opens transactions; `now` is business time, read once the transaction holds its lock."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = _sqlite_engine(self.url, "IMMEDIATE", 1) if self.sqlite else _pg(self.url)
        self._reader = (
            _sqlite_engine(self.url, "DEFERRED", READERS) if self.sqlite else self._writer
        )
        self._writing = async_sessionmaker(
            self._writer, expire_on_commit=False, sync_session_class=Searched
        )
        self._reading = async_sessionmaker(self._reader, expire_on_commit=False)
        self._turn = asyncio.Lock()
        self._wakers: dict[str, Callable[[], None]] = {}

    def on_wake(self, name: str, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit in which wake(session, name) was said."""
        self._wakers[name] = wake

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[tuple[Session, datetime]]:
        """The one way to change anything: alone among writers, committed whole or rolled back."""
        async with self._turn if self.sqlite else _no_lock(), self._writing() as session:
            async with session.begin():
                await self._open(session, alone=True)
                yield session, self.clock.now()
                await self._notify(session)
            self._wake(session)

    @asynccontextmanager
    async def marking(self) -> AsyncIterator[Session]:
        """For the outbox's claims and marks, guarded by state: on PostgreSQL without the lock."""
        async with self._turn if self.sqlite else _no_lock(), self._writing() as session:
            async with session.begin():
                await self._open(session)
                yield session
                await self._notify(session)
            self._wake(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A session that only reads; what it changes is thrown away."""
        async with self._reading() as session:
            await self._open(session)
            yield session

    async def _open(self, session: Session, *, alone: bool = False) -> None:
        """Connect and begin: on SQLite a writer has the file with that, else it takes a lock."""
        try:
            await session.connection()
            if alone and not self.sqlite:
                await session.execute(TAKE_WRITER_LOCK)
        except Exception as error:
            raise DatabaseGone(str(error)) from error

    async def _notify(self, session: Session) -> None:
        """Other processes hear of it with the commit."""
        if not self.sqlite and (names := session.info.get("wake")):
            await session.execute(NOTIFY, {"names": " ".join(sorted(names))})

    async def listen(self) -> None:
        """Be woken by what other processes commit, for ever.

        A hint only: what is missed while the connection is away, the heartbeat finds.
        """
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                log.warning("not listening to other processes: %s", type(error).__name__)
            await pause(LISTEN_AGAIN)

    async def _listen(self) -> None:
        """Until the connection is lost. It is made like all others, from whatever the URL says."""
        lost = asyncio.Event()
        connecting = asyncio.ensure_future(self._writer.connect().start())
        try:
            connection = await asyncio.shield(connecting)
        except asyncio.CancelledError:  # cut off half-way it would be left open
            await (await connecting).close()
            raise
        try:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: lost.set())
            await driver.add_listener(CHANNEL, lambda *heard: self._heard(str(heard[-1])))
            await lost.wait()
        finally:
            await connection.invalidate()  # it listens: nobody else may have it
            await connection.close()

    def _heard(self, names: str) -> None:
        for name in names.split():
            if name in self._wakers:
                self._wakers[name]()

    def _wake(self, session: Session) -> None:
        for name in session.info.pop("wake", ()):
            if name in self._wakers:
                self._wakers[name]()

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def wake(session: Session, name: str) -> None:
    """Have `name`'s loop woken once this session has committed."""
    session.info.setdefault("wake", set()).add(name)


GONE_WORDS = ("locked", "disk", "unable to open", "readonly", "I/O error", "full")
# SQLSTATEs: connection, read-only, frozen for too long, deadlock, no room, stop
GONE_STATES = ("08", "25006", "25P03", "40", "53", "57", "58")


class DatabaseGone(Exception):
    """No transaction could be opened."""


def is_gone(error: BaseException) -> bool:
    """Whether the database cannot be used now (as against: we used it wrongly)."""
    if isinstance(error, DatabaseGone | SqlTimeout | ConnectionError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error, OperationalError):
        return any(words in str(error.orig) for words in GONE_WORDS)
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(GONE_STATES)


def storable(text: str) -> str:
    """The same text as every database takes it: without NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def dialect_of(session: Session) -> str:
    """ "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


@asynccontextmanager
async def _no_lock() -> AsyncIterator[None]:
    yield


def _sqlite_engine(url: URL, begin: str, size: int) -> AsyncEngine:
    memory = url.database in (None, "", ":memory:")
    if memory:
        raise ValueError("DATABASE_URL: SQLite needs a file; write sqlite+aiosqlite:///liaison.db")
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"async_creator_fn": one_hop.connect},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be deferred
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    return engine


def _pg(url: URL) -> AsyncEngine:
    settings = {"idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS)}
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,  # they are people's words, and errors are logged
        connect_args={"server_settings": settings},
    )

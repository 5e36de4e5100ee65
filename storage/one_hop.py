"""SQLite's driver with one hop to its thread for each statement, where it takes four of its own.

Opening a cursor, asking, fetching and closing each wake the thread and then the event loop, and
that costs more than most of our statements do. All rows come at once, as SQLAlchemy wants them.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import aiosqlite

CHUNK = 64  # rows of one step of a streamed answer; we stream none


class _Cursor:
    """As much of a cursor as SQLAlchemy asks for; nothing of it stays in the thread."""

    arraysize = 1

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = self.lastrowid = -1

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "_Cursor":
        await self._ask(self._take, sqlite3.Cursor.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "_Cursor":
        await self._ask(self._take, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _take(self, connection: sqlite3.Connection, how: Any, sql: str, given: Any) -> None:
        """In the thread."""
        cursor = connection.cursor()
        try:
            how(cursor, sql, given)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid or -1
            if cursor.description:
                self._rows = cursor.fetchall()
        finally:
            cursor.close()


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self._ask)

    async def _ask(self, act: Callable[..., Any], *given: Any) -> None:
        await self._execute(act, self._conn, *given)  # type: ignore[no-untyped-call]


def connect(database: str, **given: Any) -> aiosqlite.Connection:
    """As aiosqlite.connect; the thread does not keep a process alive that wants to end."""
    connection = _Connection(lambda: sqlite3.connect(database, **given), CHUNK)
    connection._thread.daemon = True
    return connection

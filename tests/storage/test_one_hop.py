"""SQLite's driver as we ask it: the same answers as before, one hop to its thread each."""

from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from storage import one_hop

ADD = text("INSERT INTO t (name) VALUES (:name) RETURNING id")


async def test_it_answers_as_the_driver_does(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}",
                                 connect_args={"async_creator_fn": one_hop.connect})  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        assert (await connection.execute(ADD, {"name": "a"})).scalar_one() == 1
        many = [{"name": name} for name in "bcd"]
        await connection.execute(text("INSERT INTO t (name) VALUES (:name)"), many)
        changed = await connection.execute(text("UPDATE t SET name = name || 'x' WHERE id > 1"))
        assert changed.rowcount == 3
        rows = await connection.execute(text("SELECT name FROM t ORDER BY id"))
        assert rows.scalars().all() == ["a", "bx", "cx", "dx"]
        assert (await connection.execute(text("SELECT 1 WHERE 0"))).all() == []
        with pytest.raises(IntegrityError):
            await connection.execute(ADD, {"name": "a"})
    await engine.dispose()


async def test_a_statement_is_one_hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a commit another: what happens between them costs the event loop nothing."""
    hops = []
    ask = one_hop._Connection._execute

    async def counted(self, act, *given, **named):  # type: ignore[no-untyped-def]
        hops.append(act)
        return await ask(self, act, *given, **named)

    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}",
                                 connect_args={"async_creator_fn": one_hop.connect})  # fmt: skip

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None

    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        monkeypatch.setattr(one_hop._Connection, "_execute", counted)
        await connection.execute(text("SELECT 1"))
        await connection.execute(text("SELECT 2"))
        assert len(hops) == 2
        await connection.commit()
        assert len(hops) == 3
    await engine.dispose()

"""Backup while the bot writes, putting it back without sending anything twice, moving engines."""

import asyncio
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from bot import backup_cli, due, outbox
from bot.chat import Address, Message, Part
from bot.clock import Clock
from bot.config import Environment, load
from bot.due import DueKind
from bot.outbox import Class
from bot.serve import single_run
from bot.settings import adopt
from bot.texts import plain_message
from bot.turn import Turn
from bot.worker import Worker
from storage import outbox as rows
from storage import restored
from storage.backup import file_of
from storage.db import Database
from storage.models_delivery import Delivery, DueWork, Held
from storage.models_people import Partner
from tests.core.walls import ROOT
from tests.factories import a_partner

SLACK, JO = Address("slack", "C0TEAM"), Address("telegram", "4001")


def _environment(url: str) -> Environment:
    return Environment(database_url=url)


async def _owe(database: Database, to: Address, key: str, **how: object) -> None:
    async with database.transaction() as (session, now):
        turn = Turn(session, now, load(ROOT / "liaison.toml"))
        await outbox.owe(turn, to, plain_message(key), key=key, subject=key, cls=Class.TICKET,
                         **how)  # type: ignore[arg-type] # fmt: skip


async def _state(url: str, key: str) -> str:
    database = Database(url, Clock())
    async with database.reading() as session:
        row = await rows.find(session, key)
    await database.close()
    assert row is not None
    return row.state


async def test_a_backup_is_whole_while_others_write(sqlite_url: str, tmp_path: Path) -> None:
    database, begun, over = Database(sqlite_url, Clock()), asyncio.Event(), asyncio.Event()
    await adopt(database, load(ROOT / "liaison.toml"), "test")

    async def write() -> int:
        number = 0
        while not over.is_set():
            await _owe(database, JO, f"k{number}")
            number += 1
            begun.set()
        return number

    writing = asyncio.create_task(write())
    await begun.wait()
    began = asyncio.get_running_loop().time()
    assert await backup_cli.make(_environment(sqlite_url), tmp_path / "copy.db") == 0
    took = asyncio.get_running_loop().time() - began
    over.set()
    written = await writing
    await database.close()
    assert took < 5
    copied = Database(f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}", Clock())
    async with copied.reading() as session:
        kept = await session.scalar(select(func.count()).select_from(Delivery)) or 0
    await copied.close()
    assert 0 < kept <= written


async def test_a_backup_replaces_nothing_and_names_what_is_missing(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    assert await backup_cli.make(_environment(sqlite_url), there) == 1
    assert "is there already" in capsys.readouterr().out
    assert await backup_cli.make(_environment(sqlite_url), tmp_path / "no" / "x.db") == 1
    assert "There is no folder" in capsys.readouterr().out
    assert await backup_cli.put_back(_environment(sqlite_url), there) == 1
    assert "is no backup of Liaison" in capsys.readouterr().out
    assert there.read_text() == "mine"
    with single_run(sqlite_url):
        assert await backup_cli.put_back(_environment(sqlite_url), there) == 1
    assert "stop it first" in capsys.readouterr().out


async def test_a_damaged_database_is_replaced_and_kept(sqlite_url: str, tmp_path: Path) -> None:
    """What most restores are for."""
    database = Database(sqlite_url, Clock())
    await adopt(database, load(ROOT / "liaison.toml"), "test")
    await _owe(database, JO, "k", not_before=database.clock.now() + timedelta(days=1))
    await database.close()
    copy, file = tmp_path / "copy.db", file_of(make_url(sqlite_url))
    assert await backup_cli.make(_environment(sqlite_url), copy) == 0
    file.write_bytes(b"torn" * 5_000)
    assert await backup_cli.put_back(_environment(sqlite_url), copy) == 0
    assert await _state(sqlite_url, "k") == "queued"
    [kept] = file.parent.glob("*.before-*")
    assert kept.read_bytes().startswith(b"torn")


async def test_what_this_version_cannot_use_replaces_nothing(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer, file = tmp_path / "newer.db", file_of(make_url(sqlite_url))
    assert await backup_cli.make(_environment(sqlite_url), newer) == 0
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()
    assert await backup_cli.put_back(_environment(sqlite_url), newer) == 1
    assert "newer version of Liaison" in capsys.readouterr().out
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.part*"))
    assert not list(file.parent.glob("*.before-*"))


async def test_postgresql_is_restored_into_an_empty_database_only(
    postgres_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.backup"
    if shutil.which("pg_dump") is None:
        assert await backup_cli.make(_environment(postgres_database), copy) == 1
        assert "install PostgreSQL's client programs" in capsys.readouterr().out
        return
    assert await backup_cli.make(_environment(postgres_database), copy) == 0
    assert await backup_cli.put_back(_environment(postgres_database), copy) == 1
    assert "is not empty" in capsys.readouterr().out


async def test_what_was_perhaps_sent_since_is_not_sent_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url, Clock())
    await adopt(database, load(ROOT / "liaison.toml"), "test")
    later = database.clock.now() + timedelta(days=1)
    for key, to in (("slack", SLACK), ("telegram", JO)):
        await _owe(database, to, key)
        await _owe(database, to, f"{key}-later", not_before=later)
    await _owe(database, SLACK, "card", slot="card")
    async with database.transaction() as (session, _now):
        session.add(Held(name="sender:slack", holder="x", epoch=1, clean=True,
                         seen_at=database.clock.real() - timedelta(hours=2)))  # fmt: skip
    await database.close()
    copy = tmp_path / "copy.db"
    assert await backup_cli.make(_environment(sqlite_url), copy) == 0
    assert await backup_cli.put_back(_environment(sqlite_url), copy) == 0
    keys = ("slack", "telegram", "slack-later", "telegram-later", "card")
    states = {key: await _state(sqlite_url, key) for key in keys}
    assert states == {"slack": "in_doubt", "telegram": "unverified", "slack-later": "queued",
                      "telegram-later": "queued", "card": "unverified"}  # fmt: skip
    assert _kept(tmp_path)
    database = Database(sqlite_url, Clock())
    async with database.reading() as session:
        asked = await rows.find(session, "slack")
    await database.close()
    assert asked is not None
    assert asked.started_at is not None
    assert database.clock.real() - asked.started_at > timedelta(hours=1)


async def test_what_fell_due_since_is_written_down_as_perhaps_sent(database_url: str) -> None:
    clock = Clock()
    database = Database(database_url, clock)
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")

    async def decide(turn: Turn, items: list[DueWork]) -> None:
        for item in items:
            await outbox.owe(turn, JO, Message((Part(item.key),)), key=f"of:{item.key}",
                             subject=item.key, cls=Class.REMINDER)  # fmt: skip

    async def dead(_turn: Turn, key: str, error: str) -> None:
        raise AssertionError((key, error))

    async with database.transaction() as (session, now):
        await restored.mark(session, now - timedelta(hours=1), now)
        turn = Turn(session, now, config)
        for key, minutes in (("before", -5), ("after", 5)):
            await due.put(turn, key=key, kind="probe", due_at=now + timedelta(minutes=minutes))
    worker = Worker(database, clock, {"probe": DueKind("probe", "", decide)},  # type: ignore[arg-type]
                    lambda: config, dead)  # fmt: skip
    clock.advance(timedelta(minutes=10))
    while await worker.work():
        pass
    await database.close()
    assert await _state(database_url, "of:before") == "unverified"
    assert await _state(database_url, "of:after") == "queued"


def _kept(folder: Path) -> list[Path]:
    """What was replaced."""
    return list(folder.glob("*.before-*"))


async def _partners(database: Database) -> None:
    await adopt(database, load(ROOT / "liaison.toml"), "test")
    async with database.transaction() as (session, now):
        for number in range(1_200):
            session.add(Partner(name=f"Partner {number} 华腾", name_key=f"p{number}", search="",
                                zone="UTC", language="en", created_at=now))  # fmt: skip
        await session.flush()
        await a_partner(session, now)
    await _owe(database, JO, "telegram")


async def test_everything_moves_to_postgresql_and_back(
    sqlite_url: str, postgres_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(sqlite_url, Clock())
    await _partners(database)
    await database.close()
    assert await backup_cli.move(sqlite_url, postgres_database) == 0
    assert "partners: 1201" in capsys.readouterr().out
    moved = Database(postgres_database, Clock())
    async with moved.transaction() as (session, now):
        more = await a_partner(session, now, "Bluepine")
        assert more.id > 1_201, "the sequence goes on where the ids end"
    await moved.close()
    assert await backup_cli.move(sqlite_url, postgres_database) == 1
    assert "The target is not empty" in capsys.readouterr().out
    back = f"sqlite+aiosqlite:///{tmp_path / 'back.db'}"
    assert await backup_cli.move(postgres_database, back) == 0
    again = Database(back, Clock())
    async with again.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Partner)) == 1_202
    await again.close()
    assert await backup_cli.move("mysql://x", back) == 2


async def test_a_running_bot_is_not_moved(
    sqlite_url: str, postgres_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with single_run(sqlite_url):
        assert await backup_cli.move(sqlite_url, postgres_database) == 1
    assert "stop it first" in capsys.readouterr().out

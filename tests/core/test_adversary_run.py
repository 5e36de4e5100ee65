"""Starting, reloading, stopping, looking: what goes wrong is said, and nothing is lost by it."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import check, events_cli, outbox
from bot.app import App
from bot.chat import Address, Event
from bot.clock import Clock, pause
from bot.config import Environment, load
from bot.control import upcoming
from bot.errors import ConfigError
from bot.outbox import Class
from bot.routes import Act, Reply, Role, Routes, merge
from bot.serve import _reload, single_run
from bot.texts import plain_message
from sandbox.faults import Fault
from storage import db, events
from storage import outbox as rows
from storage.db import Database
from storage.models_delivery import Delivery, DueWork, SettingsVersion
from storage.models_people import Manager
from tests.conversations.stage import Stage
from tests.core.walls import ROOT, Walls, an_event, walls_on


async def _owe(stage: Stage, key: str, chat: str, **how: Any) -> None:
    async with stage.turn() as turn:
        await outbox.owe(turn, Address("telegram", chat), plain_message(key), key=key,
                         subject=key, cls=Class.TICKET, **how)  # fmt: skip


async def _row(database: Database, key: str) -> Delivery:
    async with database.reading() as session:
        row = await rows.find(session, key)
        assert row is not None
        return row


async def test_stopping_waits_for_what_is_on_its_way(stage: Stage) -> None:
    """With the platforms closed first, it would be in doubt and perhaps sent twice."""
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await stage.settle()
    stage.telegram.faults.add(Fault("slow", on="sendMessage", seconds=1.5))
    await _owe(stage, "the last words", jo.id)
    while (await _row(stage.app.database, "the last words")).state != "sending":
        await pause(0.01)
    await stage.app.stop()
    again = Database(stage.app.environment.database_url, stage.app.clock)
    row = await _row(again, "the last words")
    await again.close()
    assert (row.state, row.attempts) == ("sent", 1)


async def test_the_next_moment_is_seen_behind_what_is_stuck(stage: Stage) -> None:
    now = stage.app.clock.now()
    real = stage.app.clock.real()
    async with stage.turn() as turn:
        for number in range(12):
            turn.session.add(DueWork(key=f"stuck:{number}", kind="no.such", due_at=now,
                                     payload={}, state="waiting", attempts=1,
                                     retry_at=real.replace(year=real.year + 1)))  # fmt: skip
    await stage.settle()
    await _owe(stage, "held", "4001", not_before=now.replace(year=now.year + 1))
    found = await upcoming(stage.app, 50)
    [held] = [row for row in found if row["what"] == "held"]
    assert (held["why"], held["why_zh"]) == ("Held until then.", "到时才发。")
    assert all(row["at"] > now.isoformat() for row in found)


def test_a_second_run_on_one_file_is_refused_by_any_way(tmp_path: Path) -> None:
    (tmp_path / "liaison.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "liaison.db")
    with single_run(f"sqlite+aiosqlite:///{tmp_path}/liaison.db"):
        for name in ("liaison.db", "link.db", "../" + tmp_path.name + "/liaison.db"):
            with (
                pytest.raises(ConfigError, match="stop it first"),
                single_run(f"sqlite+aiosqlite:///{tmp_path}/{name}"),
            ):
                pass
    with single_run(f"sqlite+aiosqlite:///{tmp_path}/liaison.db"):
        pass


@pytest.mark.parametrize(("url", "fix"), [
    ("sqlite+aiosqlite://", "needs a file"),
    ("sqlite+aiosqlite:////no/such/place/x.db", "no folder"),
])  # fmt: skip
def test_a_database_without_a_place_is_said(url: str, fix: str) -> None:
    with pytest.raises(ConfigError, match=fix), single_run(url):
        pass


@pytest.mark.parametrize("content", [b"not = [valid", b"\xff\xfe", b"company = 3", None])
async def test_a_broken_file_on_sighup_changes_nothing(
    sqlite_url: str, tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "liaison.toml"
    if content is None:
        path.mkdir()  # not even a file
    else:
        path.write_bytes(content)
    config = load(ROOT / "liaison.toml")
    app = App(Environment(database_url=sqlite_url, liaison_config=str(path)), config)
    with caplog.at_level(logging.ERROR):
        await _reload(app)
    await app.database.close()
    assert app.config is config
    assert "not reloaded" in caplog.text


async def test_sighup_without_a_database_keeps_the_bot_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/empty.db"  # no tables in it
    given = Environment(database_url=url, liaison_config=str(ROOT / "liaison.toml"))
    app = App(given, load(ROOT / "liaison.toml"))
    with caplog.at_level(logging.ERROR):
        await _reload(app)
    await app.database.close()
    assert "not reloaded" in caplog.text


async def test_check_changes_nothing_and_names_who_is_left(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = Environment(database_url=sqlite_url, liaison_config=str(ROOT / "liaison.toml"))
    assert await check.check_all(lambda: given) == 2
    assert "set SLACK_BOT_TOKEN" in capsys.readouterr().out
    untouched = Database(sqlite_url, Clock())
    async with untouched.reading() as session:
        assert await session.scalar(select(func.count(SettingsVersion.id))) == 0
        assert await session.scalar(select(func.count(Manager.id))) == 0
    await untouched.close()
    gone = Manager(key="Gone", name="Gone [x]", role="admin", language="en", zone="UTC")
    async with walls_on(sqlite_url) as walls, walls.turn() as turn:
        turn.session.add(gone)
    await check.check_all(lambda: given)
    said = " ".join(capsys.readouterr().out.split())
    assert "Gone [x] is not among the managers" in said
    assert "counts as admin" in said


async def test_check_tells_which_slack_token_is_missing(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = Environment(database_url=sqlite_url, liaison_config=str(ROOT / "liaison.toml"),
                        slack_bot_token="xoxb-1")  # fmt: skip
    assert await check.check_all(lambda: given) == 2
    assert "SLACK_APP_TOKEN" in capsys.readouterr().out


class _Rereads:
    """A platform that only reads what was set aside."""

    def __init__(self, event: Event) -> None:
        self._event = event

    async def reread(self, raw: str) -> list[Event]:
        if not raw:
            raise ValueError("nothing was kept")
        return [self._event]


async def test_a_kill_during_a_retry_keeps_the_event(sqlite_url: str) -> None:
    kills, said = [True], []
    mine = Routes()

    @mine.command("probe say", role=Role.ANYONE, help="x", args="words:text", default=True)
    async def say(_act: Act, words: str) -> Reply:
        if kills:
            raise asyncio.CancelledError
        said.append(words)
        return None

    app = App(Environment(database_url=sqlite_url), load(ROOT / "liaison.toml"))
    await app.prepare()
    app.dispatch._routes = merge([app.dispatch._routes, mine])
    event = replace(an_event("telegram:1", "command", route="probe", text="hello"), direct=False)
    app.platforms["telegram"] = _Rereads(event)  # type: ignore[assignment]
    async with app.database.transaction() as (session, now):
        for number, raw in enumerate(("", "{}")):
            await events.set_aside(session, error_id=f"e{number}", platform="telegram", raw=raw,
                                   key=f"telegram:{number}", error="x", now=now)  # fmt: skip

    async def again() -> list[str]:
        async with app.database.reading() as session:
            for row in await events.list_aside(session):
                await events_cli._again(app, row)
        async with app.database.reading() as session:
            return [row.error_id for row in await events.list_aside(session)]

    with pytest.raises(asyncio.CancelledError):
        await again()
    kills.clear()
    assert await again() == ["e0"], "what cannot be read stays"
    assert said == ["hello"]
    await app.database.close()


async def _add_twice(walls: Walls, name: str) -> None:
    async with walls.turn() as turn:
        for _ in range(2):
            turn.session.add(Manager(key="same", name=name, role="viewer", language="en",
                                     zone="UTC"))  # fmt: skip
            await turn.session.flush()


async def test_what_people_wrote_is_not_in_the_databases_errors(database_url: str) -> None:
    async with walls_on(database_url) as walls:
        with pytest.raises(IntegrityError) as raised:
            await _add_twice(walls, "very private words")
        assert "very private words" not in str(raised.value)


@pytest.mark.parametrize(("state", "gone"), [
    ("25P03", True), ("40P01", True), ("57P01", True), ("22P02", False), ("23505", False)
])  # fmt: skip
def test_what_counts_as_an_outage(state: str, gone: bool) -> None:
    """A frozen process whose transaction was ended, or a deadlock: the event comes again."""

    class Broken(Exception):
        sqlstate = state

    assert db.is_gone(DBAPIError("x", {}, Broken())) is gone

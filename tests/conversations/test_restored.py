"""A backup is put back while people remember what came after it: nothing comes to them twice."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bot import backup_cli, outbox
from bot.app import App
from bot.chat import Address
from bot.clock import Clock
from bot.config import load
from bot.outbox import Class
from bot.texts import plain_message
from storage import outbox as rows
from storage.models_delivery import Held
from tests.conftest import recreate
from tests.conversations.stage import ROOT, Stage, staged, unpaced

JO, TEAM = Address("telegram", "700000011"), Address("slack", "C0TEAM")


async def owe(stage: Stage, to: Address, key: str, **how: timedelta) -> None:
    async with stage.turn() as turn:
        before = {name: turn.now + after for name, after in how.items()}
        await outbox.owe(turn, to, plain_message(key), key=key, subject=key, cls=Class.TICKET,
                         **before)  # type: ignore[arg-type] # fmt: skip


async def start_again(stage: Stage) -> None:
    """The bot stopped; another process begins on what is there."""
    stage.app = App(stage.app.environment, load(ROOT / "liaison.toml"), stage.app.clock,
                    pace=unpaced)  # fmt: skip
    stage.acted()
    await stage.app.start()
    await stage.settle()


async def state_of(stage: Stage, key: str) -> str:
    async with stage.app.database.reading() as session:
        row = await rows.find(session, key)
    assert row is not None
    return row.state


async def test_what_went_out_since_the_backup_does_not_go_again(
    database_url: str, tmp_path: Path
) -> None:
    postgres = database_url.startswith("postgresql")
    if postgres and shutil.which("pg_dump") is None:
        return  # tests/storage/test_backup.py says what the operator reads then
    async with staged(database_url, Clock().real()) as stage:
        await stage.telegram_person("Jo Weber").starts()
        await stage.settle()
        await stage.app.stop()
        for to in (JO, TEAM):
            await owe(stage, to, f"before {to.platform}")
            await owe(stage, to, f"later {to.platform}", not_before=timedelta(hours=1))
        async with stage.turn() as turn:  # the backup is two hours old when it is needed
            seen = stage.app.clock.real() - timedelta(hours=2)
            await turn.session.execute(update(Held).values(seen_at=seen))
        backup = tmp_path / "monday.backup"
        assert await backup_cli.make(stage.app.environment, backup) == 0
        await stage.app.database.close()

        await start_again(stage)
        for to in (JO, TEAM):
            await owe(stage, to, f"after {to.platform}")
        await stage.settle()
        await stage.app.stop()
        if postgres:  # the database is lost, and made anew
            await recreate(*database_url.rsplit("/", 1))
        assert await backup_cli.put_back(stage.app.environment, backup) == 0

        await start_again(stage)
        assert await state_of(stage, "before slack") == "sent"  # looked up
        assert await state_of(stage, "before telegram") == "unverified"  # which nobody can
        await stage.later(hours=1, minutes=1)
        await stage.settle()
        said = [entry.text for entry in stage.journal.entries
                if entry.by_bot and entry.text.endswith(("slack", "telegram"))]  # fmt: skip
        assert sorted(said) == ["after slack", "after telegram", "before slack",
                                "before telegram", "later slack", "later telegram"]  # fmt: skip
